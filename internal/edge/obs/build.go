package obs

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Build says what a binary was built from. Unknown fields are "unknown", times and platforms as Go
// writes them.
type Build struct {
	Version  string `json:"version"`  // of the module; "devel" outside of a release
	Commit   string `json:"commit"`   // full hash
	Time     string `json:"time"`     // of the commit, RFC 3339
	Modified bool   `json:"modified"` // the working tree was not clean
	Go       string `json:"go"`       // toolchain
	Platform string `json:"platform"` // operating system and architecture
}

const unknown = "unknown"

// ReadBuild reads what the linker stamped into this binary.
func ReadBuild() Build {
	b := Build{
		Version: "devel", Commit: unknown, Time: unknown,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// String is one line for people.
func (b Build) String() string {
	dirty := ""
	if b.Modified {
		dirty = ", modified"
	}
	return fmt.Sprintf("larder %s (commit %s%s, %s, %s)", b.Version, b.Commit, dirty, b.Go, b.Platform)
}
