// Package pb holds the bodies of the native link protocol as Go types, generated from link.proto
// and committed. It has no behavior of its own: package wire owns frames, limits and
// authentication codes, and drivers turn these types into the words of the dictionary. Nobody
// outside internal/edge/link and the simulated cabinets may import it.
//
// 中文名：报文体。
package pb

//go:generate go -C ../../../../../tools/protogen run . -root ../../internal/edge/link/wire/pb link.proto
