// Package larder is the dictionary: the words that every room shares.
//
// It owns identifiers ([ID] and its kinds), money ([Fen]), mass ([Gram]), error codes ([Error]),
// who acts ([Actor]), the opaque transaction ([Tx]) and what cabinets say and are told
// ([DoorEvent], [Readings], [Answer], [OpenCommand]). Everyone may import it; it imports the
// standard library only, does no I/O, starts no goroutine and reads no clock.
//
// 中文名：词典。
package larder
