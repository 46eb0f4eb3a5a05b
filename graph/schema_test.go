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
