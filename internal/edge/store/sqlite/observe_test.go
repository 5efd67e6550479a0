package sqlite_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/edge/store/sqlite"
)

// What the engine counts for Prometheus is what Stats tells.
func TestConfig_Metrics(t *testing.T) {
	t.Parallel()
	ctx, reg := t.Context(), prometheus.NewRegistry()
	db := open(t, sqlite.Config{Path: sqlite.Memory, Metrics: reg})
	must(t, db.Update(ctx, run(ctx, "CREATE TABLE a (id INTEGER PRIMARY KEY)")))
	must(t, db.Update(ctx, run(ctx, "INSERT INTO a VALUES (1)")))
	if err := db.Update(ctx, run(ctx, "INSERT INTO a VALUES (1)")); err == nil {
		t.Fatal("a key was broken")
	}
	families, err := reg.Gather()
	must(t, err)
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += "/" + l.GetValue()
			}
			got[name] = m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	for name, want := range map[string]float64{
		"larder_store_operations_total/committed": 2,
		"larder_store_operations_total/refused":   1,
		"larder_store_statements_total/write":     3,
		"larder_store_group_operations":           3,
		"larder_store_commit_seconds":             2,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if s := db.Stats(); s.WriteTx != 2 || s.Groups != 3 || s.Commits != 2 || s.Statements != 3 {
		t.Errorf("stats are %+v", s)
	}
	if _, err := sqlite.Open(ctx, sqlite.Config{Path: sqlite.Memory, Metrics: reg}); err == nil {
		t.Error("two databases were registered under one name")
	}
}
