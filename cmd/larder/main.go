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
// asks the command to stop, the second ends the process at once. A reader of its output who leaves
// ends nothing: a platform goes on selling when whatever reads its log has died, and a command comes
// to its end, cleans up and says by its status that the result reached nobody.
func run() int {
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, stop)()
	return command.Run(ctx, os.Args[1:], command.World{
		Env: os.LookupEnv, In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
	})
}
