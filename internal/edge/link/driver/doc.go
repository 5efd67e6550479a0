// Package driver says what a cabinet model's driver is: it decodes the model's packets into the
// words of the dictionary and encodes commands, and nothing else happens in it. A driver owns no
// state, no connection and no clock. What a model can do, its driver shows by the small interfaces
// that it implements; a model without a door sensor has no [DoorReader].
//
// Gateways call drivers. A new model is one package below this one that passes linktest.Driver, and
// a row in the table that internal/app gives to link.NewDrivers.
//
// 中文名：设备驱动。
package driver
