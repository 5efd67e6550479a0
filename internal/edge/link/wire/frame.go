package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Sizes of a frame's parts, in bytes.
const (
	lengthSize   = 4
	typeSize     = 1
	checksumSize = 4

	// Overhead is what a frame adds to its body.
	Overhead = lengthSize + typeSize + checksumSize
	// MaxBody is the largest body on an authenticated connection.
	MaxBody = 64 << 10
	// MaxHandshakeBody is the largest body before the handshake has ended.
	MaxHandshakeBody = 1 << 10
	// bufferSize holds every ordinary frame (a readings frame of 20 lanes has about 60 bytes) and
	// keeps 10,000 idle connections cheap.
	bufferSize = 512
)

// castagnoli is the polynomial of CRC32C (RFC 3720), which common processors compute in hardware.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Frame is one unit of the stream.
type Frame struct {
	Type Type
	Body []byte // at most the reader's limit; valid until the reader's next call
}

// AppendFrame appends the bytes of a frame to dst. A body above [MaxBody] is an error.
func AppendFrame(dst []byte, t Type, body []byte) ([]byte, error) {
	if len(body) > MaxBody {
		return dst, fmt.Errorf("a body of %d bytes is above the limit of %d", len(body), MaxBody)
	}
	dst = binary.BigEndian.AppendUint32(dst, uint32(typeSize+len(body))) //nolint:gosec // checked above
	start := len(dst)
	dst = append(dst, byte(t))
	dst = append(dst, body...)
	return binary.BigEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli)), nil
}

// Reader reads frames from a stream. It begins with the limit of the handshake. It is not safe for
// concurrent use.
type Reader struct {
	in    *bufio.Reader
	limit int // largest body accepted, in bytes
	spent int // bytes of the latest frame that are still in the buffer and belong to the caller
}

// NewReader returns a reader whose limit is [MaxHandshakeBody].
func NewReader(r io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, bufferSize), limit: MaxHandshakeBody}
}

// SetLimit sets the largest body that Next accepts, in bytes; at most [MaxBody].
func (r *Reader) SetLimit(limit int) { r.limit = min(limit, MaxBody) }

// Pending reports whether at least one byte of the next frame has arrived already.
func (r *Reader) Pending() bool { return r.in.Buffered() > r.spent }

// Wait blocks until the next frame has begun to arrive. It returns [io.EOF] if the stream ended
// between frames, and other errors of the stream as they are. The latest frame's body ends here.
func (r *Reader) Wait() error {
	if err := r.release(); err != nil {
		return err
	}
	_, err := r.in.Peek(1)
	return err
}

// Next reads one frame and checks its length, before anything is allocated for it, and its
// checksum. It returns [io.EOF] if the stream ended between frames, a [*MalformedError] for bytes
// that are no frame, and other errors of the stream as they are.
func (r *Reader) Next() (Frame, error) {
	if err := r.Wait(); err != nil {
		return Frame{}, err
	}
	head, err := r.in.Peek(lengthSize)
	if err != nil {
		return Frame{}, truncated(err)
	}
	length := binary.BigEndian.Uint32(head)
	if length < typeSize || length > uint32(typeSize+r.limit) { //nolint:gosec // SetLimit bounds it
		return Frame{}, &MalformedError{Reason: ReasonLength, Detail: fmt.Sprintf("%d is outside 1..%d", length, typeSize+r.limit)}
	}
	whole, err := r.take(lengthSize + int(length) + checksumSize)
	if err != nil {
		return Frame{}, truncated(err)
	}
	return open(whole)
}

// Parse reads the bytes of exactly one frame, as [Encode] returns them: what comes whole by other
// ways than a stream. The error is that of [Reader.Next]; the frame shares the bytes.
func Parse(whole []byte) (Frame, error) {
	if len(whole) < Overhead {
		return Frame{}, &MalformedError{Reason: ReasonTruncated}
	}
	if length := binary.BigEndian.Uint32(whole); int(length) != len(whole)-lengthSize-checksumSize || length > typeSize+MaxBody {
		return Frame{}, &MalformedError{Reason: ReasonLength, Detail: fmt.Sprintf("%d in a frame of %d bytes", length, len(whole))}
	}
	return open(whole)
}

// open checks the sum of a whole frame and takes it apart.
func open(whole []byte) (Frame, error) {
	content, sum := whole[lengthSize:len(whole)-checksumSize], whole[len(whole)-checksumSize:]
	if crc32.Checksum(content, castagnoli) != binary.BigEndian.Uint32(sum) {
		return Frame{}, &MalformedError{Reason: ReasonChecksum}
	}
	return Frame{Type: Type(content[0]), Body: content[typeSize:]}, nil
}

// take returns the next n bytes: a view of the buffer where they fit, a fresh slice where not.
func (r *Reader) take(n int) ([]byte, error) {
	if n <= r.in.Size() {
		whole, err := r.in.Peek(n)
		if err != nil {
			return nil, err
		}
		r.spent = n
		return whole, nil
	}
	whole := make([]byte, n)
	_, err := io.ReadFull(r.in, whole)
	return whole, err
}

// release gives the latest frame's bytes back to the buffer.
func (r *Reader) release() error {
	_, err := r.in.Discard(r.spent)
	r.spent = 0
	return err
}

// truncated turns the end of the stream within a frame into a malformed frame.
func truncated(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &MalformedError{Reason: ReasonTruncated}
	}
	return err
}
