package main

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"
)

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
