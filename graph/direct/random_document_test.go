package direct_test

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// A documentWriter generates documents of the whole schema, most of them valid.
type documentWriter struct {
	*random
	schema    *ast.Schema
	variables bool     // a directive may have a variable
	fragments []string // the text of each fragment
	of        []string // the type of each fragment
}

func writeDocument(d *random, schema *ast.Schema) string {
	a := &documentWriter{random: d, schema: schema, variables: d.oneIn(4)}
	operation, on := "query", schema.Query
	if d.oneIn(4) {
		operation, on = "mutation", schema.Mutation
	}
	set := a.set(on, 0)
	return fmt.Sprintf(`%s Q($yes: Boolean!, $no: Boolean!, $maybe: Boolean = true, $n: Int, $o: NoteOrder, $f: NoteFilter, $s: String! = "s", $i: ID! = "i") %s %s`,
		operation, set, strings.Join(a.fragments, " "))
}

func (a *documentWriter) set(on *ast.Definition, depth int) string {
	var b strings.Builder
	b.WriteString("{ ")
	for range 1 + a.intn(5) {
		switch a.intn(8) {
		case 0:
			fmt.Fprintf(&b, "...%s%s %s ", pick(a.random, "", " on "+on.Name), a.directive(), a.nested(on, depth))
		case 1:
			fmt.Fprintf(&b, "...%s%s ", a.fragment(on, depth), a.directive())
		default:
			b.WriteString(a.field(on, depth))
		}
	}
	return b.String() + "}"
}

// nested returns a selection set of a fragment, up to a maximum depth.
func (a *documentWriter) nested(on *ast.Definition, depth int) string {
	if depth > 6 {
		return "{ __typename }"
	}
	return a.set(on, depth+1)
}

// fragment returns the name of an existing or a new fragment.
func (a *documentWriter) fragment(on *ast.Definition, depth int) string {
	for i, of := range a.of {
		if of == on.Name && a.oneIn(2) {
			return fmt.Sprint("F", i)
		}
	}
	set := a.nested(on, depth)
	name := fmt.Sprint("F", len(a.fragments))
	a.fragments = append(a.fragments, fmt.Sprintf("fragment %s on %s %s", name, on.Name, set))
	a.of = append(a.of, on.Name)
	return name
}

func (a *documentWriter) directive() string {
	if !a.oneIn(4) {
		return ""
	}
	condition, holds := pick(a.random, "true", "false"), "true"
	if a.variables {
		condition, holds = pick(a.random, "true", "false", "$yes", "$yes", "$no", "$no", "$maybe"), pick(a.random, "true", "$yes")
	}
	if a.oneIn(6) {
		return fmt.Sprintf(" @skip(if: %s) @include(if: %s)", condition, holds)
	}
	return fmt.Sprintf(" @%s(if: %s)", pick(a.random, "skip", "include"), condition)
}

// arguments holds arguments of root fields; some are invalid. The same arguments get the same alias, so that equal fields
// merge.
var arguments = map[string][]string{
	"Query.note":           {`(id: "1")`, `(id: "22")`, `(id: $i)`, `(id: "fails")`, `(id: "panics")`},
	"Query.notes":          {``, `(first: 3)`, `(first: $n)`, `(first: 1, after: $s)`, `(filter: $f, orderBy: $o)`, `(filter: {search: $s, pinned: $maybe}, orderBy: PINNED_FIRST)`, `(first: 2)`, `(first: 0)`, `(first: 13)`, `(first: 5)`, `(first: 99999999999)`},
	"Mutation.createNote":  {`(input: {title: "1"})`, `(input: {title: $s, tags: ["a"], pinned: $yes})`, `(input: {title: "fails"})`},
	"Mutation.updateNote":  {`(input: {id: "1", version: 1})`, `(input: {id: $i, version: 1, tags: "a", title: $s})`},
	"Mutation.trashNote":   {`(id: "1")`, `(id: "panics")`},
	"Mutation.restoreNote": {`(id: "1")`},
	"Mutation.deleteNote":  {`(id: "1")`, `(id: $i)`},
}

// popular holds the fields to select most often in types with many fields that the generated code encodes.
var popular = map[string][]string{
	"Query":    {"viewer", "note", "notes", "notes"},
	"Mutation": {"createNote", "updateNote", "trashNote", "restoreNote", "deleteNote"},
	"Viewer":   {"id", "displayName", "vouched", "tenant", "identity"},
}

func (a *documentWriter) field(on *ast.Definition, depth int) string {
	f := on.Fields[a.intn(len(on.Fields))]
	if names := popular[on.Name]; names != nil && !a.oneIn(20) {
		f = on.Fields.ForName(pick(a.random, names...))
	}
	if a.oneIn(12) {
		return pick(a.random, "__typename ", "type: __typename ")
	}
	if strings.HasPrefix(f.Name, "__") {
		if a.oneIn(4) {
			return "__schema { queryType { name } } "
		}
		return ""
	}
	if len(f.Arguments) > 0 && arguments[on.Name+"."+f.Name] == nil {
		return a.field(on, depth) // has no direct encoding
	}
	alias, with := pick(a.random, "", "", f.Name+"_: "), ""
	if choices := arguments[on.Name+"."+f.Name]; choices != nil {
		i := a.intn(len(choices))
		if a.oneIn(3) {
			i = 0
		}
		alias, with = fmt.Sprintf("%s%d: ", f.Name, i), choices[i]
	}
	below := a.schema.Types[f.Type.Name()]
	if below.Kind != ast.Object {
		return alias + f.Name + with + a.directive() + " "
	}
	return alias + f.Name + with + a.directive() + " " + a.set(below, depth+1) + " "
}
