package tcp

import (
	"errors"
	"io"
	"net"

	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// closeReason is why an authenticated connection ended. The set is bounded: it labels metrics. The
// reasons of wire are reasons too.
type closeReason string

const (
	reasonPeer     closeReason = "peer"       // the cabinet closed it
	reasonBroken   closeReason = "broken"     // the socket failed
	reasonSilent   closeReason = "silent"     // 75 s without a byte
	reasonSlow     closeReason = "slow_frame" // a frame began and did not end
	reasonStalled  closeReason = "stalled"    // the cabinet does not read
	reasonFlood    closeReason = "flood"      // the cabinet talks too much
	reasonForeign  closeReason = "event_boot" // an event of a boot that the cabinet has not had
	reasonReplaced closeReason = "replaced"   // a newer connection took over
	reasonStopping closeReason = "stopping"   // the gateway stops
	reasonInternal closeReason = "internal"   // a driver's or handler's mistake
)

// goodbye returns what the cabinet is told; 0: nothing, it is closed at once.
func (r closeReason) goodbye() pb.GoodbyeReason {
	switch r {
	case reasonReplaced:
		return pb.GoodbyeReason_GOODBYE_REASON_REPLACED
	case reasonStopping:
		return pb.GoodbyeReason_GOODBYE_REASON_STOPPING
	case reasonInternal:
		return pb.GoodbyeReason_GOODBYE_REASON_UNAVAILABLE
	default:
		return 0
	}
}

// errForeignEvent is an event of a boot above the one in Hello.
var errForeignEvent = errors.New("an event of a boot that has not begun")

// reasonOf names an error of reading or decoding.
func reasonOf(err error) closeReason {
	if malformed, ok := errors.AsType[*wire.MalformedError](err); ok {
		return closeReason(malformed.Reason)
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return reasonSilent
	}
	switch {
	case errors.Is(err, io.EOF):
		return reasonPeer
	case errors.Is(err, errSlowFrame):
		return reasonSlow
	case errors.Is(err, errForeignEvent):
		return reasonForeign
	default:
		return reasonBroken
	}
}
