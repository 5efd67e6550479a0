package command

import (
	"encoding/json"
	"fmt"

	"larder/internal/edge/obs"
)

// version is `larder version`.
type version struct {
	JSON bool `name:"json" help:"One JSON object."`
}

// Run prints the build.
func (v *version) Run(w World) error {
	build := obs.ReadBuild()
	if v.JSON {
		return json.NewEncoder(w.Out).Encode(build)
	}
	_, err := fmt.Fprintln(w.Out, build)
	return err
}
