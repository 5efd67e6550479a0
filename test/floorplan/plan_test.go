package floorplan_test

import (
	"testing"

	"larder/test/floorplan"
)

// TestPlan/every_row_has_a_reason: an arrow that nobody can explain is not a rule.
func TestPlan(t *testing.T) {
	t.Parallel()
	t.Run("every_row_has_a_reason", func(t *testing.T) {
		t.Parallel()
		seen := map[string]bool{}
		for _, row := range floorplan.Plan {
			if row.Why == "" {
				t.Errorf("%s has no reason", row.Room)
			}
			if seen[row.Room] {
				t.Errorf("%s has two rows", row.Room)
			}
			seen[row.Room] = true
			if got, ok := floorplan.RowOf(row.Room); !ok || got.Room != row.Room {
				t.Errorf("RowOf(%s) is the row of %q", row.Room, got.Room)
			}
		}
		for _, lib := range floorplan.Libraries {
			if lib.Why == "" {
				t.Errorf("%s has no reason", lib.Path)
			}
		}
		for _, row := range floorplan.FloatMoney {
			if row.Why == "" {
				t.Errorf("%s may let a float hold money without a reason", row.Room)
			}
		}
	})
	t.Run("arrows_name_rooms_that_have_rows", func(t *testing.T) {
		t.Parallel()
		groups := map[string]bool{"*": true, "internal/core": true, "internal/edge": true}
		for _, row := range floorplan.Plan {
			for _, room := range append(row.May, row.Test...) {
				if _, ok := floorplan.RowOf(room); !ok && !groups[room] {
					t.Errorf("%s may import %s, which has no row", row.Room, room)
				}
			}
		}
	})
	t.Run("the_rules_have_no_cycle", func(t *testing.T) {
		t.Parallel()
		for _, row := range floorplan.Plan {
			for _, to := range row.May {
				back, ok := floorplan.RowOf(to)
				if ok && row.Room != "internal/app" && row.Room != "test" && back.Allows(row.Room, false) {
					t.Errorf("%s and %s may import each other", row.Room, to)
				}
			}
		}
	})
}

// TestRow_Allows spells out the arrows that are easily got wrong.
func TestRow_Allows(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, from, to string
		inTest, want   bool
	}{
		{"the_dictionary_is_for_everyone", "internal/core/weigh", ".", false, true},
		{"a_folder_shares_its_rooms_row", "internal/edge/link/tcp", "internal/edge/link/wire", false, true},
		{"a_room_may_use_its_own_folders", "internal/core/weigh", "internal/core/weigh/level", false, true},
		{"an_edge_knows_no_other", "internal/edge/link/tcp", "internal/edge/store/sqlite", false, false},
		{"an_edges_test_may_stand_on_the_store", "internal/edge/api", "internal/edge/store/sqlite", true, true},
		{"an_edges_test_knows_no_third_edge", "internal/edge/store", "internal/edge/api", true, false},
		{"run_calls_the_rules", "internal/run", "internal/core/visit", false, true},
		{"run_knows_no_edge", "internal/run", "internal/edge/store", false, false},
		{"weigh_knows_no_session", "internal/core/weigh", "internal/core/session", false, false},
		{"tests_of_rules_may_use_neighbors", "internal/core/weigh", "internal/core/session", true, true},
		{"tests_of_rules_know_no_gateway", "internal/core/weigh", "internal/edge/link", true, false},
		{"the_demo_speaks_the_wire", "internal/sim/demo", "internal/edge/link/wire/pb", false, true},
		{"the_demo_knows_no_gateway", "internal/sim/demo", "internal/edge/link/tcp", false, false},
		{"the_demo_plays_the_provider", "internal/sim/demo", "internal/edge/provider/sandbox", false, true},
		{"app_knows_all", "internal/app", "internal/edge/api", false, true},
		{"app_knows_no_tests", "internal/app", "test/e2e", false, false},
		{"cmd_knows_app_only", "cmd/larder", "internal/edge/api", false, false},
		{"a_prefix_is_no_room", "internal/simulated", "internal/core/weigh", false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			row, _ := floorplan.RowOf(c.from)
			if got := row.Allows(c.to, c.inTest); got != c.want {
				t.Errorf("may %s import %s (test: %t)? %t, want %t", c.from, c.to, c.inTest, got, c.want)
			}
		})
	}
}
