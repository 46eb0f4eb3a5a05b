//go:build ignore

// Command tests bundles the tests of the browser code, *.test.ts, into a directory, where Node runs them:
//
//	go run -modfile=tools/go.mod tools/tests.go DIRECTORY
package main

import (
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// No test needs the id of the trusted document, which the build generates (widget/build).
var documents = api.Plugin{Name: "documents", Setup: func(build api.PluginBuild) {
	build.OnLoad(api.OnLoadOptions{Filter: `/widget/src/documents\.ts$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		source, err := os.ReadFile(args.Path)
		contents := string(source) + `export const DOCUMENT = "";`
		return api.OnLoadResult{Contents: &contents, Loader: api.LoaderTS}, err
	})
}}

// Node 18, which Debian 12 has, lacks the browsers' global crypto.
const nodeCrypto = `import { webcrypto as nodeCrypto } from "node:crypto"; globalThis.crypto ??= nodeCrypto;`

func main() {
	var tests []string
	for _, dir := range []string{"widget/src", "web/src"} {
		for _, pattern := range []string{"*.test.ts", "*/*.test.ts"} {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				panic(err) // the patterns are constants
			}
			tests = append(tests, found...)
		}
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:  tests,
		Outdir:       os.Args[1],
		OutExtension: map[string]string{".js": ".mjs"},
		Bundle:       true,
		Write:        true,
		Format:       api.FormatESModule,
		Platform:     api.PlatformNode,
		Sourcemap:    api.SourceMapInline,
		LogLevel:     api.LogLevelWarning,
		Banner:       map[string]string{"js": nodeCrypto},
		Plugins:      []api.Plugin{documents},
	})
	if len(result.Errors) > 0 {
		os.Exit(1)
	}
}
