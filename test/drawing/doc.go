// Package drawing draws the session's state machine for people: docs/session.md and
// docs/session.svg.
//
// It owns the reader of the machine's golden table (internal/core/session/testdata/table.txt, which
// the session's own tests hold to the code), the plain words for each state, and the layout of the
// drawing. Its program larder/test/drawing/write writes both files, and its tests fail while they are
// not what the table says. It guarantees the same bytes on every machine; it needs no tool to draw.
//
// Nobody imports it but that program and its own tests.
package drawing

//go:generate go run larder/test/drawing/write
