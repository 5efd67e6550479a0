package stock

import (
	. "bytes"
	"context"
	"database/sql"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	clock "time"

	"github.com/google/go-cmp/cmp"

	"larder/internal/core/order"
)

// Everything does what rules must not.
func Everything(ctx context.Context, db *sql.DB, c *http.Client) {
	go func() { _ = clock.Now() }()
	var wg sync.WaitGroup
	wg.Go(func() { clock.Sleep(1) })
	now := clock.Now
	_, _, _ = now, rand.IntN(6), rand.New(rand.NewPCG(1, 2))
	ctx, cancel := context.WithTimeout(ctx, clock.Second)
	defer cancel()
	slog.InfoContext(ctx, os.Args[0])
	_ = cmp.Diff(order.Price, NewBufferString(""))
}
