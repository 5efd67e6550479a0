// Package app puts the platform together: it is the only package that knows all others.
//
// It owns the order in which things are opened, started, stopped and closed ([App]), which
// implementation stands behind which port (wire.go, gateway.go), and what an installation is set up
// with before it serves ([Setup]). command and tests call it.
//
// It guarantees: wrong settings are told before anything is opened; what has been opened is closed,
// however far it went; a stop takes cabinets' and customers' connections first, gives effects under
// way five seconds, closes the database last, and is over within ten; a database that has failed ends
// the process, because only a restart can be trusted.
//
// 中文名：装配。
package app
