// Command larder is the platform behind weight-sensing smart cabinets, its demo and its tools, in one
// binary; `larder --help` lists them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"larder/internal/app/command"
)

func main() { os.Exit(run()) }

// run gives the command line the process: its signals, environment and streams. The first signal
// asks the command to stop, the second ends the process at once.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, stop)()
	return command.Run(ctx, os.Args[1:], command.World{
		Env: os.LookupEnv, In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
	})
}
