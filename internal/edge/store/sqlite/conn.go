package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"larder/internal/edge/store"
)

// stmtLimit bounds the statements kept on one connection. The rooms' texts are constants, a few
// hundred; a program that builds texts pays by preparing them again.
const stmtLimit = 1024

// background is the context of everything that must not be canceled. It has no Done channel, which
// also spares the driver a goroutine a statement.
var background = context.Background()

// conn is one physical connection with its prepared statements. Whoever leased it uses it alone.
type conn struct {
	pool *sql.DB
	c    *sql.Conn // nil until first used, and after reset
	stmt map[string]*sql.Stmt
	// reads are the texts that are known not to write; see mustRead.
	reads map[string]bool
	// gone is set by the engine itself, inside the statement that did it, when the transaction is
	// rolled back: by our ROLLBACK, by ON CONFLICT ROLLBACK and RAISE(ROLLBACK), by a full disk, by
	// an I/O error. What would run afterwards would run in no transaction at all.
	gone bool
}

// open makes sure that there is a connection to use.
func (c *conn) open(ctx context.Context) error {
	if c.c != nil {
		return nil
	}
	sc, err := c.pool.Conn(ctx)
	if err != nil {
		return err
	}
	err = sc.Raw(func(dc any) error {
		hooks, ok := dc.(sqlite.HookRegisterer)
		if !ok {
			return fmt.Errorf("sqlite: the driver's %T has no rollback hook", dc)
		}
		hooks.RegisterRollbackHook(func() { c.gone = true })
		return nil
	})
	if err != nil {
		_ = sc.Close()
		return err
	}
	c.c, c.stmt, c.reads = sc, make(map[string]*sql.Stmt), make(map[string]bool)
	return nil
}

// release gives the connection back to its pool with its statements closed; the physical connection
// stays open there.
func (c *conn) release() error {
	if c.c == nil {
		return nil
	}
	c.forget()
	err := c.c.Close()
	c.c = nil
	return err
}

// discard closes the physical connection, whose state nobody knows; the next open makes a new one.
func (c *conn) discard() {
	if c.c == nil {
		return
	}
	c.forget()
	_ = c.c.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.c.Close()
	c.c = nil
}

func (c *conn) forget() {
	for text, s := range c.stmt {
		_ = s.Close()
		delete(c.stmt, text)
	}
	clear(c.reads)
}

// mustRead refuses a text that would write. PRAGMA query_only does the same, but switching it makes
// SQLite prepare every statement of the connection again, which costs a view more than its reading.
func (c *conn) mustRead(text string, args []any) error {
	if c.reads[text] || strings.HasPrefix(text, "EXPLAIN ") { // which runs nothing, and cannot be explained
		return nil
	}
	rows, err := c.c.QueryContext(background, "EXPLAIN "+text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var opcode string
		var addr, p1, writes, p3, p5 int64
		var p4, comment any
		if err := rows.Scan(&addr, &opcode, &p1, &writes, &p3, &p4, &p5, &comment); err != nil {
			return err
		}
		if opcode == "Transaction" && writes != 0 { // the opcode with which every program that writes begins
			return store.Fail(store.TroubleReadOnly, errors.New("a view writes"))
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	c.reads[text] = true
	return nil
}

// prepared returns the statement of a text, prepared at its first use.
func (c *conn) prepared(text string) (*sql.Stmt, error) {
	if s, ok := c.stmt[text]; ok {
		return s, nil
	}
	if len(c.stmt) >= stmtLimit {
		c.forget()
	}
	s, err := c.c.PrepareContext(background, text)
	if err != nil {
		return nil, err
	}
	c.stmt[text] = s
	return s, nil
}

// control runs a statement of the engine itself: BEGIN, SAVEPOINT, COMMIT and the like.
func (c *conn) control(text string) error {
	s, err := c.prepared(text)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(background)
	return err
}

// begin opens a transaction by text, BEGIN or BEGIN IMMEDIATE.
func (c *conn) begin(text string) error {
	if err := c.control(text); err != nil {
		return err
	}
	c.gone = false
	return nil
}

// rollback ends the transaction, if the engine has not done so already.
func (c *conn) rollback() error {
	if c.gone {
		return nil
	}
	return c.control("ROLLBACK")
}
