package version

import (
	"runtime/debug"
	"testing"
)

func TestBuildInfo(t *testing.T) {
	setting := func(pairs ...string) (list []debug.BuildSetting) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return list
	}
	for name, test := range map[string]struct {
		info debug.BuildInfo
		want Info
	}{
		"a tag": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3"}, Settings: setting("vcs.revision", "1234567890abcdef", "vcs.modified", "false")},
			Info{"v1.2.3", "1234567890abcdef", false, "go1.26.0"},
		},
		"a clone without tags": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v0.0.0-20261129101112-1234567890ab+dirty"}, Settings: setting("vcs.revision", "1234567890abcdef", "vcs.modified", "true")},
			Info{"v0.0.0-20261129101112-1234567890ab+dirty", "1234567890abcdef", true, "go1.26.0"},
		},
		"go install at a commit": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v0.0.0-20261129101112-1234567890ab"}},
			Info{"v0.0.0-20261129101112-1234567890ab", "1234567890ab", false, "go1.26.0"},
		},
		"go install at a tag": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3"}},
			Info{"v1.2.3", "unknown", false, "go1.26.0"},
		},
		"go install at a pre-release": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3-rc-new-1"}},
			Info{"v1.2.3-rc-new-1", "unknown", false, "go1.26.0"},
		},
		"go install behind a tag": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.4-0.20261129101112-1234567890ab"}},
			Info{"v1.2.4-0.20261129101112-1234567890ab", "1234567890ab", false, "go1.26.0"},
		},
		"no stamp": {debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "(devel)"}}, Info{"devel", "unknown", false, "go1.26.0"}},
		"nothing":  {debug.BuildInfo{GoVersion: "go1.26.0"}, Info{"devel", "unknown", false, "go1.26.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fromBuildInfo(&test.info); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}
