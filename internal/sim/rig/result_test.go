package rig_test

import (
	"errors"
	"testing"

	"larder"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/sim/phone"
	"larder/internal/sim/rig"
)

// bought is a right purchase of two pieces from lane 2 and one from lane 3.
func bought() rig.Result {
	lines := []phone.Line{
		{Lane: 202, Count: 2, Price: 350, Amount: 700}, {Lane: 203, Count: 1, Price: 500, Amount: 500},
	}
	return rig.Result{
		Visit:   phone.Visit{ID: 1, State: phone.StateEnded, Outcome: phone.OutcomeCharged},
		Receipt: phone.Receipt{Total: 1200, Lines: lines, Payment: phone.Money{Captured: 1200}},
		Truth:   map[int]int{2: 2, 3: 1},
		Book:    sandbox.Order{Paid: true, Total: 1200, State: "DONE"},
		Lanes:   map[larder.LaneID]int{201: 1, 202: 2, 203: 3},
		Prices:  map[int]larder.Fen{1: 100, 2: 350, 3: 500},
	}
}

// free is a right end without a bill.
func free(state, outcome string) rig.Result {
	return rig.Result{Visit: phone.Visit{ID: 1, State: state, Outcome: outcome}, Prices: map[int]larder.Fen{1: 100}}
}

// TestResult_Check guards the judge of crash tests and benchmark: what is right passes, and each way
// to be wrong is found.
func TestResult_Check(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		of    rig.Result
		spoil func(*rig.Result)
		right bool
	}{
		{"a_right_bill", bought(), func(*rig.Result) {}, true},
		{"a_piece_too_many", bought(), func(r *rig.Result) { r.Truth[2] = 1 }, false},
		{"a_lane_forgotten", bought(), func(r *rig.Result) { r.Truth[1] = 1 }, false},
		{"another_cabinets_lane", bought(), func(r *rig.Result) { r.Receipt.Lines[0].Lane = 999 }, false},
		{"another_price", bought(), func(r *rig.Result) { r.Receipt.Lines[1].Price = 499 }, false},
		{"a_wrong_product", bought(), func(r *rig.Result) { r.Receipt.Lines[0].Amount = 701 }, false},
		{"a_wrong_sum", bought(), func(r *rig.Result) { r.Receipt.Total = 1201 }, false},
		{"collected_too_little", bought(), func(r *rig.Result) { r.Receipt.Payment.Captured = 1100 }, false},
		{"the_provider_has_less", bought(), func(r *rig.Result) { r.Book.Total = 1100 }, false},
		{"the_provider_has_nothing", bought(), func(r *rig.Result) { r.Book.Paid = false }, false},
		{"canceled", free(phone.StateEnded, phone.OutcomeCanceled), func(*rig.Result) {}, true},
		{"canceled_and_collected", free(phone.StateEnded, phone.OutcomeCanceled), func(r *rig.Result) { r.Receipt.Payment.Captured = 1 }, false},
		{"canceled_and_paid", free(phone.StateEnded, phone.OutcomeCanceled), func(r *rig.Result) { r.Book.Paid = true }, false},
		{"canceled_and_taken", free(phone.StateEnded, phone.OutcomeNotOpened), func(r *rig.Result) { r.Truth = map[int]int{1: 1} }, false},
		{"ended_somehow", free(phone.StateEnded, ""), func(*rig.Result) {}, false},
		{"a_person_judges", free(phone.StateReview, ""), func(r *rig.Result) { r.Truth = map[int]int{1: 1} }, true},
		{"a_person_judges_what_is_paid", free(phone.StateReview, ""), func(r *rig.Result) { r.Book.Paid = true }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.spoil(&c.of)
			err := c.of.Check()
			if c.right && err != nil {
				t.Error(err)
			}
			if !c.right && !errors.Is(err, rig.ErrWrong) {
				t.Errorf("Check() = %v, want ErrWrong", err)
			}
		})
	}
}
