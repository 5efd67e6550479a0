package tcp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"google.golang.org/protobuf/proto"

	"larder"
	"larder/internal/edge/link"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// refusal is a handshake that did not end in a connection.
type refusal struct {
	reason  string           // label of the metric, one of the refused constants or a wire.Reason
	goodbye pb.GoodbyeReason // what the peer is told; 0: nothing
	err     error            // may be nil
}

func (r *refusal) Error() string { return fmt.Sprintf("handshake refused: %s: %v", r.reason, r.err) }
func (r *refusal) Unwrap() error { return r.err }

// Reasons of a refusal, beside those of wire.
const (
	refusedAddress     = "address"     // plain TCP from elsewhere than this machine
	refusedLimited     = "limited"     // too many failures from this address
	refusedOverload    = "overload"    // too many handshakes at once
	refusedTimeout     = "timeout"     // not done after 5 s
	refusedGone        = "gone"        // the peer went away
	refusedVersion     = "version"     // a version that we do not speak
	refusedProof       = "proof"       // unknown serial or wrong key
	refusedModel       = "model"       // no driver for the registered model
	refusedUnavailable = "unavailable" // the handler failed
	refusedUpgrade     = "upgrade"     // TLS failed
)

// greet does the handshake, within its deadline. It returns the connection to go on with, secured
// or not, also where it is refused; and the cabinet's, whose first frame, Welcome, waits to be
// written. The error is a [*refusal].
func (g *Gateway) greet(ctx context.Context, raw net.Conn) (net.Conn, *connection, error) {
	defer g.handshakes.Add(-1)
	if g.handshakes.Add(1) > maxHandshakes {
		return raw, nil, &refusal{reason: refusedOverload}
	}
	if g.cfg.Upgrade == nil && !local(raw.RemoteAddr()) {
		return raw, nil, &refusal{reason: refusedAddress}
	}
	if !g.failures.allowed(hostOf(raw)) {
		return raw, nil, &refusal{reason: refusedLimited}
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	if err := raw.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return raw, nil, &refusal{reason: refusedGone, err: err}
	}
	// A gateway that stops does not wait for the deadline.
	defer context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })()

	conn, exporter := raw, []byte(nil)
	if g.cfg.Upgrade != nil {
		secured, material, err := g.cfg.Upgrade(ctx, raw)
		if err != nil {
			return raw, nil, &refusal{reason: refusedUpgrade, err: err}
		}
		conn, exporter = secured, material
	}
	c, err := g.authenticate(ctx, conn, exporter)
	return conn, c, err
}

// authenticate exchanges Hello, Challenge and Proof and prepares Welcome.
func (g *Gateway) authenticate(ctx context.Context, conn net.Conn, exporter []byte) (*connection, error) {
	in := wire.NewReader(conn)
	hello, err := receive[*pb.Hello](g, in)
	if err != nil {
		return nil, err
	}
	if hello.Version != wire.Version {
		return nil, &refusal{reason: refusedVersion, goodbye: pb.GoodbyeReason_GOODBYE_REASON_VERSION}
	}
	challenge := &pb.Challenge{Nonce: make([]byte, wire.NonceSize)}
	if _, err := rand.Read(challenge.Nonce); err != nil {
		return nil, &refusal{reason: refusedUnavailable, err: err}
	}
	if err := g.say(conn, challenge); err != nil {
		return nil, broken(err)
	}
	proof, err := receive[*pb.Proof](g, in)
	if err != nil {
		return nil, err
	}
	shake := wire.Handshake{
		Version: hello.Version, Serial: hello.Serial,
		CabinetNonce: hello.Nonce, PlatformNonce: challenge.Nonce, Exporter: exporter,
	}
	cabinet, speaker, err := g.identify(ctx, shake, proof.Mac)
	if err != nil {
		return nil, err
	}
	in.SetLimit(wire.MaxBody)
	return g.welcome(ctx, conn, in, hello, shake, cabinet, speaker)
}

// identify checks a proof. An unknown serial costs the same work as a wrong proof, against a key
// that nobody has, and has the same answer.
func (g *Gateway) identify(ctx context.Context, shake wire.Handshake, proof []byte) (driver.Cabinet, driver.Driver, error) {
	credential, err := g.cfg.Handler.Credential(ctx, shake.Serial)
	unknown := larder.CodeOf(err) == larder.CodeNotFound
	if err != nil && !unknown {
		return driver.Cabinet{}, nil, unavailable(fmt.Errorf("look up a credential: %w", err))
	}
	key := credential.Key
	if unknown || len(key) != wire.KeySize {
		key = g.decoyKey
	}
	if !shake.VerifyCabinet(key, proof) || unknown {
		return driver.Cabinet{}, nil, &refusal{reason: refusedProof, goodbye: pb.GoodbyeReason_GOODBYE_REASON_UNAUTHENTICATED}
	}
	speaker, ok := g.cfg.Drivers.For(credential.Model)
	if !ok {
		return driver.Cabinet{}, nil, &refusal{
			reason: refusedModel, goodbye: pb.GoodbyeReason_GOODBYE_REASON_UNAVAILABLE,
			err: fmt.Errorf("cabinet %d is of model %.64q, which has no driver", credential.Cabinet, credential.Model),
		}
	}
	return driver.Cabinet{ID: credential.Cabinet, Serial: shake.Serial, Key: key}, speaker, nil
}

