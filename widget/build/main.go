// Command build bundles the browser code of the widget and of the pages on the account origin, and writes the result to the dist
// directories that the server embeds. Run it from the root of the repository:
//
//	go run ./widget/build [widget] [web]
//
// With names it builds only those faces. Its output is committed, so that building the server needs no bundler, and is the same
// bytes on every run and machine; a test of this package fails where the output isn't what is committed.
//
//	go run ./widget/build -tests DIRECTORY
//
// bundles the tests of the browser code, *.test.ts, into a directory, for Node to run.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"maps"
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
	for _, f := range faces {
		if len(names) > 0 && !slices.Contains(names, f.dir) {
			continue
		}
		files, err := f.build(root)
		if err != nil {
			return fmt.Errorf("%s: %w", f.dir, err)
		}
		if err := write(filepath.Join(root, f.dir, "dist"), files); err != nil {
			return err
		}
	}
	return nil
}

// write makes dir hold exactly files and prints the weight of each.
func write(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a directory of the repository
		return err
	}
	old, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, o := range old {
		if _, kept := files[o.Name()]; !kept {
			if err := os.RemoveAll(filepath.Join(dir, o.Name())); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(dir, name), files[name], 0o644); err != nil { //nolint:gosec // files of the repository
			return err
		}
		fmt.Printf("%-44s %7d bytes %7d gzip\n", filepath.Join(dir, name), len(files[name]), weight(files[name]))
	}
	return nil
}

func weight(content []byte) int {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	if _, err := z.Write(content); err != nil {
		panic(err) // a bytes.Buffer takes all
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return buf.Len()
}
