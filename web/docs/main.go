package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const (
	schemaPage = "docs/graphql.md"
	outputDir  = "web/docs/dist"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	reference, err := schemaReference(os.DirFS(root))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, schemaPage), reference, 0o644); err != nil { //nolint:gosec // a file of the repository
		return err
	}
	files, err := build(os.DirFS(root))
	if err != nil {
		return err
	}
	dir := filepath.Join(root, outputDir)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // a directory of the repository
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil { //nolint:gosec // a file of the repository
			return err
		}
	}
	return nil
}

// build returns the files of outputDir by name: of each page its HTML and its sections, and the navigation.
func build(repository fs.FS) (map[string][]byte, error) {
	all, navigation := chapters(), map[string]bool{frontPage: true}
	pages, err := fs.Glob(repository, "docs/*.md")
	if err != nil {
		return nil, err
	}
	b := &builder{repository: repository, anchors: map[string]map[string]bool{}}
	files := map[string][]byte{}
	for _, file := range pages {
		name := strings.TrimSuffix(path.Base(file), ".md")
		page, err := b.markdownPage(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for i, c := range all {
			if at := slices.IndexFunc(c.Pages, func(e entry) bool { return e.Name == name }); at >= 0 {
				all[i].Pages[at].Title = page.Title
				navigation[name] = true
			}
		}
		if !navigation[name] {
			return nil, fmt.Errorf("%s is in no chapter: add it to web/docs/chapter.go", file)
		}
		if err := page.addTo(files, name); err != nil {
			return nil, err
		}
	}
	for _, c := range all {
		for _, e := range c.Pages {
			if e.Title == "" {
				return nil, fmt.Errorf("docs/%s.md is missing, or has no title", e.Name)
			}
		}
	}
	for _, file := range slices.Sorted(slices.Values(b.linkedFiles)) {
		page, err := b.codePage(file)
		if err != nil {
			return nil, err
		}
		if err := page.addTo(files, address(file)); err != nil {
			return nil, err
		}
	}
	if files["navigation.json"], err = indented(all); err != nil {
		return nil, err
	}
	return files, errors.Join(b.missingAnchors()...)
}

func indented(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	return append(text, '\n'), err
}
