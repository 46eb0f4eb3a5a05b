package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// tags returns the languages in which the bundle is built: those with a catalog, src/locales/TAG.NAME.json, for an entry point
// src/NAME.ts. A bundle without languages is built once, for the tag "".
func (b bundle) tags(root, dir string, entries []string) ([]string, error) {
	if !b.languages {
		return []string{""}, nil
	}
	var tags []string
	for _, entry := range entries {
		suffix := "." + strings.TrimSuffix(filepath.Base(entry), filepath.Ext(entry)) + ".json"
		catalogs, err := filepath.Glob(filepath.Join(root, dir, "src", "locales", "*"+suffix))
		if err != nil {
			return nil, err
		}
		if len(catalogs) == 0 {
			return nil, fmt.Errorf("no catalog src/locales/*%s", suffix)
		}
		for _, catalog := range catalogs {
			tags = append(tags, strings.TrimSuffix(filepath.Base(catalog), suffix))
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags), nil
}

// languagePlugin makes esbuild read the catalog of a language where a module imports the English one.
func languagePlugin(tag string) api.Plugin {
	return api.Plugin{Name: "language", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `/locales/en\.\w+\.json$`, Namespace: "file"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			english := filepath.Join(args.ResolveDir, filepath.FromSlash(args.Path))
			return api.OnResolveResult{Path: filepath.Join(filepath.Dir(english), tag+strings.TrimPrefix(filepath.Base(english), "en"))}, nil
		})
	}}
}
