// Package stock is the room of 货道流水: what is in every lane and every movement that made it so.
//
// It owns lane stocks and lane entries; visit books purchases. It guarantees that an entry is
// written once per lane, kind and reference, that entries chain (after = before + change), and that
// a lane's stock is the sum of its entries.
//
// 中文名：货道流水。
package stock
