package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

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
