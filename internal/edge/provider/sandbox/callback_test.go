package sandbox_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder/internal/edge/provider/sandbox"
)

// TestServer_Callback_Retries guards the documented schedule: what is not acknowledged comes again
// after 15, 15, 30, 180, 4 times 1800 and 3600 s, with the same body, and then no more.
func TestServer_Callback_Retries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.Config{})
		r.answerWith(http.StatusInternalServerError)
		r.confirmed(t, "V1")
		time.Sleep(48 * time.Hour)
		synctest.Wait()
		at, bodies := r.deliveries()
		var gaps []int
		for i := 1; i < len(at); i++ {
			gaps = append(gaps, int(at[i].Sub(at[i-1]).Seconds()))
			if bodies[i] != bodies[0] {
				t.Errorf("repetition %d has another body", i)
			}
		}
		if diff := cmp.Diff([]int{15, 15, 30, 180, 1800, 1800, 1800, 1800, 3600}, gaps); diff != "" {
			t.Error(diff)
		}
	})
}

// TestServer_Callback_Acknowledged guards that 200 or 204 ends the repetitions.
func TestServer_Callback_Acknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.Config{})
		r.answerWith(http.StatusAccepted) // not one of the two
		r.confirmed(t, "V1")
		time.Sleep(20 * time.Second)
		r.answerWith(http.StatusOK)
		time.Sleep(48 * time.Hour)
		if at, _ := r.deliveries(); len(at) != 3 {
			t.Errorf("%d deliveries, want 3", len(at))
		}
	})
}

// TestServer_Callback_Faults guards that each fault of callbacks does what it says, counts itself,
// and leaves a later delivery right.
func TestServer_Callback_Faults(t *testing.T) {
	for fault, want := range map[sandbox.Fault][]int{ // seconds after the consent
		sandbox.CallbackLost:       nil,
		sandbox.CallbackDelayed:    {600},
		sandbox.CallbackDuplicated: {0, 0, 0},
		sandbox.CallbackProbe:      {0, 0},
	} {
		t.Run(string(fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, sandbox.Config{})
				i := sandbox.Injection{Fault: fault, Call: sandbox.KindConfirmed, Times: 1, Delay: 10 * time.Minute}
				if err := r.Inject(i); err != nil {
					t.Fatal(err)
				}
				if idle := r.Unfired(); len(idle) != 1 || idle[0] != fault {
					t.Errorf("unfired before: %v", idle)
				}
				r.confirmed(t, "V1")
				began := time.Now()
				time.Sleep(48 * time.Hour)
				at, _ := r.deliveries()
				var got []int
				for _, moment := range at {
					got = append(got, int(moment.Sub(began).Seconds()))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if r.Fired()[fault] != 1 || len(r.Unfired()) != 0 {
					t.Errorf("fired %v, unfired %v", r.Fired(), r.Unfired())
				}
			})
		})
	}
}

// TestServer_Inject guards that a fault with a wrong name is an error, not a test that tests
// nothing, and that Every and Number narrow it down.
func TestServer_Inject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.Config{NoLimits: true})
		for _, i := range []sandbox.Injection{{Fault: "answer_losst"}, {Fault: sandbox.AnswerLost, Times: -1}} {
			if err := r.Inject(i); err == nil {
				t.Errorf("%+v is accepted", i)
			}
		}
		for _, i := range []sandbox.Injection{
			{Fault: sandbox.RateLimited, Call: sandbox.CallCreate, Every: 3},
			{Fault: sandbox.ServerError, Number: "E"},
		} {
			if err := r.Inject(i); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, number := range []string{"A", "B", "C", "D", "E", "F"} {
			_, code := r.post(t, "", r.createBody(number))
			got = append(got, code)
		}
		if diff := cmp.Diff([]string{"", "", "FREQUENCY_LIMITED", "", "SYSTEM_ERROR", ""}, got); diff != "" {
			t.Error(diff)
		}
		r.ClearFaults()
		if _, code := r.post(t, "", r.createBody("E")); code != "" {
			t.Errorf("after clearing: %q", code)
		}
	})
}
