package storetest

import (
	"testing/synctest"

	"larder"
	"larder/internal/edge/store"
)

// closeCases are about the end.
var closeCases = map[string]func(env){
	"Close/lets_the_queue_end_and_refuses_the_rest": func(e env) {
		release := e.hold()
		queued := e.start(e.ctx, e.insert(10, "a"))
		closed := make(chan error, 1)
		go func() { closed <- e.Close() }()
		synctest.Wait()
		if err := e.Store.Update(e.ctx, e.insert(11, "b")); store.TroubleOf(err) != store.TroubleClosed {
			e.t.Errorf("an Update while closing got %v", err)
		}
		release()
		e.must(<-queued)
		e.must(<-closed)
		if err := e.Store.View(e.ctx, func(larder.Tx) error { return nil }); store.TroubleOf(err) != store.TroubleClosed {
			e.t.Errorf("a View after Close got %v", err)
		}
	},
	"Close/waits_for_a_view": func(e env) {
		entered, gate, seen := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		go func() {
			seen <- e.Store.View(e.ctx, func(tx larder.Tx) error {
				close(entered)
				<-gate
				var n int64
				return store.From(tx).QueryRowContext(e.ctx, `SELECT count(*) FROM account`).Scan(&n)
			})
		}()
		<-entered
		closed := make(chan error, 1)
		go func() { closed <- e.Close() }()
		synctest.Wait()
		close(gate)
		e.must(<-seen)
		e.must(<-closed)
	},
}
