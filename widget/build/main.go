// Command build bundles the browser code of the widget and of the pages on the account origin, and writes the result to the dist
// directories that the server embeds. Run it from the root of the repository:
//
//	go run ./widget/build [widget] [web]
//
// With names it builds only those targets. Its output is committed, so that building the server needs no bundler, and is the same
// bytes on every run and machine; a test of this package fails where the output isn't what is committed.
//
//	go run ./widget/build -tests DIRECTORY
//
// bundles the tests of the browser code, *.test.ts, into a directory, for Node to run.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	tests := flag.String("tests", "", "bundle the tests into this directory, and nothing else")
	flag.Parse()
	if err := run(".", *tests, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(root, tests string, names []string) error {
	if tests != "" {
		return bundleTests(root, tests)
	}
	for _, t := range targets {
		if len(names) > 0 && !slices.Contains(names, t.dir) {
			continue
		}
		files, err := t.build(root)
		if err != nil {
			return fmt.Errorf("%s: %w", t.dir, err)
		}
		if err := write(filepath.Join(root, t.dir, "dist"), files); err != nil {
			return err
		}
	}
	return nil
}
