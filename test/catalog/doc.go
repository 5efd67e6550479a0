// Package catalog knows the catalog of faults and which tests show what of it.
//
// It owns the catalog's rows (catalog.tsv), the reader of the pages that define invariants, security
// points and requirements, the scanner that finds which test cites which of these ids ([Scan]), and
// the page docs/faults.md that is made of both ([Page]). Its program larder/test/catalog/write writes
// that page; make generate runs it and make check fails if the page was not what the tests say. It
// guarantees that the page depends on the source alone: the same source gives the same bytes.
//
// Nobody imports it but that program and its own tests.
package catalog

//go:generate go run larder/test/catalog/write
