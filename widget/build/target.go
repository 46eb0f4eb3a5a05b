package main

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"path/filepath"
	"strings"
)

// A target is one dist directory and the bundles in it, in the order in which they are built.
type target struct {
	dir         string
	bundles     []bundle
	stableNames map[string]string // output name -> the stable, unhashed name that tenants have in their pages
}

// An entry describes one output in the manifest, which package widget reads.
type entry struct {
	File      string            `json:"file"`
	Integrity string            `json:"integrity"`
	names     map[string]string // bundle.innerNames
}

var targets = []target{
	{
		dir: "widget",
		bundles: []bundle{
			{entries: []string{"src/loader.ts", "src/worker.ts", "src/error_page.ts", "src/frame.css"}, omitUseStrict: true, shortened: true},
			{entries: []string{"src/frame.tsx", "src/preview.tsx"}, module: true, shortened: true, innerNames: true, alias: map[string]string{"preact": "src/render.ts"}},
			// The frame finds end-to-end encryption beside the extras: only the name differs.
			{entries: []string{"src/extras.ts", "src/encryption.ts"}, languages: true, oneHash: true, module: true, shortened: true, shared: inFrame,
				own: []string{"src/encryption", "src/sealed", "src/extras", "src/core/replacement", "src/locales"}},
		},
		stableNames: map[string]string{"loader.js": "aside.js", "worker.js": "worker.js", "error_page.js": "reason.js"},
	},
	// Each file directly in web/src is an entry point of a page, but for extras.ts, which the popup loads later or never. Code that
	// pages share is in the subdirectories.
	{dir: "web", bundles: []bundle{
		{entries: []string{"src/*.css"}},
		{entries: []string{"src/docs.ts"}},
		{entries: []string{"src/account.tsx"}, module: true, split: true},
		{entries: []string{"src/console.tsx"}, module: true, split: true},
		{entries: []string{"src/explorer.tsx"}, module: true, split: true},
		{entries: []string{"src/recover.tsx"}, module: true, split: true},
		{entries: []string{"src/key_removal.ts", "src/sealed_account.ts"}, module: true},
		{entries: []string{"src/extras.ts"}, module: true},
		{entries: []string{"src/popup.ts"}, module: true, shared: map[string]string{"src/extras.ts": "extras.js"}, own: []string{"src", "../widget/src"}},
	}},
}

// inFrame are the modules that the frame has, among them those that src/encryption imports, which knows no frame.
var inFrame = map[string]string{
	"src/shared.ts": "frame.js", "src/bytes.ts": "frame.js", "src/core/note.ts": "frame.js", "src/core/problem.ts": "frame.js",
}

// build returns the files of the target's dist directory by name: its bundles, their GraphQL documents and the manifest.
func (t target) build(root string) (map[string][]byte, error) {
	files, manifest := map[string][]byte{}, map[string]entry{}
	trusted := documents{}
	for _, b := range t.bundles {
		outputs, names, err := b.build(root, t.dir, manifest, trusted)
		if err != nil {
			return nil, err
		}
		together := map[string][]byte{}
		for _, out := range outputs {
			together[b.hashGroup(out)] = append(together[b.hashGroup(out)], out.Contents...)
		}
		for _, out := range outputs {
			name := filepath.Base(out.Path)
			file, fixed := t.stableNames[name]
			switch {
			case fixed:
				name = file
			case chunkName.MatchString(name):
				name, file = strings.TrimSuffix(name, filepath.Ext(name)), name
			default:
				file = hashedName(name, together[b.hashGroup(out)])
			}
			sum := sha512.Sum384(out.Contents)
			files[file] = out.Contents
			manifest[name] = entry{File: file, Integrity: "sha384-" + base64.StdEncoding.EncodeToString(sum[:]), names: names}
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
