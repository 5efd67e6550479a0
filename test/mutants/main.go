package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

// run plants the mutants that were asked for, one after the other.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("mutants", flag.ContinueOnError)
	only := flags.String("only", "", "a regular expression for names, guards or reasons")
	verbose := flags.Bool("v", false, "print what the failing tests said")
	if err := flags.Parse(args); err != nil {
		return err
	}
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	mutants := slices.DeleteFunc(slices.Concat(All...), func(m Mutant) bool {
		return !wanted.MatchString(m.Name + " " + m.Guard + " " + m.Why)
	})
	if len(mutants) == 0 {
		return fmt.Errorf("no mutant matches %q", *only)
	}
	if err := sound(ctx, root, mutants, out); err != nil {
		return err
	}
	return hunt(ctx, root, mutants, out, *verbose)
}

// sound runs the tests without any mutant: where they fail already, failing proves nothing.
func sound(ctx context.Context, root string, mutants []Mutant, out io.Writer) error {
	var pkgs []string
	for _, m := range mutants {
		pkgs = append(pkgs, m.Tests...)
	}
	slices.Sort(pkgs)
	for _, pkg := range slices.Compact(pkgs) {
		found, err := test(ctx, root, "", pkg)
		if err != nil {
			return err
		}
		if found.Found() || !found.Built {
			return fmt.Errorf("%s fails without any mutant:\n%s", pkg, found.Said)
		}
		fmt.Fprintf(out, "sound   %-38s %5.1f s\n", pkg, found.Took.Seconds())
	}
	return nil
}

// hunt plants each mutant and prints who found it. The error counts those that nobody did.
func hunt(ctx context.Context, root string, mutants []Mutant, out io.Writer, verbose bool) error {
	began := time.Now()
	var escaped []string
	for _, m := range mutants {
		found, err := m.hunt(ctx, root)
		if err != nil {
			return err
		}
		if !found.Found() {
			escaped = append(escaped, m.Name)
			fmt.Fprintf(out, "ESCAPED %-38s %s: %s\n", m.Name, m.Guard, m.Why)
			continue
		}
		fmt.Fprintf(out, "caught  %-38s %5.1f s  %s %s\n", m.Name, found.Took.Seconds(), strings.TrimPrefix(found.Package, "./"), found.Test)
		if verbose {
			fmt.Fprintln(out, found.Said)
		}
	}
	fmt.Fprintf(out, "%d mutants, %d caught, %s\n", len(mutants), len(mutants)-len(escaped), time.Since(began).Round(time.Second))
	if len(escaped) > 0 {
		return fmt.Errorf("%d escaped: %s", len(escaped), strings.Join(escaped, ", "))
	}
	return nil
}

// hunt runs the packages that have to notice until one does.
func (m Mutant) hunt(ctx context.Context, root string) (Finding, error) {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return Finding{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a folder that stays costs nothing
	overlay, err := m.Overlay(root, dir)
	if err != nil {
		return Finding{}, err
	}
	var found Finding
	for _, pkg := range m.Tests {
		found, err = test(ctx, root, overlay, pkg)
		if err == nil && !found.Built {
			err = fmt.Errorf("mutant %s does not compile:\n%s", m.Name, found.Said)
		}
		if err != nil || found.Found() {
			break
		}
	}
	return found, err
}

// moduleRoot is the folder of go.mod, seen from wherever the command runs.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == os.DevNull {
		return "", errors.New("run it inside the module")
	}
	return filepath.Dir(file), nil
}
