package link_test

import (
	"testing"

	"larder/internal/edge/link"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/driver/native"
)

// TestDrivers guards LK2: a model has its driver, and a table with holes is refused.
func TestDrivers(t *testing.T) {
	t.Parallel()
	drivers, err := link.NewDrivers(map[string]driver.Driver{"a": native.Driver{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := drivers.For("a"); !ok {
		t.Error("a registered model has no driver")
	}
	if _, ok := drivers.For("b"); ok {
		t.Error("a model that nobody knows has a driver")
	}
	for _, broken := range []map[string]driver.Driver{nil, {"": native.Driver{}}, {"a": nil}} {
		if _, err := link.NewDrivers(broken); err == nil {
			t.Errorf("%v was accepted", broken)
		}
	}
}
