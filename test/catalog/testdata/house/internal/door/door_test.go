package door_test

import (
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// TestDoor_Close guards O4 and I1–I2.
func TestDoor_Close(t *testing.T) {
	number := "P1" // a value, not the row
	_ = number
	// DV8 asks for this part.
	t.Run("waits for rest", func(t *testing.T) {
		t.Run("O3: overtaken", func(t *testing.T) { only(t) })
	})
}

func TestDoor_W1_zeros(t *testing.T) { shared(t) }

func TestDoor_Quiet(t *testing.T) { shared(t) }

// only cites O1.
func only(t *testing.T) { t.Log("O2 is said here") }

// shared cites O5, which belongs to no single test.
func shared(t *testing.T) {}

// TestDoor_Any guards O7.
func TestDoor_Any(t *testing.T) { rapid.Check(t, nil) }

// TestDoor_Bubble guards O8.
func TestDoor_Bubble(t *testing.T) { bubble(t) }

func bubble(t *testing.T) { synctest.Test(t, nil) }

// FuzzDoor guards H13; P99 is no row.
func FuzzDoor(f *testing.F) {}
