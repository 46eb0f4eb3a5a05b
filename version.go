package main

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
)

// A build says which program this is, as the Go toolchain stamped it.
type build struct {
	Version  string // a tag, or a pseudo-version where the commit has none; "devel" without a stamp
	Revision string // the commit; "unknown" without a stamp
	Modified bool   // the checkout had changes that were not committed
	Go       string
}

// commit is set by `make build`.
var commit string

// thisBuild reads the stamp of the running program.
func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	b := stamped(info)
	if b.Revision == unknown && commit != "" {
		b.Revision = commit
	}
	return b
}

const unknown = "unknown"

// stamped reads a stamp. A program of `go install module@version` has no revision but the one in
// its pseudo-version.
func stamped(info *debug.BuildInfo) build {
	b := build{Version: strings.Trim(info.Main.Version, "()"), Revision: unknown, Go: info.GoVersion}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	if b.Version == "" {
		b.Version = "devel"
	}
	if b.Go == "" {
		b.Go = runtime.Version()
	}
	if commit := pseudoVersion.FindStringSubmatch(b.Version); b.Revision == unknown && commit != nil {
		b.Revision = commit[1]
	}
	return b
}

// A version of a commit without a tag ends in its time and the beginning of its hash
// (https://go.dev/ref/mod#pseudo-versions).
var pseudoVersion = regexp.MustCompile(`[-.]\d{14}-([0-9a-f]{12})(\+|$)`)

// String is what `aside version` prints.
func (b build) String() string {
	modified := ""
	if b.Modified {
		modified = ", modified"
	}
	return fmt.Sprintf("aside %s (revision %s%s, %s, %s/%s)", b.Version, b.Revision, modified, b.Go, runtime.GOOS, runtime.GOARCH)
}

type versionCommand struct{}

// Run prints which program this is.
func (versionCommand) Run(env *environment) error {
	_, err := fmt.Fprintln(env.stdout, thisBuild())
	return err
}
