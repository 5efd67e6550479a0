package cabinet_test

import (
	"math"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/edge/store"
)

// Epochs only grow, also when the generator is behind: a slow clock, a restored backup.
func TestService_Connect_epoch(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.register(t, "SN-1").Cabinet.ID
	var last int64
	for i := range 6 {
		if i == 3 {
			r.ids.n.Store(0)
		}
		epoch, durable, err := r.Connect(t.Context(), id, uint64(1+i))
		must(t, err)
		if epoch <= last || durable != 0 {
			t.Errorf("connection %d: epoch %d after %d, durable %d", i, epoch, last, durable)
		}
		last = epoch
	}
	if n := r.count(t, "SELECT count(*) FROM connection WHERE epoch = $1 AND boot = 6 AND connected_at > 0", last); n != 1 {
		t.Error("the last connection is not the one that counts")
	}
}

// TestStore_PutConnection guards H4 and I6 on the rows: whoever read the epoch before somebody else
// took a higher one changes nothing, and neither does the same epoch again.
func TestStore_PutConnection(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.register(t, "SN-1").Cabinet.ID
	for _, try := range []struct {
		epoch int64
		want  bool
	}{{20, true}, {10, false}, {20, false}, {21, true}} {
		var put bool
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) (err error) {
			put, err = store.Cabinets{}.PutConnection(t.Context(), tx, cabinet.Connection{
				Cabinet: id, Org: r.acme, Epoch: try.epoch, Boot: 1, At: 1,
			})
			return err
		}))
		if put != try.want {
			t.Errorf("epoch %d: %v", try.epoch, put)
		}
	}
	if got := r.count(t, "SELECT epoch FROM connection"); got != 21 {
		t.Errorf("epoch %d counts, want 21", got)
	}
}

// Connections of one cabinet at the same moment each get an epoch of their own.
func TestService_Connect_at_once(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.register(t, "SN-1").Cabinet.ID
	var mu sync.Mutex
	var epochs []int64
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			epoch, _, err := r.Connect(t.Context(), id, 1)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			epochs = append(epochs, epoch)
		})
	}
	wg.Wait()
	slices.Sort(epochs)
	if n := len(slices.Compact(epochs)); n != 10 {
		t.Errorf("%d epochs for 10 connections", n)
	}
	if got := r.count(t, "SELECT epoch FROM connection"); int64(got) != epochs[len(epochs)-1] {
		t.Errorf("epoch %d counts, want the highest", got)
	}
}

func TestService_Connect_refuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.register(t, "SN-1").Cabinet.ID
	for _, boot := range []uint64{0, math.MaxInt64 + 1} {
		_, _, err := r.Connect(t.Context(), id, boot)
		wantCode(t, err, larder.CodeInvalid)
	}
	_, _, err := r.Connect(t.Context(), id+1, 1)
	wantCode(t, err, larder.CodeNotFound)
	r.exec(t, "UPDATE cabinet SET state = 'retired'")
	_, _, err = r.Connect(t.Context(), id, 1)
	wantCode(t, err, larder.CodeNotFound)
}

// Only what is committed without a gap from 1 on is acknowledged to a cabinet that comes back: it
// forgets everything up to there. Whatever order events came in, twice or not at all.
func TestService_Connect_durable(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.register(t, "SN-1").Cabinet.ID
	boot := uint64(0)
	rapid.Check(t, func(rt *rapid.T) {
		boot++
		seqs := rapid.SliceOfN(rapid.Uint64Range(1, 8), 0, 12).Draw(rt, "seqs")
		kept := map[uint64]bool{}
		for _, seq := range seqs {
			fresh, err := r.addEvent(t, larder.DoorEvent{Cabinet: id, Boot: boot, Seq: seq, Door: 1, Kind: larder.DoorOpened})
			if err != nil || fresh == kept[seq] {
				rt.Fatalf("event %d: fresh %v, %v", seq, fresh, err)
			}
			kept[seq] = true
		}
		want := uint64(0)
		for kept[want+1] {
			want++
		}
		_, durable, err := r.Connect(t.Context(), id, boot)
		if err != nil || durable != want {
			rt.Fatalf("durable %d of %v, %v, want %d", durable, seqs, err, want)
		}
	})
}

func TestService_AddEventTx(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.register(t, "SN-1").Cabinet.ID
	ev := larder.DoorEvent{
		Cabinet: id, Boot: 3, Seq: 1, Door: 2, Kind: larder.DoorShut, Session: 44, At: 1_700_000_000_000, Arrived: 1_700_000_000_500,
	}
	if fresh, err := r.addEvent(t, ev); err != nil || !fresh {
		t.Fatalf("fresh %v, %v", fresh, err)
	}
	changed := ev
	changed.Kind = larder.DoorForced
	if fresh, err := r.addEvent(t, changed); err != nil || fresh {
		t.Errorf("a replay: fresh %v, %v", fresh, err)
	}
	const row = `SELECT count(*) FROM door_event WHERE cabinet_id = $1 AND boot = 3 AND seq = 1 AND org_id = $2 AND door = 2
		AND kind = 'closed' AND session_id = 44 AND at = 1700000000000 AND arrived_at = 1700000000500`
	if n := r.count(t, row, id, r.acme); n != 1 {
		t.Error("the event was not kept as it came first")
	}
	next := ev
	next.Boot++
	if fresh, err := r.addEvent(t, next); err != nil || !fresh {
		t.Errorf("the same number of another boot: fresh %v, %v", fresh, err)
	}
	for _, spoil := range []func(*larder.DoorEvent){
		func(ev *larder.DoorEvent) { ev.Boot = 0 },
		func(ev *larder.DoorEvent) { ev.Boot = math.MaxUint64 },
		func(ev *larder.DoorEvent) { ev.Seq = 0 },
		func(ev *larder.DoorEvent) { ev.Seq = math.MaxUint64 },
		func(ev *larder.DoorEvent) { ev.Door = 0 },
		func(ev *larder.DoorEvent) { ev.Kind = "knocked" },
	} {
		bad := ev
		spoil(&bad)
		_, err := r.addEvent(t, bad)
		wantCode(t, err, larder.CodeInvalid)
	}
}

func (r *rig) addEvent(t *testing.T, ev larder.DoorEvent) (fresh bool, err error) {
	t.Helper()
	err = r.db.Update(t.Context(), func(tx larder.Tx) error {
		var err error
		fresh, err = r.AddEventTx(t.Context(), tx, r.acme, ev)
		return err
	})
	return fresh, err
}
