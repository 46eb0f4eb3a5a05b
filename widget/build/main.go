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
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// A face is one dist directory and the bundles in it.
type face struct {
	dir     string
	bundles []bundle
	fixed   map[string]string // output name -> the stable, unhashed name that tenants have in their pages
}

// A bundle is entry points that are built alike, each to one self-contained file.
type bundle struct {
	entries []string // patterns below the face's dir
	// What a page loads by a tag is a classic script (IIFE): the loader's tag is a classic one, and no export is ever used from
	// outside. A module is what a script imports when it needs it.
	module bool
	sloppy bool // no "use strict": the compiler has checked it, what is in a class is strict anyway, and a tenant's page counts bytes
	// A file of GraphQL documents, which the scripts name by their hash; the texts are written beside the bundles, for the server.
	documents string
	catalogue string            // a directory of texts; a script says which by t("key"), and keys that nothing else has are made short
	alias     map[string]string // package -> the file below dir that stands for it
	private   []string          // property names of our own that nothing outside the face's bundles ever sees: made short
}

// entry is what the manifest says of one output; package widget reads it back.
type entry struct {
	File      string `json:"file"`
	Integrity string `json:"integrity"`
}

var faces = []face{
	{
		dir: "widget",
		bundles: []bundle{
			{entries: []string{"src/loader.ts", "src/worker.ts", "src/reason.ts", "src/frame.css"}, sloppy: true},
			{entries: []string{"src/frame.tsx", "src/preview.tsx"}, private: private, documents: "src/documents.ts", catalogue: "src/locales", alias: map[string]string{"preact": "src/render.ts"}},
			{entries: []string{"src/extras.*.ts"}, private: private, documents: "src/documents.ts", catalogue: "src/locales", module: true, alias: map[string]string{"preact": "src/extras/kit.ts"}},
		},
		fixed: map[string]string{"loader.js": "aside.js", "worker.js": "worker.js", "reason.js": "reason.js"},
	},
	// Every file directly in web/src is a page's entry; what pages share lies in directories below it.
	{dir: "web", bundles: []bundle{{entries: []string{"src/*.ts", "src/*.tsx", "src/*.css"}}}},
}

// private are properties of the frame's own objects. A name that is a property of the DOM or of JSON, or is kept in a
// browser's storage from one release to the next, must not be here.
var private = []string{
	"adopt", "answers", "apart", "app", "askHost", "attempt", "authorizationResponse", "authorizeURL", "back", "changed",
	"choose", "config", "Conflict", "cursor", "destroy", "dirty", "doomed", "draft", "edit", "editTags", "enter", "equip",
	"face", "failed", "finishRedirect", "flush", "forget", "forgetSession", "format", "formatted", "found", "Fragment",
	"frameKey", "gone", "grant", "handle", "showKeys", "hide", "host", "keep", "keepSession", "left", "Live", "load",
	"look", "mark", "Markdown", "meaning", "met", "notebook", "notice", "Outbox", "owner", "pageURL", "paint", "pending",
	"Problem", "problemOf", "putAway", "ready", "reason", "recall", "recallAll", "redeem", "refresh", "render", "report",
	"rest", "restore", "retry", "revoke", "save", "say", "seek", "seen", "session", "settled", "shelf", "show", "signedOut", "signIn",
	"signInByRedirect", "signOut", "stored", "strange", "Stranger", "Summary", "Suspended", "tagText", "tellHost", "theirs",
	"toast", "Trash", "trash", "trashOpen", "turn", "undo", "unsaved", "unsavedOf", "untag", "until", "utf8", "visitor", "Visitor",
	"Vouched",
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
	var outputs []api.OutputFile
	trusted, short := documents{}, keys{}
	names := map[string]any{} // what private names are called, the same in all bundles
	for _, b := range f.bundles {
		built, err := b.build(f.dir, names, trusted, short)
		if err != nil {
			return err
		}
		outputs = append(outputs, built...)
	}
	if len(outputs) == 0 {
		return nil
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
	if len(trusted) > 0 {
		if files["documents.json"], err = trusted.json(); err != nil {
			return err
		}
	}
	if len(short) > 0 {
		if files["keys.json"], err = json.MarshalIndent(short, "", "  "); err != nil {
			return err
		}
	}
	return write(filepath.Join(f.dir, "dist"), files)
}

// find gives the entry points below dir, sorted.
func (b bundle) find(dir string) ([]string, error) {
	var found []string
	for _, pattern := range b.entries {
		matches, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
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

// documents are the texts of trusted documents by their ids.
type documents map[string]string

// A line of a file of documents is one constant, made of text and of constants above it.
var constant = regexp.MustCompile("^(export )?const (\\w+) = [\"`]([^\\\\]*)[\"`];$")

// load gives what stands for the module at path. Its exported constants are operations and fragments of one document, whose text is kept. The module exports the document's id, and each operation's name in its place.
func (d documents) load(path string) (module string, err error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var known []string
	var operations, fragments string
	for line := range strings.Lines(string(source)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") || strings.HasPrefix(line, "export declare ") {
			continue
		}
		c := constant.FindStringSubmatch(line)
		if c == nil {
			return "", fmt.Errorf("%s: a line is one constant, without escapes, not %q", path, line)
		}
		text := strings.NewReplacer(known...).Replace(c[3])
		if strings.Contains(text, "${") {
			return "", fmt.Errorf("%s: %s names what is not above it", path, c[2])
		}
		known = append(known, "${"+c[2]+"}", text)
		switch named := strings.Fields(strings.ReplaceAll(strings.ReplaceAll(text, "(", " "), "{", " ")); {
		case c[1] == "":
		case named[0] == "fragment":
			fragments += text
		default:
			operations += text
			module += fmt.Sprintf("export const %s = %q;\n", c[2], named[1])
		}
	}
	sum := sha256.Sum256([]byte(operations + fragments))
	id := "sha256:" + hex.EncodeToString(sum[:])
	d[id] = operations + fragments
	return module + fmt.Sprintf("export const DOCUMENT = %q;\n", id), nil
}

// plugin has esbuild read a file of documents by load.
func (d documents) plugin(file string) api.Plugin {
	return api.Plugin{Name: "documents", Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: regexp.QuoteMeta("/"+file) + "$"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			module, err := d.load(args.Path)
			return api.OnLoadResult{Contents: &module, Loader: api.LoaderTS}, err
		})
	}}
}

