//go:build ignore

// Command bundle bundles a React app that uses @aside/widget, as its developers' own tool would, and writes it to standard output.
package main

import (
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	root, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{os.Args[1]},
		Bundle:      true,
		JSX:         api.JSXAutomatic,
		NodePaths:   []string{filepath.Join(root, "node_modules")},
		Alias: map[string]string{
			"@aside/widget":       filepath.Join(root, "widget/npm/dist/index.js"),
			"@aside/widget/react": filepath.Join(root, "widget/npm/dist/react.js"),
		},
		Define:   map[string]string{"process.env.NODE_ENV": `"production"`},
		Write:    false,
		LogLevel: api.LogLevelError,
	})
	if len(result.Errors) > 0 {
		os.Exit(1)
	}
	_, _ = os.Stdout.Write(result.OutputFiles[0].Contents)
}
