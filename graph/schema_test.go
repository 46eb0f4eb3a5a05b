package graph

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

func TestEveryRootFieldRequiresAPrincipal(t *testing.T) {
	schema := executableSchema(&Resolver{}).Schema()
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		if root == nil {
			continue
		}
		for _, f := range root.Fields {
			if !strings.HasPrefix(f.Name, "__") && f.Directives.ForName("requires") == nil {
				t.Errorf("%s.%s may be asked for by anybody", root.Name, f.Name)
			}
		}
	}
}

func TestEverythingIsDescribed(t *testing.T) {
	schema := executableSchema(&Resolver{}).Schema()
	described := func(name, description string) {
		if len(description) < 10 {
			t.Errorf("%s is not described", name)
		}
	}
	for _, d := range schema.Types {
		if d.BuiltIn {
			continue
		}
		described(d.Name, d.Description)
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			described(d.Name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				described(d.Name+"."+f.Name+"("+a.Name+")", a.Description)
			}
		}
		for _, v := range d.EnumValues {
			described(d.Name+"."+v.Name, v.Description)
		}
	}
	described("@requires", schema.Directives["requires"].Description)
}

// A CONFLICT shows the note by hand: each field of the schema must be known there.
func TestAConflictShowsEveryField(t *testing.T) {
	a := start(t)
	create(t, a, "alice at shop", "there")
	id := create(t, a, "alice at shop", "Alice's")
	var fields []string
	for _, f := range executableSchema(&Resolver{}).Schema().Types["Note"].Fields {
		name := f.Name
		if name == "tenant" {
			name = "tenant { __typename id name }"
		}
		fields = append(fields, name)
	}
	selection := "note { __typename " + strings.Join(fields, " ") + " }"
	var trashed struct{ TrashNote struct{ Note any } }
	a.must(t, "alice at shop", `mutation ($id: ID!) { trashNote(id: $id) { `+selection+` } }`, map[string]any{"id": id}, &trashed)
	_, got := a.post(t, "alice at shop", `mutation ($id: ID!) { updateNote(input: {id: $id, version: 7}) { `+selection+` } }`, map[string]any{"id": id})
	if err := match(`{"message": "<>", "path": ["updateNote"], "locations": [{"line": 1, "column": 23}], "extensions": {"code": "CONFLICT", "current": `+encode(t, trashed.TrashNote.Note)+`}}`,
		strings.TrimSuffix(strings.TrimPrefix(got, `{"errors":[`), `],"data":null}`), map[string]string{}); err != nil {
		t.Errorf("%v: %s", err, got)
	}
}
