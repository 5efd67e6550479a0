package tell

// Languages gives tests all phrases.
func Languages() map[Language]any {
	out := make(map[Language]any, len(languages))
	for in, p := range languages {
		out[in] = p
	}
	return out
}