func (d documents) json() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(d)
	return b.Bytes(), err
}

// keys are short names for keys of a catalogue.
type keys map[string]string

var (
	saidKey   = regexp.MustCompile(`\bt\("([a-z][a-zA-Z]*)"`)
	quotedKey = regexp.MustCompile(`"([a-zA-Z]+)"`)
)

// find names the keys that the scripts below dir have nowhere but in t("…"). A key that is quoted elsewhere may be put
// together, or come from the server as the code of a problem.
func (k keys) find(dir string) error {
	said := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || ext != ".ts" && ext != ".tsx" {
			return err
		}
		source, err := os.ReadFile(path)
		for _, found := range saidKey.FindAllSubmatch(source, -1) {
			said[string(found[1])]++
		}
		for _, found := range quotedKey.FindAllSubmatch(source, -1) {
			said[string(found[1])]--
		}
		return err
	})
	for _, key := range slices.Sorted(maps.Keys(said)) {
		if said[key] == 0 {
			n := len(k)
			k[key] = strings.TrimLeft(string([]byte{'a' - 1 + byte(n/26), 'a' + byte(n%26)}), "`")
		}
	}
	return err
}

// plugin has esbuild read the scripts and catalogues with the short names in them.
func (k keys) plugin(catalogue string) api.Plugin {
	load := func(filter string, loader api.Loader, in *regexp.Regexp) func(build api.PluginBuild) {
		return func(build api.PluginBuild) {
			build.OnLoad(api.OnLoadOptions{Filter: filter}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
				source, err := os.ReadFile(args.Path)
				contents := in.ReplaceAllStringFunc(string(source), func(found string) string {
					for _, key := range quotedKey.FindAllStringSubmatch(found, 1) {
						if short := k[key[1]]; short != "" {
							return strings.Replace(found, key[0], `"`+short+`"`, 1)
						}
					}
					return found
				})
				return api.OnLoadResult{Contents: &contents, Loader: loader}, err
			})
		}
	}
	return api.Plugin{Name: "catalogue", Setup: func(build api.PluginBuild) {
		load(`\.tsx?$`, api.LoaderTSX, saidKey)(build)
		load("/"+catalogue+`/.*\.json$`, api.LoaderJSON, regexp.MustCompile(`"[a-zA-Z]+":`))(build)
	}}
}

// build makes one self-contained script or sheet of each entry. It takes and adds to what private names are called, and adds
// to the documents and to the short keys.
func (b bundle) build(dir string, names map[string]any, trusted documents, short keys) ([]api.OutputFile, error) {
	entries, err := b.find(dir)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	options := api.BuildOptions{
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
		Alias:             map[string]string{},
		MangleCache:       names,
	}
	if b.module {
		options.Format = api.FormatESModule
	}
	if b.sloppy {
		options.TsconfigRaw = `{"compilerOptions": {"alwaysStrict": false}}`
	}
	if len(b.private) > 0 {
		options.MangleProps = "^(" + strings.Join(b.private, "|") + ")$"
	}
	if b.documents != "" {
		options.Plugins = append(options.Plugins, trusted.plugin(dir+"/"+b.documents))
	}
	if b.catalogue != "" {
		if len(short) == 0 { // the same in all bundles
			if err := short.find(filepath.Join(dir, "src")); err != nil {
				return nil, err
			}
		}
		options.Plugins = append(options.Plugins, short.plugin(dir+"/"+b.catalogue))
	}
	for name, file := range b.alias {
		options.Alias[name] = "./" + filepath.ToSlash(filepath.Join(dir, filepath.FromSlash(file)))
	}
	result := api.Build(options)
	if len(result.Errors) > 0 {
		return nil, errors.New("esbuild refused the sources")
	}
	maps.Copy(names, result.MangleCache)
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
