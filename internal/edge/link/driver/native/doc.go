// Package native is the driver of cabinets that speak Larder's own protocol (docs/protocol.md). It
// turns the bodies of link/wire into the words of the dictionary and back, and has no state.
//
// Gateways call it through the interfaces of package driver. It guarantees that every message it
// returns is within the protocol's limits.
//
// 中文名：原生协议驱动。
package native
