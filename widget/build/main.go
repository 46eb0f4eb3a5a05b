//go:build ignore

// Command build bundles the browser code of the widget and of A's own pages with esbuild and writes the result to the
// dist directories that the server embeds. Run it from the root of the repository:
//
//	go run -modfile=tools/go.mod widget/build/main.go [widget] [web]
//
// With names it builds only those faces.
// Its output is committed, so that building the server needs no bundler, and is the same bytes on every run and machine.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// A face is one dist directory and the entry points it is made from.
type face struct {
	dir     string
	entries []string          // patterns below dir
	fixed   map[string]string // output name -> the stable, unhashed name that tenants have in their pages
}

// entry is what the manifest says of one output; package widget reads it back.
type entry struct {
	File      string `json:"file"`
	Integrity string `json:"integrity"`
}

var faces = []face{
	{
		dir:     "widget",
		entries: []string{"src/loader.ts", "src/frame.tsx", "src/frame.css"},
		fixed:   map[string]string{"loader.js": "aside.js"},
	},
	// Every file directly in web/src is a page's entry; what pages share lies in directories below it.
	{dir: "web", entries: []string{"src/*.ts", "src/*.tsx", "src/*.css"}},
}

func main() {
	for _, f := range faces {
		if len(os.Args) > 1 && !slices.Contains(os.Args[1:], f.dir) {
			continue
		}
		if err := f.build(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n", f.dir, err)
			os.Exit(1)
		}
	}
}

// build bundles every entry of the face, writes dist and its manifest and removes what an earlier build left there.
// A face without any entry is left alone.
func (f face) build() error {
	entries, err := f.find()
	if err != nil || len(entries) == 0 {
		return err
	}
	outputs, err := bundle(entries)
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	manifest := map[string]entry{}
	for _, out := range outputs {
		name := filepath.Base(out.Path)
		file, fixed := f.fixed[name]
		if fixed {
			name = file
		} else {
			file = hashed(name, out.Contents)
		}
		sum := sha512.Sum384(out.Contents)
		files[file] = out.Contents
		manifest[name] = entry{File: file, Integrity: "sha384-" + base64.StdEncoding.EncodeToString(sum[:])}
	}
	index, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	files["manifest.json"] = append(index, '\n')
	return write(filepath.Join(f.dir, "dist"), files)
}

func (f face) find() ([]string, error) {
	var found []string
	for _, pattern := range f.entries {
		matches, err := filepath.Glob(filepath.Join(f.dir, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, m := range matches {
			if !strings.HasSuffix(m, ".d.ts") && !strings.HasSuffix(m, ".test.ts") {
				found = append(found, m)
			}
		}
	}
	slices.Sort(found)
	return found, nil
}

// bundle makes one self-contained script or sheet of each entry. Classic scripts (IIFE) rather than modules: the loader's
// tag is a classic one, and no export is ever used from outside.
func bundle(entries []string) ([]api.OutputFile, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints:       entries,
		EntryNames:        "[name]",
		Outdir:            "out", // names only: nothing is written here
		Bundle:            true,
		Write:             false,
		Format:            api.FormatIIFE,
		Platform:          api.PlatformBrowser,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelWarning,
	})
	if len(result.Errors) > 0 {
		return nil, errors.New("esbuild refused the sources")
	}
	return result.OutputFiles, nil
}

// hashed puts the content's hash into a file's name, so that the file may be cached forever.
func hashed(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

// write makes dir hold exactly files and prints what each weighs.
func write(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
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
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), files[name], 0o644); err != nil {
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
