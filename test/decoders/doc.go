// Package decoders holds the house to this: whatever turns bytes or text from outside into values
// has a fuzz target.
//
// It owns the table of decoders ([Table]) and the search for them ([Find]): functions that call what
// the standard library and protobuf decode with. Its test fails for a decoder without a row, a row
// without a decoder, a target that does not exist or has no committed inputs, and a target without a
// row. Nobody imports it.
//
// 中文名：解码器清单。
package decoders
