package main

import (
	"bytes"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestAStampIsRead(t *testing.T) {
	setting := func(pairs ...string) (list []debug.BuildSetting) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return list
	}
	for name, test := range map[string]struct {
		info debug.BuildInfo
		want build
	}{
		"a tag": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3"}, Settings: setting("vcs.revision", "1234567890abcdef", "vcs.modified", "false")},
			build{"v1.2.3", "1234567890abcdef", false, "go1.26.0"},
		},
		"a clone without tags": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v0.0.0-20261129101112-1234567890ab+dirty"}, Settings: setting("vcs.revision", "1234567890abcdef", "vcs.modified", "true")},
			build{"v0.0.0-20261129101112-1234567890ab+dirty", "1234567890abcdef", true, "go1.26.0"},
		},
		"go install at a commit": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v0.0.0-20261129101112-1234567890ab"}},
			build{"v0.0.0-20261129101112-1234567890ab", "1234567890ab", false, "go1.26.0"},
		},
		"go install at a tag": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3"}},
			build{"v1.2.3", "unknown", false, "go1.26.0"},
		},
		"go install at a pre-release": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3-rc-new-1"}},
			build{"v1.2.3-rc-new-1", "unknown", false, "go1.26.0"},
		},
		"go install behind a tag": {
			debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.4-0.20261129101112-1234567890ab"}},
			build{"v1.2.4-0.20261129101112-1234567890ab", "1234567890ab", false, "go1.26.0"},
		},
		"no stamp": {debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "(devel)"}}, build{"devel", "unknown", false, "go1.26.0"}},
		"nothing":  {debug.BuildInfo{GoVersion: "go1.26.0"}, build{"devel", "unknown", false, "go1.26.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := stamped(&test.info); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestVersionIsPrinted(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--version"}} {
		var out, refusal bytes.Buffer
		if status := run(t.Context(), args, &out, &refusal); status != 0 {
			t.Errorf("aside %s: status %d: %s", args, status, &refusal)
		}
		if out.String() != thisBuild().String()+"\n" {
			t.Errorf("aside %s prints %q", args, &out)
		}
	}
}

func TestTheBuildIsAMetric(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(buildMetric(build{"v1.2.3", "1234", false, "go1.26.0"}))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := families[0].String()
	for _, want := range []string{`aside_build_info`, `"v1.2.3"`, `"1234"`, `"go1.26.0"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}
