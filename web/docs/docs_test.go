package main

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestCommittedPagesAreCurrent(t *testing.T) {
	t.Chdir("../..")
	repository := os.DirFS(".")
	reference, err := schemaReference(repository)
	if err != nil {
		t.Fatal(err)
	}
	if was, err := os.ReadFile(schemaPage); err != nil || !bytes.Equal(was, reference) {
		t.Errorf("%s is not what the schema says: run make generate", schemaPage)
	}
	files, err := build(repository)
	if err != nil {
		t.Fatal(err)
	}
	committed := os.DirFS(outputDir)
	for name, content := range files {
		if was, err := fs.ReadFile(committed, name); err != nil || !bytes.Equal(was, content) {
			t.Errorf("%s/%s is not what is committed: run make generate", outputDir, name)
		}
	}
	err = fs.WalkDir(committed, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && files[name] == nil {
			t.Errorf("%s/%s is not built any more: run make generate", outputDir, name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// repository returns a repository with every page, one of them with this text.
func repository(text string) fstest.MapFS {
	all := fstest.MapFS{"docs/README.md": {Data: []byte("# Documentation\n")}, "docs/samples/a.go": {Data: []byte("package a // <b>\n")}}
	for _, c := range chapters() {
		for _, e := range c.Pages {
			all["docs/"+e.Name+".md"] = &fstest.MapFile{Data: []byte("# A page\n\n## One part\n")}
		}
	}
	all["docs/embedding.md"] = &fstest.MapFile{Data: []byte(text)}
	return all
}

func TestLinksLeadToPages(t *testing.T) {
	files, err := build(repository("# Title\n\n[page](console.md) [part](console.md#one-part) [own](#title) [code](samples/a.go) [front](README.md) [web](https://example.com/a.md)\n"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(files["embedding.html"])
	for _, want := range []string{`"/docs/console"`, `"/docs/console#one-part"`, `"#title"`, `"/docs/samples/a.go"`, `"/docs"`, `"https://example.com/a.md"`} {
		if !strings.Contains(page, "href="+want) {
			t.Errorf("no link is %s in %s", want, page)
		}
	}
	if code := string(files["samples/a.go.html"]); !strings.Contains(code, "package a // &lt;b&gt;") {
		t.Errorf("the file is %s", code)
	}
}

func TestMistakesAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"a missing page":    {"# Title\n\n[page](missing.md)\n", "missing.md"},
		"a missing heading": {"# Title\n\n[page](console.md#another-part)\n", "no such anchor"},
		"a directory":       {"# Title\n\n[samples](samples)\n", "not to a directory"},
		"no title":          {"Text.\n", "title"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := build(repository(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v", err)
			}
		})
	}
	t.Run("a page in no chapter", func(t *testing.T) {
		all := repository("# Title\n")
		all["docs/another.md"] = &fstest.MapFile{Data: []byte("# Another\n")}
		if _, err := build(all); err == nil || !strings.Contains(err.Error(), "chapter") {
			t.Errorf("the error is %v", err)
		}
	})
}

// A named anchor begins a section, so that the search finds an error's code.
func TestSections(t *testing.T) {
	b := &builder{repository: repository("# Title\n\nBegin.\n\n## Codes\n\n<a name=\"one\"></a>**`one`**: first\nline.\n\n- more\n\n| a |\n| --- |\n| <a name=\"two\"></a>`two` |\n\nafter\n"), anchors: map[string]map[string]bool{}}
	p, err := b.markdownPage("docs/embedding.md")
	if err != nil {
		t.Fatal(err)
	}
	want := []section{{"title", "Title", "Begin."}, {"codes", "Codes", ""}, {"one", "one", "one: first line. more a after"}, {"two", "two", "two"}}
	if len(p.Sections) != len(want) {
		t.Fatalf("%+v", p.Sections)
	}
	for i := range want {
		if p.Sections[i] != want[i] {
			t.Errorf("section %d is %+v, want %+v", i, p.Sections[i], want[i])
		}
	}
}
