package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// A bundle is entry points that are built alike, each to one self-contained file unless split.
type bundle struct {
	entries   []string // patterns below the target's directory
	languages bool     // each entry point imports its English catalog, and is built once for each language, to NAME.TAG.js
	oneHash   bool     // with languages: the outputs in one have one hash in their names, so that the name of one tells that of another
	// A module is imported by scripts or loaded by a tag of type module. Anything else is a classic script (IIFE): the loader's tag
	// is a classic one, and nothing is ever imported from it.
	module            bool
	withoutEncryption bool              // END_TO_END is false, and src/shared_encryption.ts is empty: a test weighs what encryption adds for everybody
	omitUseStrict     bool              // no "use strict": the compiler has checked it, a class is strict anyway, and a tenant's page counts bytes
	alias             map[string]string // package -> the file that stands for it
	// A module of the sources -> an earlier output of the target that exports the same, which is imported in its place, once.
	shared map[string]string
	// Whether each output exports everything by the name that it has inside, which is short. Later bundles import it by that name. A long one
	// would be in two or more files.
	innerNames bool
	// Whether what two entry points have in common, and what one imports dynamically, is in files of its own, which are loaded once and
	// only where they are needed. It needs module.
	split     bool
	shortened bool     // terser shortens what esbuild has minified, as strict code
	own       []string // with shared: the directories of the modules that may be in the bundle. Any other would be loaded twice.
}

// findEntries returns the entry points, sorted.
func (b bundle) findEntries(root, dir string) ([]string, error) {
	var found []string
	for _, pattern := range b.entries {
		matches, err := filepath.Glob(filepath.Join(root, dir, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, m := range matches {
			if !strings.HasSuffix(m, ".d.ts") && !strings.HasSuffix(m, ".test.ts") {
				found = append(found, m)
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no sources match %v", b.entries)
	}
	slices.Sort(found)
	return found, nil
}

// build makes one self-contained script or sheet of each entry, or one in each language. With b.innerNames, it returns the names by which
// the outputs export. The documents that it finds in the entries are added to trusted.
func (b bundle) build(root, dir string, earlier map[string]entry, trusted documents) (outputs []api.OutputFile, names map[string]string, err error) {
	root, err = filepath.Abs(root)
	if err != nil {
		return nil, nil, err
	}
	entries, err := b.findEntries(root, dir)
	if err != nil {
		return nil, nil, err
	}
	tags, err := b.tags(root, dir, entries)
	if err != nil {
		return nil, nil, err
	}
	together := [][]string{entries}
	if len(b.shared) > 0 {
		together = slices.Collect(slices.Chunk(entries, 1)) // esbuild would import in each what any of them imports
	}
	for _, tag := range tags {
		copies := map[string]string{}
		for _, entries := range together {
			made, err := b.buildIn(tag, root, dir, entries, earlier, trusted, copies)
			if err != nil {
				return nil, nil, err
			}
			outputs = append(outputs, made...)
		}
	}
	if b.shortened {
		if err := shorten(root, outputs); err != nil {
			return nil, nil, err
		}
	}
	if b.innerNames {
		names = exportInnerNames(outputs)
	}
	return outputs, names, nil
}

// buildIn is build in one language, without shortening. copies are the modules that the outputs in this language have, by output.
func (b bundle) buildIn(tag, root, dir string, entries []string, earlier map[string]entry, trusted documents, copies map[string]string) ([]api.OutputFile, error) {
	options := api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       entries,
		EntryNames:        "[name]",
		ChunkNames:        "[name].[hash]",
		Splitting:         b.split,
		Outdir:            "out", // names only: nothing is written here
		Bundle:            true,
		Write:             false,
		Metafile:          true,
		Format:            api.FormatIIFE,
		Platform:          api.PlatformBrowser,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelSilent,
		Alias:             map[string]string{},
		Define:            map[string]string{"END_TO_END": strconv.FormatBool(!b.withoutEncryption)},
		Plugins:           []api.Plugin{trusted.plugin(root)},
	}
	if b.module {
		options.Format = api.FormatESModule
	}
	if tag != "" {
		options.EntryNames = "[name]." + tag
		options.Plugins = append(options.Plugins, languagePlugin(tag))
	}
	if b.omitUseStrict {
		options.TsconfigRaw = `{"compilerOptions": {"alwaysStrict": false}}`
	}
	for name, file := range b.alias {
		options.Alias[name] = "./" + path.Join(dir, file)
	}
	if b.withoutEncryption {
		options.Plugins = append(options.Plugins, emptyModule("shared_encryption"))
	}
	plugins := options.Plugins
	if len(b.shared) > 0 {
		options.Plugins = append(slices.Clone(plugins), b.sharedPlugin(root, dir, earlier, nil))
	}
	result := api.Build(options)
	if err := buildError(result); err != nil {
		return nil, err
	}
	if len(b.shared) > 0 {
		options.Plugins = append(plugins, b.sharedPlugin(root, dir, earlier, importedNames(result.OutputFiles)))
		if result = api.Build(options); len(result.Errors) > 0 {
			return nil, buildError(result)
		}
	}
	meta, err := readMetafile(result)
	if err != nil {
		return nil, err
	}
	return result.OutputFiles, b.checkNoDuplicates(dir, meta, copies)
}

// hashGroup names the outputs that have one hash with out.
func (b bundle) hashGroup(out api.OutputFile) string {
	name := filepath.Base(out.Path)
	if !b.oneHash {
		return name
	}
	_, tag, _ := strings.Cut(name, ".")
	return tag
}

// emptyModule leaves out everything that a module exports.
func emptyModule(name string) api.Plugin {
	return api.Plugin{Name: "empty module", Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: "/" + name + `\.ts$`}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			text := ""
			return api.OnLoadResult{Contents: &text}, nil
		})
	}}
}

