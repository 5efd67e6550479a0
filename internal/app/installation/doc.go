// Package installation reads what an installation consists of from a file that people write: an
// organization, its products, its cabinets with doors and lanes, and what is sold in them at which
// price.
//
// It owns the file's form ([File]) and all that can be said of it without a database; [app.Setup]
// enters it. Whoever sets an installation up may call it. It guarantees that everything that is wrong
// is told at once, each thing with its line and field ([Wrong]), and that nothing in a file that was
// read without an error is unknown, missing or out of place. A file holds no secrets.
//
// 中文名：安装清单。
package installation
