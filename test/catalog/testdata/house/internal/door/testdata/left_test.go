package left

// TestLeft cites O14.
func TestLeft(t *testing.T) {}
