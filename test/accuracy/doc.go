// Package accuracy writes docs/accuracy.md: how good the recognizer is, measured on sessions at which
// nobody has looked.
//
// It owns the page's form, the goals it is held against (docs/weighing.md section 6), and the list of what
// is taken away to see what it is worth ([Parts]). Every figure is measured when the page is written.
// Its tests hold a small sample to the goal of calibration, so that a recognizer which states more than
// it knows is found before a night. Nobody imports it but the program beside it.
//
// 中文名：识别精度。
package accuracy
