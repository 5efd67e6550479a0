package disk

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const size = 96 << 20 // bytes of the image; most of it is a hole

// Disk is a mounted image. Its methods are not safe for concurrent use.
type Disk struct {
	Folder string // where it is mounted; the same after every cut

	image string // file
	cuts  int
}

// New makes and mounts an empty ext4 filesystem until the test ends. It skips the test where that is
// not allowed.
func New(t *testing.T) *Disk {
	t.Helper()
	dir := t.TempDir()
	d := &Disk{Folder: filepath.Join(dir, "disk"), image: filepath.Join(dir, "image-0")}
	if err := d.make(t.Context()); err != nil {
		t.Skipf("no disk can be made here whose power could be cut: %v", err)
	}
	t.Cleanup(func() {
		if err := d.unmount(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *Disk) make(ctx context.Context) error {
	if err := os.Mkdir(d.Folder, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(d.image, nil, 0o600); err != nil {
		return err
	}
	if err := os.Truncate(d.image, size); err != nil {
		return err
	}
	if err := run(ctx, "mkfs.ext4", "-q", "-F", d.image); err != nil {
		return err
	}
	return d.mount(ctx)
}

func (d *Disk) mount(ctx context.Context) error {
	return run(ctx, "mount", "-o", "loop,noatime", d.image, d.Folder)
}

func (d *Disk) unmount(ctx context.Context) error { return run(ctx, "umount", d.Folder) }

// Cut cuts the power: what is in the image now is all that the disk remembers. It calls dead, which
// ends whoever uses the disk, once the image is copied; who writes meanwhile would tear the copy, so
// they must be stopped (SIGSTOP) before. Afterwards the disk is mounted again in the same folder.
func (d *Disk) Cut(ctx context.Context, dead func()) error {
	d.cuts++
	next := filepath.Join(filepath.Dir(d.image), fmt.Sprintf("image-%d", d.cuts))
	if err := keep(d.image, next); err != nil {
		return fmt.Errorf("copy the image: %w", err)
	}
	dead()
	if err := d.unmount(ctx); err != nil {
		return err
	}
	if err := os.Remove(d.image); err != nil {
		return err
	}
	d.image = next
	return d.mount(ctx)
}

// keep copies a file and leaves its holes out.
func keep(from, to string) (err error) {
	in, err := os.Open(from) //nolint:gosec // an image of ours
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	out, err := os.Create(to)         //nolint:gosec // as above
	if err != nil {
		return err
	}
	defer func() {
		if closed := out.Close(); err == nil {
			err = closed
		}
	}()
	const block = 1 << 16
	buffer, empty := make([]byte, block), make([]byte, block)
	for at := int64(0); at < size; at += block {
		n, err := io.ReadFull(in, buffer)
		if err != nil {
			return err
		}
		if bytes.Equal(buffer[:n], empty[:n]) {
			continue
		}
		if _, err := out.WriteAt(buffer[:n], at); err != nil {
			return err
		}
	}
	return out.Truncate(size)
}

func run(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput() //nolint:gosec // names of this file
	if err != nil {
		return fmt.Errorf("%s: %w %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}
