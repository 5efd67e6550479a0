package kernel

// event is something that happens at a moment; do is nil once it has happened or was stopped.
type event struct {
	at    int64 // nanoseconds since 1970
	tie   uint32
	filed uint64
	do    func()
}

// agenda is a heap of events by time, then by chance, then by the order in which they were filed.
type agenda []*event

// Len implements heap.Interface.
func (a agenda) Len() int { return len(a) }

// Less implements heap.Interface.
func (a agenda) Less(i, j int) bool {
	x, y := a[i], a[j]
	switch {
	case x.at != y.at:
		return x.at < y.at
	case x.tie != y.tie:
		return x.tie < y.tie
	}
	return x.filed < y.filed
}

// Swap implements heap.Interface.
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push implements heap.Interface.
func (a *agenda) Push(x any) {
	if e, ok := x.(*event); ok {
		*a = append(*a, e)
	}
}

// Pop implements heap.Interface.
func (a *agenda) Pop() any {
	last := len(*a) - 1
	e := (*a)[last]
	(*a)[last] = nil
	*a = (*a)[:last]
	return e
}
