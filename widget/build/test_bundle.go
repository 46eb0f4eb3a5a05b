package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Debian 12 has Node 18. Its modules lack globals that browsers have.
const nodeCrypto = `import { webcrypto as nodeCrypto } from "node:crypto"; globalThis.crypto ??= nodeCrypto;`

// bundleTests bundles each test of the browser code into one file below out.
func bundleTests(root, out string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	if out, err = filepath.Abs(out); err != nil {
		return err
	}
	var tests []string
	for _, t := range targets {
		err := filepath.WalkDir(filepath.Join(root, t.dir, "src"), func(path string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".test.ts") {
				tests = append(tests, path)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(tests) == 0 {
		return errors.New("no tests")
	}
	return buildError(api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPoints:   tests,
		Outdir:        out,
		OutExtension:  map[string]string{".js": ".mjs"},
		Bundle:        true,
		Write:         true,
		Format:        api.FormatESModule,
		Platform:      api.PlatformNode,
		Sourcemap:     api.SourceMapInline,
		LogLevel:      api.LogLevelSilent,
		Define:        map[string]string{"END_TO_END": "true"},
		Banner:        map[string]string{"js": nodeCrypto},
		Plugins:       []api.Plugin{documents{}.plugin(root)},
	}))
}
