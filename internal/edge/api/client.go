package api

import (
	"net/http"
	"net/netip"
	"strings"
)

// askerOf returns the address that limits count: the client's own where the request came straight
// or through proxies that are trusted to say whom they speak for. Of IPv6 the /64 counts, because
// that is what one subscriber gets.
func askerOf(r *http.Request, proxies []netip.Prefix) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr // no TCP: a test or a Unix socket
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && trusted(addr, proxies); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break // what a stranger wrote; the last address that we know stands
		}
		addr = hop.Unmap()
	}
	return network(addr)
}

func trusted(addr netip.Addr, proxies []netip.Prefix) bool {
	for _, p := range proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// network is the part of an address that stands for one subscriber.
func network(addr netip.Addr) string {
	addr = addr.WithZone("")
	if !addr.Is6() {
		return addr.String()
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return addr.String()
	}
	return prefix.String()
}
