package cabinet_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/physics"
)

// BenchmarkCabinet_fleet shows what many machines in one process cost, each connected and idle for
// ten minutes of a fake clock; the memory is that of both ends.
func BenchmarkCabinet_fleet(b *testing.B) {
	const machines = 200
	for b.Loop() {
		before := heap()
		var after uint64
		synctest.Test(&testing.T{}, func(*testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			var running sync.WaitGroup
			for i := range machines {
				c := machine(b, fmt.Sprintf("LD-%04d", i), &running)
				running.Go(func() { c.Run(ctx) })
			}
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			after = heap()
			cancel()
			running.Wait()
		})
		b.ReportMetric(float64(after-before)/machines, "B/machine")
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

func machine(b *testing.B, serial string, running *sync.WaitGroup) *cabinet.Cabinet {
	b.Helper()
	body, err := physics.New(physics.Config{Faults: physics.Ordinary()}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		b.Fatal(err)
	}
	c, err := cabinet.New(cabinet.Config{
		Serial: serial, Key: key, Body: body, Rand: rand.New(rand.NewPCG(3, 4)),
		Dial: func(context.Context) (net.Conn, error) {
			ours, theirs := net.Pipe()
			running.Go(func() { welcome(theirs) })
			return ours, nil
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// welcome is a platform that only keeps a machine company.
func welcome(socket net.Conn) {
	defer socket.Close()
	r := wire.NewReader(socket)
	h := wire.Handshake{Version: wire.Version, PlatformNonce: bytes.Repeat([]byte{1}, wire.NonceSize)}
	for {
		f, err := r.Next()
		if err != nil {
			return
		}
		m, err := wire.Decode(f)
		if err != nil {
			return
		}
		var reply []byte
		switch m := m.(type) {
		case *pb.Hello:
			h.Serial, h.CabinetNonce = m.Serial, m.Nonce
			reply, _ = wire.Encode(&pb.Challenge{Nonce: h.PlatformNonce})
		case *pb.Proof:
			reply, _ = wire.Encode(&pb.Welcome{
				Epoch: 1, HeartbeatMs: 30_000, IdleReadingsMs: 90_000, FastReadingsMs: 300, TailMs: 8_000,
				Mac: h.PlatformProof(key, 1, 0),
			})
		case *pb.Heartbeat:
			reply, _ = wire.Encode(&pb.HeartbeatAck{})
		}
		if _, err := socket.Write(reply); err != nil {
			return
		}
	}
}
