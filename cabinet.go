package larder

// What cabinets say and are told, in the words that the link, the runner and the rooms share. A
// driver turns its model's frames into these and back; nobody else knows a wire.

// DoorState is what is known of a door.
type DoorState string

// The states of a door. Unknown is a state, not an error.
const (
	DoorUnknown DoorState = "unknown"
	DoorClosed  DoorState = "closed"
	DoorOpening DoorState = "opening" // the lock was released, the door has not moved yet
	DoorOpen    DoorState = "open"
)

// DoorEventKind says what happened at a door.
type DoorEventKind string

// What happens at a door.
const (
	DoorOpened DoorEventKind = "opened"
	DoorShut   DoorEventKind = "closed"
	DoorForced DoorEventKind = "forced" // opened without a command: key, lever or fault
)

// DoorEvent is a durable event: the cabinet keeps it until the platform has committed it and says
// so, and replays it after an outage. (Boot, Seq) orders a cabinet's events; Seq counts from 1
// within a boot without gaps.
type DoorEvent struct {
	Cabinet CabinetID
	Boot    uint64 // grows with every start of the cabinet
	Seq     uint64
	Door    int // number of the door in the cabinet, from 1
	Kind    DoorEventKind
	Session SessionID // whose command opened the door; 0 if none is known
	At      Millis    // the cabinet's clock: orders readings of one connection, prices nothing
	Arrived Millis    // the platform's clock
}

// Readings is one frame of weights: all lanes of the cabinet at one moment.
type Readings struct {
	Cabinet CabinetID
	Boot    uint64
	Session SessionID // 0 outside a session
	Seq     uint64    // counts from 1: within the session, or within the boot outside sessions
	Door    DoorState
	At      Millis // the cabinet's clock
	Arrived Millis // the platform's clock
	Mass    []Gram // one per lane in the order of the lanes' numbers; [NoMass] where a lane gave none
}

// Fast reports whether the frame belongs to a session (every 300 ms) rather than to the idle beat
// (every 90 s).
func (r Readings) Fast() bool { return r.Session != 0 }

// OpenCommand asks a cabinet to release one lock. It cannot take effect late: the cabinet accepts
// it only with a challenge that it issued itself, less than TTL ago by its own monotonic clock, on
// the connection of Epoch, and once.
type OpenCommand struct {
	Command   CommandID
	Session   SessionID
	Door      int
	Epoch     int64
	TTLMillis int64  // at most 10,000
	Challenge []byte // from the latest [Proof], 16 bytes
}

// Proof is a cabinet's answer to a ping: it is there, now, and this is its fresh challenge.
type Proof struct {
	Cabinet   CabinetID
	Epoch     int64
	Challenge []byte      // 16 bytes, single use
	Doors     []DoorState // by door number, from 1
	Took      int64       // milliseconds from the ping to the answer
}

// AnswerResult is how a cabinet says a command ended.
type AnswerResult string

// The answers to a command. Expired, used and refused commands did nothing.
const (
	AnswerDone    AnswerResult = "done"
	AnswerRefused AnswerResult = "refused" // wrong authentication, door, epoch or challenge; or locked out
	AnswerExpired AnswerResult = "expired" // the challenge was older than the command's TTL
	AnswerFailed  AnswerResult = "failed"  // tried, and the lock or the scale did not obey
)

// Answer is what a cabinet says about one command. Door is its state as the cabinet saw it then,
// which may be stale: "open" is sometimes answered "closed".
type Answer struct {
	Cabinet CabinetID
	Epoch   int64
	Command CommandID
	Result  AnswerResult
	Reason  string // for people who look into it
	Door    DoorState
	Arrived Millis
}
