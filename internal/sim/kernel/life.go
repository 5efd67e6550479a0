package kernel

import (
	"runtime"
	"slices"
	"time"

	"larder/internal/run"
)

var _ run.Scheduler = (*Life)(nil)

// Life is a set of tasks that end together: a process. Production's code runs in it unchanged.
type Life struct {
	kernel *Kernel
	tasks  []*task // in the order of their beginning
	dead   bool
}

// task is a goroutine that runs while it holds the baton.
type task struct {
	life   *Life
	resume chan struct{}
}

// NewLife begins a life without tasks.
func (k *Kernel) NewLife() *Life { return &Life{kernel: k} }

// Now is the present moment.
func (l *Life) Now() time.Time { return l.kernel.now }

// Dead reports whether the life was killed.
func (l *Life) Dead() bool { return l.dead }

// Tasks is how many tasks have not ended.
func (l *Life) Tasks() int { return len(l.tasks) }

// Go begins a task that runs fn, now or a little later. A dead life begins nothing.
func (l *Life) Go(fn func()) {
	if l.dead {
		return
	}
	t := &task{life: l, resume: make(chan struct{})}
	l.tasks = append(l.tasks, t)
	go t.live(fn)
	l.kernel.At(l.kernel.now, func() { l.kernel.pass(t) })
}

// live is the goroutine of a task: it waits for its first turn, and leaves the baton behind however
// it ends.
func (t *task) live(fn func()) {
	k := t.life.kernel
	<-t.resume
	defer func() { k.back <- struct{}{} }()
	defer t.leave()
	if !t.life.dead {
		fn()
	}
}

// leave ends a task in the books.
func (t *task) leave() {
	if p := recover(); p != nil {
		t.life.kernel.survive(p)
	}
	if i := slices.Index(t.life.tasks, t); i >= 0 {
		t.life.tasks = slices.Delete(t.life.tasks, i, i+1)
	}
}

// pass hands the baton to a task and waits until it comes back.
func (k *Kernel) pass(t *task) {
	if !slices.Contains(t.life.tasks, t) {
		return // it was buried meanwhile
	}
	k.running = t
	t.resume <- struct{}{}
	<-k.back
	k.running = nil
}

// park gives the baton back and waits for it. A life that has ended meanwhile unwinds here.
func (t *task) park() {
	t.life.kernel.back <- struct{}{}
	<-t.resume
	if t.life.dead {
		runtime.Goexit()
	}
}

// Kill ends the life: none of its tasks does anything more but unwind, where they wait, in the order
// of their beginning. A task that kills its own life does not return from Kill.
func (l *Life) Kill() {
	if !l.dead {
		l.dead = true
		l.kernel.dying = append(l.kernel.dying, l)
	}
	if t := l.kernel.running; t != nil && t.life == l {
		runtime.Goexit()
	}
	if l.kernel.running == nil {
		l.kernel.bury()
	}
}

// bury lets every task unwind.
func (l *Life) bury() {
	for len(l.tasks) > 0 {
		l.kernel.pass(l.tasks[0])
	}
}