// A metafile is what esbuild says of its outputs.
type metafile struct {
	Outputs map[string]struct {
		EntryPoint string
		Inputs     map[string]struct{ BytesInOutput int }
	}
}

func readMetafile(result api.BuildResult) (meta metafile, err error) {
	err = json.Unmarshal([]byte(result.Metafile), &meta)
	return meta, err
}

// exported matches the export statement at the end of an output.
var exported = regexp.MustCompile(`export\{([^{}]*)\};\n$`)

// exportInnerNames makes scripts export everything by the name that it has inside, and returns those names.
func exportInnerNames(outputs []api.OutputFile) map[string]string {
	names := map[string]string{}
	for i, out := range outputs {
		statement := exported.FindSubmatchIndex(out.Contents)
		if statement == nil {
			continue
		}
		var inner []string
		for export := range strings.SplitSeq(string(out.Contents[statement[2]:statement[3]]), ",") {
			name, outer, renamed := strings.Cut(export, " as ")
			if renamed {
				names[outer] = name
			}
			inner = append(inner, name)
		}
		outputs[i].Contents = fmt.Appendf(slices.Clip(out.Contents[:statement[0]]), "export{%s};\n", strings.Join(inner, ","))
	}
	return names
}

// imported matches an import in an output of esbuild.
var imported = regexp.MustCompile(`import\{([^{}]*)\}from"([^"]*)"`)

// importedNames returns the names that outputs import, by file.
func importedNames(outputs []api.OutputFile) map[string][]string {
	names := map[string][]string{}
	for _, out := range outputs {
		for _, m := range imported.FindAllStringSubmatch(string(out.Contents), -1) {
			for as := range strings.SplitSeq(m[1], ",") {
				if name, _, _ := strings.Cut(as, " "); !slices.Contains(names[m[2]], name) {
					names[m[2]] = append(names[m[2]], name)
				}
			}
		}
	}
	return names
}

// sharedPlugin makes esbuild import an earlier output in place of each shared module. Without names, the bundle has an import
// statement for each of its modules that imports a shared one. names are what the bundle imports, by output: with them, all modules
// import through one virtual module of each output, and the bundle has one import statement for each output.
func (b bundle) sharedPlugin(root, dir string, earlier map[string]entry, names map[string][]string) api.Plugin {
	return api.Plugin{Name: "shared", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^\.`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			for source, output := range b.shared {
				module := filepath.Join(root, dir, filepath.FromSlash(source))
				if filepath.Join(args.ResolveDir, filepath.FromSlash(args.Path)) == strings.TrimSuffix(module, filepath.Ext(module)) {
					if earlier[output].File == "" {
						return api.OnResolveResult{}, fmt.Errorf("%s is not an earlier output", output)
					}
					file := "./" + earlier[output].File
					if args.Kind == api.ResolveJSDynamicImport || names == nil {
						return api.OnResolveResult{Path: file, External: true}, nil
					}
					return api.OnResolveResult{Path: file, Namespace: "shared"}, nil
				}
			}
			return api.OnResolveResult{}, nil
		})
		build.OnResolve(api.OnResolveOptions{Filter: `.`, Namespace: "shared"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: args.Path, External: true}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: "shared"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			exports := slices.Clone(names[args.Path])
			for _, e := range earlier {
				for i, name := range exports {
					if inner := e.names[name]; inner != "" && args.Path == "./"+e.File {
						exports[i] = inner + " as " + name
					}
				}
			}
			text := fmt.Sprintf("export {%s} from %q", strings.Join(exports, ","), args.Path)
			return api.OnLoadResult{Contents: &text}, nil
		})
	}}
}

// checkNoDuplicates fails where a bundle has a copy of a module that is in another output already, and where two of its outputs have one.
func (b bundle) checkNoDuplicates(dir string, meta metafile, copies map[string]string) error {
	if len(b.shared) == 0 {
		return nil
	}
	for _, output := range meta.Outputs {
		for input, in := range output.Inputs {
			imported := strings.HasPrefix(input, "shared:")
			own := imported || slices.ContainsFunc(b.own, func(own string) bool { return strings.HasPrefix(input, path.Join(dir, own)) })
			if !own && in.BytesInOutput > 0 {
				return fmt.Errorf("%s has its own copy of %s: import that from a shared module", output.EntryPoint, input)
			}
			if imported || in.BytesInOutput == 0 {
				continue
			}
			if other, twice := copies[input]; twice {
				return fmt.Errorf("%s and %s have their own copies of %s: import that from a shared module", output.EntryPoint, other, input)
			}
			copies[input] = output.EntryPoint
		}
	}
	return nil
}

// buildError returns what esbuild found wrong with the sources, its warnings included.
func buildError(result api.BuildResult) error {
	var all []error
	for _, message := range slices.Concat(result.Errors, result.Warnings) {
		where := ""
		if l := message.Location; l != nil {
			where = fmt.Sprintf("%s:%d: ", l.File, l.Line)
		}
		all = append(all, errors.New(where+message.Text))
	}
	return errors.Join(all...)
}
