// Package cabinet is the room of 货柜: cabinets, doors and lanes as registered.
//
// It owns the rows of cabinets with their sealed keys, of doors with their tokens, of lanes, of the
// connection that counts now, and the cabinets' durable events as they came. run asks it who a
// serial number is and makes connections current; visit finds the door of a scanned token; catalog
// takes the next planogram version here.
//
// It guarantees: a cabinet's key is kept sealed; a serial number is no secret and gets the same work
// whether it exists or not; a door's token is 160 bits of chance (S24); epochs only grow, also with a
// slow clock or a restored backup; an event is kept once; whatever an actor asks for ends at its
// organization (I18), and what it registers has an audit row (I19).
//
// 中文名：货柜。
package cabinet
