//go:build ignore

// Command bundle bundles a page's script as its developers' own tool would, and writes it to standard output. Packages that are not beside the
// script are taken from the directories that are named after it.
//
//	go run e2e/frameworks/bundle.go [-server] SCRIPT [PACKAGES...]
package main

import (
	"flag"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	server := flag.Bool("server", false, "for Node, which renders the page")
	flag.Parse()
	var packages []string
	for _, dir := range flag.Args()[1:] {
		absolute, err := filepath.Abs(dir)
		if err != nil {
			panic(err)
		}
		packages = append(packages, absolute)
	}
	options := api.BuildOptions{
		EntryPoints: []string{flag.Arg(0)},
		Bundle:      true,
		JSX:         api.JSXAutomatic,
		NodePaths:   packages,
		// Which says what a page renders otherwise than its server did.
		Define: map[string]string{
			"process.env.NODE_ENV": `"development"`,
			"__VUE_OPTIONS_API__":  "true", "__VUE_PROD_DEVTOOLS__": "false", "__VUE_PROD_HYDRATION_MISMATCH_DETAILS__": "true",
		},
		Write:    false,
		LogLevel: api.LogLevelError,
	}
	if *server {
		options.Platform, options.Format = api.PlatformNode, api.FormatCommonJS
	}
	result := api.Build(options)
	if len(result.Errors) > 0 {
		os.Exit(1)
	}
	_, _ = os.Stdout.Write(result.OutputFiles[0].Contents)
}
