package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What is committed is what the sources give, on every machine; the second build gives the same bytes as the first.
func TestCommittedOutputIsCurrent(t *testing.T) {
	const root = "../.."
	for _, target := range targets {
		files := build(t, root, target)
		if again := build(t, root, target); !maps.EqualFunc(files, again, bytes.Equal) {
			t.Errorf("%s: another build gives other bytes", target.dir)
		}
		committed, err := os.ReadDir(filepath.Join(root, target.dir, "dist"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range committed {
			plain, isCompressed := strings.CutSuffix(file.Name(), ".gz")
			if files[plain] == nil {
				t.Errorf("%s/dist/%s is not built any more: run make generate", target.dir, file.Name())
			} else if isCompressed && !bytes.Equal(decompress(t, filepath.Join(root, target.dir, "dist", file.Name())), files[plain]) {
				t.Errorf("%s/dist/%s is not the compressed form of what is built: run make generate", target.dir, file.Name())
			}
		}
		for name, content := range files {
			if was, err := os.ReadFile(filepath.Join(root, target.dir, "dist", name)); err != nil || !bytes.Equal(was, content) {
				t.Errorf("%s/dist/%s is not what is committed: run make generate", target.dir, name)
			}
		}
	}
}

// A name that the DOM or a server may know is never shortened; a name that only its class can see is.
func TestOnlyPrivateNamesAreShortened(t *testing.T) {
	root := writeSources(t, map[string]string{"widget/src/app.ts": `
		export class App {
			#something = document.body.getBoundingClientRect();
			left() { return this.#something.left + JSON.parse("{}").back; }
		}
		console.log(new App().left());`})
	linkTools(t, root)
	for name, app := range map[string]bundle{"esbuild": {}, "terser": {module: true, shortened: true}} {
		t.Run(name, func(t *testing.T) {
			app.entries = []string{"src/app.ts"}
			script := fileWithPrefix(t, build(t, root, target{dir: "widget", bundles: []bundle{app}}), "app.")
			for _, name := range []string{"left()", ".left", ".back"} {
				if !strings.Contains(script, name) {
					t.Errorf("%s is shortened: %s", name, script)
				}
			}
			if strings.Contains(script, "something") {
				t.Errorf("a private name is not shortened: %s", script)
			}
			if app.module && !strings.Contains(script, "as App}") {
				t.Errorf("what other scripts import has another name: %s", script)
			}
		})
	}
}

// terser puts a function where it is called, which esbuild doesn't do.
func TestModulesAreShortened(t *testing.T) {
	root := writeSources(t, map[string]string{"widget/src/app.ts": `
		function title(name: string) { const words = name.split(" "); return words[0] + words[1]; }
		export const app = () => { document.title = title(location.hash); };`})
	linkTools(t, root)
	app := bundle{entries: []string{"src/app.ts"}, module: true}
	long := fileWithPrefix(t, build(t, root, target{dir: "widget", bundles: []bundle{app}}), "app.")
	app.shortened = true
	short := fileWithPrefix(t, build(t, root, target{dir: "widget", bundles: []bundle{app}}), "app.")
	if len(short) >= len(long) {
		t.Errorf("%s is not shorter than %s", short, long)
	}
}

const (
	app    = `import { render } from "./shared"; export * from "./shared"; render("app");`
	shared = `export { render } from "./render";`
	render = `export function render(text: string) { document.title = text; }`
)

var lazy = target{dir: "widget", bundles: []bundle{
	{entries: []string{"src/app.ts"}, module: true},
	{entries: []string{"src/lazy.ts"}, module: true, shared: map[string]string{"src/shared.ts": "app.js"}, own: []string{"src/lazy"}},
}}

func TestSharedModulesAreImportedFromTheEarlierOutput(t *testing.T) {
	files := build(t, writeSources(t, map[string]string{
		"widget/src/app.ts": app, "widget/src/shared.ts": shared, "widget/src/render.ts": render,
		"widget/src/lazy.ts": `import { greet } from "./lazy/greeting"; import { render } from "./shared"; render("one"); greet();`, "widget/src/lazy/greeting.ts": `import { render } from "../shared"; export const greet = () => render("lazy");`,
	}), lazy)
	var manifest map[string]entry
	if err := json.Unmarshal(files["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	if script := fileWithPrefix(t, files, "lazy."); !strings.Contains(script, `from"./`+manifest["app.js"].File+`"`) || strings.Contains(script, "document.title") {
		t.Errorf("%s does not import %s", script, manifest["app.js"].File)
	} else if strings.Count(script, "import{") != 1 {
		t.Errorf("each module of %s has an import of its own", script)
	}
	if script := fileWithPrefix(t, files, "app."); !strings.Contains(script, "as render}") {
		t.Errorf("%s does not export render", script)
	}
}

// What bundles import from another has in both the name that it has inside the other, which is short however it is called in the sources.
func TestSharedNamesAreShort(t *testing.T) {
	short := target{dir: "widget", bundles: slices.Clone(lazy.bundles)}
	short.bundles[0].innerNames = true
	files := build(t, writeSources(t, map[string]string{
		"widget/src/app.ts":    `import { render } from "./render"; export * from "./shared"; render("app");`,
		"widget/src/shared.ts": shared, "widget/src/render.ts": render,
		"widget/src/lazy.ts": `import { render } from "./shared"; export function later() { render("lazy"); }`,
	}), short)
	script := fileWithPrefix(t, files, "app.")
	export := regexp.MustCompile(`export\{(\w)\};\n$`).FindStringSubmatch(script)
	if export == nil || !strings.Contains(script, "function "+export[1]+"(") || strings.Contains(script, "render") {
		t.Fatalf("%s does not export render by its short name", script)
	}
	if script := fileWithPrefix(t, files, "lazy."); !regexp.MustCompile(`import\{`+export[1]+`( as \w)?\}`).MatchString(script) || strings.Contains(script, "render") || !strings.Contains(script, "as later}") {
		t.Errorf("%s does not import render as %s", script, export[1])
	}
}

func TestDuplicateModulesAreRefused(t *testing.T) {
	_, err := lazy.build(writeSources(t, map[string]string{
		"widget/src/app.ts": app, "widget/src/shared.ts": shared, "widget/src/render.ts": render,
		"widget/src/lazy.ts": `import { render } from "./render"; render("lazy");`,
	}))
	if err == nil || !strings.Contains(err.Error(), "its own copy of widget/src/render.ts") {
		t.Errorf("the error is %v", err)
	}
}

// Two outputs of one bundle have no module in common either.
func TestDuplicateModulesOfABundleAreRefused(t *testing.T) {
	two := target{dir: "widget", bundles: slices.Clone(lazy.bundles)}
	two.bundles[1].entries, two.bundles[1].own = []string{"src/lazy.ts", "src/later.ts"}, []string{"src/la"}
	_, err := two.build(writeSources(t, map[string]string{
		"widget/src/app.ts": app, "widget/src/shared.ts": shared, "widget/src/render.ts": render,
		"widget/src/lazy.ts": `import { greet } from "./lazy/greeting"; greet();`, "widget/src/later.ts": `import { greet } from "./lazy/greeting"; greet();`,
		"widget/src/lazy/greeting.ts": `import { render } from "../shared"; export const greet = () => render("lazy");`,
	}))
	if err == nil || !strings.Contains(err.Error(), "copies of widget/src/lazy/greeting.ts") {
		t.Errorf("the error is %v", err)
	}
}

// What a split entry point imports dynamically is a file of its own, which has one name: the one that the entry point imports.
func TestSplitEntryPointsLoadTheirParts(t *testing.T) {
	files := build(t, writeSources(t, map[string]string{
		"web/src/page.ts":  `import { render } from "./render"; render("page"); void import("./seldom");`,
		"web/src/other.ts": `import { render } from "./render"; render("other");`, "web/src/seldom.ts": `export const rare = "rare";`,
		"web/src/render.ts": render,
	}), target{dir: "web", bundles: []bundle{{entries: []string{"src/page.ts", "src/other.ts"}, module: true, split: true}}})
	var manifest map[string]entry
	if err := json.Unmarshal(files["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	page, parts := fileWithPrefix(t, files, "page."), 0
	for name, e := range manifest {
		if chunkName.MatchString(e.File) && name != e.File && strings.Contains(page, `"./`+e.File+`"`) {
			parts++
		}
	}
	if parts != 2 || strings.Contains(page, "rare") || strings.Contains(page, "document.title") {
		t.Errorf("the page has %d parts of its own in %v: %s", parts, manifest, page)
	}
}

func TestDocumentsAreParsed(t *testing.T) {
	const schema = "type Query { note: Note } type Note { id: ID! title: String! }"
	script := `import id, * as operations from "./documents.graphql"; console.log(id, operations.First, operations.Second);`
	document := "# A comment.\nquery First { note { ...N } }\n\nquery Second { note { id } }\n\nfragment N on Note { id }\n"
	made := func(t *testing.T, document string) (map[string][]byte, error) {
		root := writeSources(t, map[string]string{"graph/schema.graphqls": schema, "widget/src/app.ts": script, "widget/src/documents.graphql": document})
		return target{dir: "widget", bundles: []bundle{{entries: []string{"src/app.ts"}}}}.build(root)
	}

	t.Run("the id stands for the text", func(t *testing.T) {
		files, err := made(t, document)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(files["documents.json"], &texts); err != nil {
			t.Fatal(err)
		}
		for id, text := range texts {
			script := fileWithPrefix(t, files, "app.")
			if !strings.Contains(script, id) || strings.Contains(script, "fragment") || !strings.Contains(script, `"First"`) {
				t.Errorf("%s does not name %s and its operations", script, id)
			}
			if !strings.Contains(text, "query First") || !strings.Contains(text, "fragment N on Note") {
				t.Errorf("the text is %q", text)
			}
		}
		if len(texts) != 1 {
			t.Errorf("%d documents", len(texts))
		}
	})
	t.Run("a comment makes no other document", func(t *testing.T) {
		first, err := made(t, document)
		if err != nil {
			t.Fatal(err)
		}
		second, err := made(t, strings.ReplaceAll(document, "# A comment.", "# Another."))
		if err != nil || !bytes.Equal(first["documents.json"], second["documents.json"]) {
			t.Errorf("%s, %v", second["documents.json"], err)
		}
	})
	for name, wrong := range map[string][2]string{
		"a field that the schema lacks":  {strings.ReplaceAll(document, "note { id }", "note { author }"), `Cannot query field "author"`},
		"a fragment that nobody spreads": {strings.ReplaceAll(document, "...N", "id"), `Fragment "N" is never used`},
		"an operation that is missing":   {"query First { note { id } }", `"Second"`},
		"no GraphQL":                     {"First", "Unexpected Name"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := made(t, wrong[0]); err == nil || !strings.Contains(err.Error(), wrong[1]) {
				t.Errorf("the error is %v, not %s", err, wrong[1])
			}
		})
	}
}

func TestTargetWithoutSourcesIsAnError(t *testing.T) {
	if _, err := (target{dir: "widget", bundles: []bundle{{entries: []string{"src/gone.ts"}}}}).build(t.TempDir()); err == nil {
		t.Error("nothing was built, and nobody said so")
	}
}

func TestWriteRemovesOldOutput(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.0123.js"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(dir, map[string][]byte{"app.4567.js": []byte("new")}); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if want := []string{filepath.Join(dir, "app.4567.js")}; err != nil || !slices.Equal(left, want) {
		t.Errorf("%v, not %v: %v", left, want, err)
	}
}

// decompress returns the content of a gzip file.
func decompress(t *testing.T, file string) []byte {
	t.Helper()
	packed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func build(t *testing.T, root string, from target) map[string][]byte {
	t.Helper()
	files, err := from.build(root)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// writeSources writes files below a new root.
func writeSources(t *testing.T, files map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// linkTools gives root the tools of the repository, which find their packages there.
func linkTools(t *testing.T, root string) {
	t.Helper()
	tools, err := filepath.Abs("../../tools")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(tools, filepath.Join(root, "tools")); err != nil {
		t.Fatal(err)
	}
}

// fileWithPrefix returns the file with the name that begins so.
func fileWithPrefix(t *testing.T, files map[string][]byte, prefix string) string {
	t.Helper()
	for name, content := range files {
		if strings.HasPrefix(name, prefix) {
			return string(content)
		}
	}
	t.Fatalf("nothing begins with %s", prefix)
	return ""
}
