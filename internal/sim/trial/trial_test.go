package trial_test

import (
	"os"
	"strconv"
	"testing"

	"larder/internal/sim/fault"
	"larder/internal/sim/trial"
)

func TestScratch(t *testing.T) {
	n := 20
	if s := os.Getenv("N"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	seed := 1
	if s := os.Getenv("SEED"); s != "" {
		seed, _ = strconv.Atoi(s)
	}
	ids, err := fault.Parse(os.Getenv("F"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := trial.Run(t.Context(), trial.Config{Seed: uint64(seed), Sessions: n, Faults: ids, Out: os.Stderr})
	t.Logf("%+v %v", r, err)
}
