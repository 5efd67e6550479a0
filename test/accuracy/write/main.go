// Command write measures the recognizer and writes docs/accuracy.md. It runs anywhere below the module's
// root, and takes the seed from today's date if it is given none, so that nobody has looked at it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"larder/test/accuracy"
)

// pageFile is where the page goes, below the module's root.
const pageFile = "docs/accuracy.md"

// pictures is the folder of what failed, beside the page.
const pictures = "docs/accuracy"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(1) //nolint:gocritic // the signals' handler dies with the process
	}
}

func run(ctx context.Context, args []string) error {
	now := time.Now()
	today, err := strconv.ParseUint(now.UTC().Format("20060102"), 10, 64)
	if err != nil {
		return err
	}
	c := accuracy.Config{Workers: runtime.GOMAXPROCS(0), Tell: os.Stderr}
	flags := flag.NewFlagSet("write", flag.ContinueOnError)
	flags.Uint64Var(&c.Seed, "seed", today, "seed, from 10000 on")
	flags.IntVar(&c.Sessions, "n", 20_000, "sessions of each model")
	flags.IntVar(&c.Part, "part", 5_000, "sessions of each model on which parts are taken away")
	if err := flags.Parse(args); err != nil {
		return err
	}
	c.Part = min(c.Part, c.Sessions)
	root, err := output(ctx, "go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return err
	}
	commit, err := output(ctx, "git", "-C", root, "describe", "--always", "--dirty", "--exclude", "*")
	if err != nil {
		return err
	}
	r, err := accuracy.Measure(ctx, c)
	if err != nil {
		return err
	}
	from := accuracy.Origin{
		Date: now, Machine: processor(), Commit: commit,
		Command: fmt.Sprintf("go run ./test/accuracy/write -n %d -part %d -seed %d", c.Sessions, c.Part, c.Seed),
	}
	draw, err := gallery(filepath.Join(root, filepath.FromSlash(pictures)))
	if err != nil {
		return err
	}
	page, err := accuracy.Page(r, from, draw)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, filepath.FromSlash(pageFile)), page, 0o600)
}

// gallery empties the folder of pictures and returns what draws one into it.
func gallery(folder string) (func(accuracy.Failure) (string, error), error) {
	if err := os.RemoveAll(folder); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	return func(f accuracy.Failure) (string, error) {
		picture, err := accuracy.Picture(f)
		if err != nil {
			return "", err
		}
		name := strings.Trim(string(f.ID), `"`) + ".svg"
		if err := os.WriteFile(filepath.Join(folder, name), picture, 0o600); err != nil {
			return "", err
		}
		return filepath.Base(folder) + "/" + name, nil
	}, nil
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output() //nolint:gosec // the two callers above name it
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

// processor names the machine's, as far as the system tells.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
