package command

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"sync"

	"larder/internal/core/weigh"
)

// linesAtOnce is how many lines are worked on before the first is answered.
const linesAtOnce = 256

// eachLine has work done on every line of in, on all processors, and its results taken in the order of
// the lines, which count from 1. A line that is too long, or an error of take, ends it.
func eachLine[T any](in io.Reader, work func(line []byte) T, take func(number int, result T) error) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), weigh.MaxLine)
	first := 1
	var batch [][]byte
	flush := func() error {
		err := inOrder(batch, work, func(i int, result T) error { return take(first+i, result) })
		first += len(batch)
		batch = batch[:0]
		return err
	}
	for lines.Scan() {
		batch = append(batch, bytes.Clone(lines.Bytes()))
		if len(batch) == linesAtOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", first+len(batch), err)
	}
	return flush()
}

// inOrder has work done on every item, on all processors, and then its results taken in the order of
// the items, which count from 0.
func inOrder[A, T any](items []A, work func(A) T, take func(i int, result T) error) error {
	results := make([]T, len(items))
	spread(len(items), func(i int) { results[i] = work(items[i]) })
	for i, r := range results {
		if err := take(i, r); err != nil {
			return err
		}
	}
	return nil
}

// spread has n pieces of work done on all processors, and returns when they are.
func spread(n int, work func(i int)) {
	var all sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), max(n, 1))
	for k := range workers {
		all.Go(func() {
			for i := k; i < n; i += workers {
				work(i)
			}
		})
	}
	all.Wait()
}
