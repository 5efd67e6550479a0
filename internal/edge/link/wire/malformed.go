package wire

// Reason says in one word why bytes were rejected. The set is bounded: it labels metrics.
type Reason string

// The reasons for a rejection.
const (
	ReasonLength    Reason = "length"    // the length field is 0 or above the limit
	ReasonTruncated Reason = "truncated" // the stream ended within a frame
	ReasonChecksum  Reason = "checksum"  // the CRC32C is not that of type and body
	ReasonType      Reason = "type"      // a type that this side must not receive, or not now
	ReasonBody      Reason = "body"      // the body is no protobuf message of its type
	ReasonField     Reason = "field"     // a field is outside its limits
)

// MalformedError is a frame that breaks the protocol; whoever receives it closes the connection.
// Its text never quotes the frame: what arrived is a stranger's.
type MalformedError struct {
	Reason Reason
	Type   Type   // 0 where the frame did not get that far
	Detail string // what exactly, for a log; names fields and limits
}

// Error names the reason, the type and the detail.
func (e *MalformedError) Error() string {
	text := "malformed frame: " + string(e.Reason)
	if e.Type != 0 {
		text += " in " + e.Type.String()
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}
