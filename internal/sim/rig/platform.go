package rig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"
)

const (
	askReadyEvery = 20 * time.Millisecond
	askReadyTime  = 2 * time.Second
	logTail       = 16 << 10 // bytes of the log that an error shows
)

// Platform is `larder serve` in a process of its own. Its methods may be called from any goroutine.
type Platform struct {
	site  *Site
	cmd   *exec.Cmd
	group bool          // it leads a process group: what it runs under, and itself
	ended chan struct{} // closed when the process has been waited for

	once sync.Once // guards the killing
	err  error     // of the process; read after ended is closed
}

// Start starts the program at path on the site; the caller ends it with [Platform.Kill] or
// [Platform.Stop]. The process also ends with ctx.
func (s *Site) Start(ctx context.Context, path string) (*Platform, error) {
	log, err := os.OpenFile(s.Log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("platform: %w", err)
	}
	defer func() { _ = log.Close() }() // the process has its own
	words := append(slices.Clone(s.Under), path, "serve", "--config", s.Settings)
	if s.Profile != "" {
		words = append(words, "--cpu-profile", s.Profile)
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // the caller names the program under test
	cmd.Env, cmd.Stdout, cmd.Stderr = s.environment(), log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: len(s.Under) > 0} // what it runs under ends with it
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("platform: %w", err)
	}
	p := &Platform{site: s, cmd: cmd, group: len(s.Under) > 0, ended: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// Ended is closed when the process has ended.
func (p *Platform) Ended() <-chan struct{} { return p.ended }

// WaitReady returns when the platform says that it is ready; the error has the end of its log.
func (p *Platform) WaitReady(ctx context.Context) error {
	client := &http.Client{Timeout: askReadyTime}
	defer client.CloseIdleConnections()
	again := time.NewTicker(askReadyEvery)
	defer again.Stop()
	for {
		if p.ready(ctx, client) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("platform: not ready: %w\n%s", context.Cause(ctx), p.site.LogTail())
		case <-p.ended:
			return fmt.Errorf("platform: ended before it was ready: %w\n%s", p.err, p.site.LogTail())
		case <-again.C:
		}
	}
}

func (p *Platform) ready(ctx context.Context, client *http.Client) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.site.URL()+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	answer, err := client.Do(req)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16)) // so that the connection is used again
	return answer.StatusCode == http.StatusOK
}

// Signal sends a signal to the process, and to what it runs under.
func (p *Platform) Signal(sig syscall.Signal) error {
	select {
	case <-p.ended:
		return os.ErrProcessDone // its number may be somebody else's by now
	default:
	}
	if p.group {
		return syscall.Kill(-p.cmd.Process.Pid, sig)
	}
	return p.cmd.Process.Signal(sig)
}

// Kill ends the process with SIGKILL and returns when it is gone.
func (p *Platform) Kill() {
	p.once.Do(func() { _ = p.Signal(syscall.SIGKILL) }) // it may have ended by itself
	<-p.ended
}

// Stop asks the process to end with SIGTERM and waits; the error says that it did not end in ctx's
// time (and was killed) or not with status 0.
func (p *Platform) Stop(ctx context.Context) error {
	if err := p.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("platform: %w", err)
	}
	select {
	case <-p.ended:
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("platform: did not stop: %w\n%s", context.Cause(ctx), p.site.LogTail())
	}
	if p.err != nil {
		return fmt.Errorf("platform: %w\n%s", p.err, p.site.LogTail())
	}
	return nil
}

// LogTail is the end of the platform's log, for people who look for a reason.
func (s *Site) LogTail() string {
	text, err := os.ReadFile(s.Log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-logTail):])
}