// welcome gets the connection's epoch and makes the connection.
func (g *Gateway) welcome(ctx context.Context, conn net.Conn, in *wire.Reader, hello *pb.Hello,
	shake wire.Handshake, cabinet driver.Cabinet, speaker driver.Driver,
) (*connection, error) {
	remote := conn.RemoteAddr().String()
	grant, err := g.cfg.Handler.Connected(ctx, link.Hello{
		Cabinet: cabinet.ID, Boot: hello.Boot, Firmware: hello.Firmware, Model: hello.Model, Remote: remote,
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("connect cabinet %d: %w", cabinet.ID, err))
	}
	cabinet.Boot, cabinet.Epoch = hello.Boot, grant.Epoch
	c := g.newConnection(conn, in, cabinet, speaker, grant.DurableSeq)
	c.remote = remote
	frame, err := wire.Marshal(&pb.Welcome{
		Epoch:          grant.Epoch,
		DurableSeq:     grant.DurableSeq,
		ServerTimeMs:   g.cfg.Now().UnixMilli(),
		HeartbeatMs:    heartbeatMillis,
		IdleReadingsMs: idleMillis,
		FastReadingsMs: fastMillis,
		TailMs:         tailMillis,
		Mac:            shake.PlatformProof(cabinet.Key, grant.Epoch, grant.DurableSeq),
	})
	if err != nil { // an epoch of 0: the connection is the handler's all the same, so it ends in order
		c.log.ErrorContext(ctx, "no welcome can be written", keyError, err)
		c.end(reasonInternal)
		return c, nil
	}
	c.out.post(driver.Packet{Kind: uint8(frame.Type), Body: frame.Body})
	return c, nil
}

// refuse ends a connection that was not welcomed, and counts why.
func (g *Gateway) refuse(ctx context.Context, conn net.Conn, err error) {
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		r = &refusal{reason: refusedUnavailable, err: err}
	}
	g.metrics.refusals.WithLabelValues(r.reason).Inc()
	if r.reason == refusedProof {
		g.failures.count(hostOf(conn))
	}
	if r.reason == refusedUnavailable || r.reason == refusedModel {
		g.cfg.Logger.WarnContext(ctx, "a cabinet was not let in", "reason", r.reason, keyError, r.err)
	}
	if r.goodbye != 0 {
		_ = conn.SetWriteDeadline(time.Now().Add(farewellTimeout))
		_ = g.say(conn, &pb.Goodbye{Reason: r.goodbye}) // the peer may be gone: it learns nothing then
	}
	_ = conn.Close() // nothing is left to be lost
}

// receive reads the one message that the handshake expects next.
func receive[M proto.Message](g *Gateway, in *wire.Reader) (M, error) {
	var want M
	frame, err := in.Next()
	if err != nil {
		return want, broken(err)
	}
	g.metrics.received(frame.Type)
	body, err := wire.Decode(frame)
	if err != nil {
		return want, broken(err)
	}
	m, ok := body.(M)
	if !ok {
		return want, broken(&wire.MalformedError{Reason: wire.ReasonType, Type: frame.Type, Detail: "not now"})
	}
	return m, nil
}

// say writes one message at once; it is for the handshake, before a connection has its sender.
func (g *Gateway) say(conn net.Conn, m proto.Message) error {
	frame, err := wire.Marshal(m)
	if err != nil {
		return err
	}
	whole, err := wire.AppendFrame(nil, frame.Type, frame.Body)
	if err != nil {
		return err
	}
	g.metrics.sent(frame.Type)
	_, err = conn.Write(whole)
	return err
}

// broken turns an error of the socket or of a frame into a refusal.
func broken(err error) error {
	if malformed, ok := errors.AsType[*wire.MalformedError](err); ok {
		return &refusal{reason: string(malformed.Reason), err: err}
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return &refusal{reason: refusedTimeout, err: err}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return &refusal{reason: refusedGone, err: err}
}

func unavailable(err error) error {
	return &refusal{reason: refusedUnavailable, goodbye: pb.GoodbyeReason_GOODBYE_REASON_UNAVAILABLE, err: err}
}

// hostOf returns whom failures are counted against: an IPv4 address, or the /64 of an IPv6 one,
// which is what one customer of a network commonly has. It is the zero value where there is none.
func hostOf(conn net.Conn) netip.Addr {
	at, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	host := at.AddrPort().Addr().Unmap().WithZone("")
	if host.Is6() {
		prefix, err := host.Prefix(64)
		if err == nil {
			host = prefix.Addr()
		}
	}
	return host
}
