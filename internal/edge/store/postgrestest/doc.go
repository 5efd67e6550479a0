// Package postgrestest starts a PostgreSQL server for the tests of one process.
//
// It owns a cluster in a temporary folder, made from the binaries of the machine and reached through a
// Unix socket in that folder alone, so that it meets no other server and no port ([Start]); and the
// databases in it ([Cluster.Create], [Cluster.Clone]). Tests of the store and storetest call it.
//
// It guarantees: the first caller starts the server and all later ones share it; as root it runs as
// "nobody"; server and folder go when the test process ends, however it ends, because a guardian
// outside of it waits for the end of a pipe. Nothing is synced to disk: a test that proves durability
// against a power cut needs another server.
//
// 中文名：测试用数据库。
package postgrestest
