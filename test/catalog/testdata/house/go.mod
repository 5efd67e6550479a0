module house
