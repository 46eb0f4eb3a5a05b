package version

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
)

// An Info describes a build of Aside.
type Info struct {
	Version  string // a tag, or a pseudo-version for an untagged commit; "devel" without a stamp
	Revision string // the commit; "unknown" without a stamp
	Modified bool   // the checkout had uncommitted changes
	Go       string
}

// commit is set by `make build`.
var commit string

// Running returns the build that is running.
func Running() Info {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	v := fromBuildInfo(info)
	if v.Revision == unknown && commit != "" {
		v.Revision = commit
	}
	return v
}

const unknown = "unknown"

// fromBuildInfo reads a stamp. A binary from `go install module@version` has no revision but the one in
// its pseudo-version.
func fromBuildInfo(info *debug.BuildInfo) Info {
	v := Info{Version: strings.Trim(info.Main.Version, "()"), Revision: unknown, Go: info.GoVersion}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	if v.Version == "" {
		v.Version = "devel"
	}
	if v.Go == "" {
		v.Go = runtime.Version()
	}
	if match := pseudoVersion.FindStringSubmatch(v.Version); v.Revision == unknown && match != nil {
		v.Revision = match[1]
	}
	return v
}

// The pseudo-version of an untagged commit ends in the commit's time and the beginning of its hash
// (https://go.dev/ref/mod#pseudo-versions).
var pseudoVersion = regexp.MustCompile(`[-.]\d{14}-([0-9a-f]{12})(\+|$)`)

// String returns the line that `aside version` prints.
func (v Info) String() string {
	modified := ""
	if v.Modified {
		modified = ", modified"
	}
	return fmt.Sprintf("aside %s (revision %s%s, %s, %s/%s)", v.Version, v.Revision, modified, v.Go, runtime.GOOS, runtime.GOARCH)
}
