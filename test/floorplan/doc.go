// Package floorplan holds the building to its plan: which room may import which, what the rules
// may never touch, where money may meet a float, and that every room says what it is.
//
// It owns the tables that state the plan ([Plan], [Libraries], [FloatMoney]), each row with its
// reason, and the checks that compare them with the source. It guarantees nothing at run time and
// nobody imports it: its tests read the source of the whole module, and of small crooked modules in
// testdata, which show that each check can fail. To change the plan, change the table and say why in
// docs/decisions.
package floorplan
