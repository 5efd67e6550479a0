package command_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRun_sim guards the form of `larder sim`: one JSON object on the last line with these keys, the
// same hash for the same seed, status 1 for a fault that never happened, and 2 for flags that make no
// sense.
func TestRun_sim(t *testing.T) {
	t.Parallel()
	var hashes []string
	for _, args := range [][]string{
		{"--seed", "5", "--sessions", "300", "--no-store"}, {"--seed", "5", "--sessions", "300", "--no-store"},
		{"--seed", "5", "--sessions", "6", "--faults", "none"},
	} {
		r := larder(t, nil, "", append([]string{"sim", "--json"}, args...)...)
		r.want(t, 0, `"violations":0`, "")
		lines := strings.Split(strings.TrimSpace(r.out), "\n")
		var last map[string]any
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
			t.Fatal(err)
		}
		keys := slices.Sorted(maps.Keys(last))
		if diff := cmp.Diff([]string{"device_hours", "fired", "seconds", "sessions", "trace_hash", "violations"}, keys); diff != "" {
			t.Errorf("%v: keys\n%s", args, diff)
		}
		hash, _ := last["trace_hash"].(string)
		hashes = append(hashes, hash)
	}
	if hashes[0] != hashes[1] || hashes[0] == hashes[2] || hashes[0] == "" {
		t.Errorf("hashes %v", hashes)
	}
	larder(t, nil, "", "sim", "--no-store", "--sessions", "1", "--faults", "X1").want(t, 1, "violations  0", "X1 was asked for and never happened")
	larder(t, nil, "", "sim", "--sessions", "0").want(t, 2, "", "sessions: is at least 1")
	larder(t, nil, "", "sim", "--faults", "O2,Z9").want(t, 2, "", "Z9")
	larder(t, nil, "", "sim", "--no-store", "--faults", "L1").want(t, 2, "", "L1 needs the store")
	larder(t, nil, "", "sim", "--help").want(t, 0, "trace_hash", "")
}
