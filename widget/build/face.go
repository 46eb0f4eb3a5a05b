package main

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"strings"
)

// A face is one dist directory and the bundles in it, in the order in which they are built.
type face struct {
	dir     string
	bundles []bundle
	fixed   map[string]string // output name -> the stable, unhashed name that tenants have in their pages
}

// An entry describes one output in the manifest, which package widget reads.
type entry struct {
	File      string `json:"file"`
	Integrity string `json:"integrity"`
}

var faces = []face{
	{
		dir: "widget",
		bundles: []bundle{
			{entries: []string{"src/loader.ts", "src/worker.ts", "src/error_page.ts", "src/frame.css"}, sloppy: true},
			{entries: []string{"src/frame.tsx", "src/preview.tsx"}, module: true, alias: map[string]string{"preact": "src/render.ts"}},
			{entries: []string{"src/extras.*.ts"}, module: true, shared: map[string]string{"src/shared.ts": "frame.js"}, own: []string{"src/extras", "src/locales"}},
		},
		fixed: map[string]string{"loader.js": "aside.js", "worker.js": "worker.js", "error_page.js": "reason.js"},
	},
	// Each file directly in web/src is an entry point of a page. Code that pages share is in its subdirectories.
	{dir: "web", bundles: []bundle{{entries: []string{"src/*.ts", "src/*.tsx", "src/*.css"}}}},
}

// build returns the files of the face's dist directory by name: its bundles, their GraphQL documents and the manifest.
func (f face) build(root string) (map[string][]byte, error) {
	files, manifest := map[string][]byte{}, map[string]entry{}
	trusted := documents{}
	for _, b := range f.bundles {
		outputs, err := b.build(root, f.dir, manifest, trusted)
		if err != nil {
			return nil, err
		}
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
	}
	index, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return nil, err
	}
	files["manifest.json"] = append(index, '\n')
	if len(trusted) > 0 {
		if files["documents.json"], err = trusted.json(); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// hashed puts the content's hash into a file's name, so that the file may be cached forever.
func hashed(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}
