// Package tcp owns sockets.
package tcp

import (
	"net"

	"larder/internal/edge/link/wire"
)

// Listen uses its own edge's wire.
func Listen() (net.Listener, error) {
	_ = wire.TotalMass(1, 2)
	return net.Listen("tcp", "127.0.0.1:0")
}
