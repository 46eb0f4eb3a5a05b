package main

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
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

// A builder renders pages and remembers what they link to.
type builder struct {
	repository  fs.FS
	linkedFiles []string                   // in the repository, besides pages
	anchors     map[string]map[string]bool // the anchors of each page
	links       []anchorLink
}

// An anchorLink is a link to a part of a page.
type anchorLink struct{ from, page, anchor string }

// address returns the path below /docs/ of a file in the repository.
func address(file string) string {
	return strings.TrimSuffix(strings.TrimPrefix(file, "docs/"), ".md")
}

// resolve returns what a link in a file of the repository becomes on a page.
func (b *builder) resolve(from, destination string) (string, error) {
	if strings.Contains(destination, "://") || strings.HasPrefix(destination, "/") {
		return destination, nil
	}
	target, anchor, hasAnchor := strings.Cut(destination, "#")
	file := from
	if target != "" {
		file = path.Join(path.Dir(from), target)
	}
	info, err := fs.Stat(b.repository, file)
	if err != nil {
		return "", fmt.Errorf("the link to %s: %w", destination, err)
	}
	if info.IsDir() {
		return "", fmt.Errorf("the link to %s: link to a file, not to a directory", destination)
	}
	isPage := path.Dir(file) == "docs" && path.Ext(file) == ".md"
	if !isPage && !slices.Contains(b.linkedFiles, file) {
		b.linkedFiles = append(b.linkedFiles, file)
	}
	result := "/docs/" + address(file)
	if file == "docs/"+frontPage+".md" {
		result = "/docs"
	}
	if target == "" {
		result = ""
	}
	if hasAnchor {
		b.links = append(b.links, anchorLink{from, file, anchor})
		result += "#" + anchor
	}
	return result, nil
}

// missingAnchors returns an error for each link to a part of a page that does not exist.
func (b *builder) missingAnchors() (problems []error) {
	for _, link := range b.links {
		if !b.anchors[link.page][link.anchor] {
			problems = append(problems, fmt.Errorf("%s links to %s#%s, which has no such anchor, only %q", link.from, link.page, link.anchor,
				slices.Sorted(maps.Keys(b.anchors[link.page]))))
		}
	}
	return problems
}

var errNoTitle = errors.New("the page does not begin with a title")

// A section is what one result of a search shows: the text below a heading, or after a named anchor.
type section struct {
	Anchor  string `json:"anchor"`
	Heading string `json:"heading"`
	Text    string `json:"text"`
}

var namedAnchor = regexp.MustCompile(`^<a name="([^"]+)">$`)

// sections returns the sections of a page in their order. The text after an anchor ends at the next anchor or heading. In a table,
// it ends with the table.
func sections(document ast.Node, source []byte) []section {
	var found []*section
	begin := func(anchor, heading string) *section {
		s := &section{Anchor: anchor, Heading: heading}
		found = append(found, s)
		return s
	}
	current := begin("", "")
	for block := document.FirstChild(); block != nil; block = block.NextSibling() {
		if heading, ok := block.(*ast.Heading); ok {
			id, _ := heading.AttributeString("id")
			anchor, _ := id.([]byte)
			current = begin(string(anchor), plainText(heading, source))
			continue
		}
		before := current
		_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if raw, ok := n.(*ast.RawHTML); ok && entering {
				if m := namedAnchor.FindStringSubmatch(string(raw.Segments.Value(source))); m != nil {
					current = begin(m[1], m[1])
				}
			} else {
				current.Text += textOf(n, entering, source)
			}
			return ast.WalkContinue, nil
		})
		if _, ok := block.(*table.Table); ok {
			current = before
		}
	}
	var result []section
	for _, s := range found {
		s.Text = strings.Join(strings.Fields(s.Text), " ")
		if s.Heading != "" {
			result = append(result, *s)
		}
	}
	return result
}

// plainText returns the text of a node without markup.
func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		b.WriteString(textOf(n, entering, source))
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// textOf returns the text of one node, without its children's.
func textOf(n ast.Node, entering bool, source []byte) string {
	if !entering {
		if n.Type() == ast.TypeBlock {
			return " "
		}
		return ""
	}
	switch n := n.(type) {
	case *ast.Text:
		if n.SoftLineBreak() || n.HardLineBreak() {
			return string(n.Segment.Value(source)) + " "
		}
		return string(n.Segment.Value(source))
	case *ast.String:
		return string(n.Value)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return string(n.Lines().Value(source))
	}
	return ""
}
