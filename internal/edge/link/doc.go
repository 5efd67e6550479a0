// Package link is the seam between cabinets and the platform. It owns what gateways tell the platform
// ([Handler]), which driver speaks for which cabinet model ([Drivers]), and, below it, the order of
// a cabinet's durable events (link/sequence). Gateways live below it (link/tcp); they move frames, authenticate and
// fence, and decide nothing about doors, goods or money. Drivers (link/driver) translate.
//
// internal/app connects a gateway with a handler; the gateway's commands are a port that its user
// declares. The package guarantees that an event reaches the handler in the order of (boot, seq)
// without gaps within a boot, and that a cabinet is told "durable" only after the handler said so.
//
// 中文名：货柜接入。
package link
