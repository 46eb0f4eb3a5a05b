package main

import (
	"bytes"
	"errors"
	"html"
	"io/fs"
	"path"
	"regexp"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	renderer "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// A page is a rendered page.
type page struct {
	Title    string    `json:"title"`
	Sections []section `json:"sections"`
	html     []byte
}

// addTo adds the files of a page.
func (p page) addTo(files map[string][]byte, name string) (err error) {
	files[name+".html"] = p.html
	files[name+".json"], err = indented(p)
	return err
}

// The policy of the pages allows no style attributes.
var tables = extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))

// The pages are ours, so their HTML is kept.
var markdown = goldmark.New(goldmark.WithExtensions(tables), goldmark.WithRendererOptions(renderer.WithUnsafe()),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()))

// markdownPage renders a Markdown file.
func (b *builder) markdownPage(file string) (page, error) {
	source, err := fs.ReadFile(b.repository, file)
	if err != nil {
		return page{}, err
	}
	document := markdown.Parser().Parse(text.NewReader(source))
	var problems []error
	err = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link:
			if !entering {
				break
			}
			destination, err := b.resolve(file, string(n.Destination))
			n.Destination = []byte(destination)
			problems = append(problems, err)
		case *ast.Image:
			problems = append(problems, errors.New("pages have no images yet"))
		}
		return ast.WalkContinue, nil
	})
	if err := errors.Join(append(problems, err)...); err != nil {
		return page{}, err
	}
	p := page{Sections: sections(document, source)}
	if len(p.Sections) == 0 || p.Sections[0].Heading == "" {
		return page{}, errNoTitle
	}
	p.Title = p.Sections[0].Heading
	b.anchors[file] = map[string]bool{}
	for _, s := range p.Sections {
		b.anchors[file][s.Anchor] = true
	}
	var out bytes.Buffer
	if err := markdown.Renderer().Render(&out, source, document); err != nil {
		return page{}, err
	}
	p.html = out.Bytes()
	for _, change := range changes {
		p.html = change.from.ReplaceAll(p.html, []byte(change.to))
	}
	return p, nil
}

// changes makes the HTML accessible: a wide table or code can be scrolled with the keyboard, and no heading of a table is empty.
var changes = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`<!--[^>]*-->\n?`), ""},
	{regexp.MustCompile(`<th></th>`), `<td></td>`},
	{regexp.MustCompile(`<thead>\s*<tr>\s*(?:<td></td>\s*)+</tr>\s*</thead>\n`), ""},
	{regexp.MustCompile(`<table>`), `<div class="scroll" tabindex="0"><table>`},
	{regexp.MustCompile(`</table>`), `</table></div>`},
	{regexp.MustCompile(`<pre>`), `<pre tabindex="0">`},
	{regexp.MustCompile(`<a name="`), `<a id="`},
}

// codePage renders any other file: its text, with a link to nothing else.
func (b *builder) codePage(file string) (page, error) {
	source, err := fs.ReadFile(b.repository, file)
	if err != nil {
		return page{}, err
	}
	name := path.Base(file)
	heading := html.EscapeString(address(file))
	return page{
		Title:    name,
		Sections: []section{{Heading: address(file), Text: string(source)}},
		html:     []byte("<h1>" + heading + "</h1>\n<pre tabindex=\"0\"><code>" + html.EscapeString(string(source)) + "</code></pre>\n"),
	}, nil
}
