package invariant

// Statements returns every text that is run, by what it is for.
func Statements() map[string]string {
	texts := map[string]string{"around a session": aroundSession, "around a cabinet": aroundCabinet}
	for _, c := range checks {
		texts[c.Name] = c.paged()
	}
	return texts
}
