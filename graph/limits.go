package graph

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// Limits of one document. They are checked before it is validated, because some rules of
// validation take quadratic time, and they bound what its author can make of it, whoever that
// is. The widget's largest document uses about a tenth of them.
const (
	maxTokens     = 1000
	maxOperations = 10
	maxFields     = 250 // as written, in all operations and fragments
	maxFragments  = 50  // spreads of fragments, as written
	maxAliases    = 30
	maxDirectives = 20
	maxDepth      = 12 // of fields, introspection apart, which has a rule of its own
	maxRootFields = 20 // of one operation, each time a fragment brings one
)

func tooComplex(format string, args ...any) error {
	return &refusal{Code: TooComplex, Message: fmt.Sprintf(format, args...)}
}

var errIntrospection = &refusal{Code: Forbidden, Message: "Introspection is off here. The schema is in the documentation."}

// A census counts what a parsed, not yet validated, document is made of.
type census struct {
	fields, spreads, aliases, directives int
	introspects                          bool

	fragments map[string]*ast.FragmentDefinition
	extents   map[string]extent // by fragment; one that is being measured, as in a cycle, counts nothing
}

// An extent is how far a selection set reaches: how many fields stand at its top, fragments
// spread out, and how deep fields nest in it.
type extent struct{ roots, depth int }

// checkLimits says whether a document keeps within the limits. It takes time in proportion to
// the document as written: each fragment is measured once, however often it is spread.
func checkLimits(doc *ast.QueryDocument, introspection bool) error {
	c := &census{fragments: map[string]*ast.FragmentDefinition{}, extents: map[string]extent{}}
	for _, f := range doc.Fragments {
		c.fragments[f.Name] = f
		c.directives += len(f.Directives)
		c.count(f.SelectionSet)
	}
	for _, op := range doc.Operations {
		c.directives += len(op.Directives)
		for _, v := range op.VariableDefinitions {
			c.directives += len(v.Directives)
		}
		c.count(op.SelectionSet)
	}
	switch {
	case len(doc.Operations) > maxOperations:
		return tooComplex("A document has at most %d operations.", maxOperations)
	case c.fields > maxFields:
		return tooComplex("A document selects at most %d fields.", maxFields)
	case c.spreads > maxFragments || len(doc.Fragments) > maxFragments:
		return tooComplex("A document has at most %d fragments.", maxFragments)
	case c.aliases > maxAliases:
		return tooComplex("A document has at most %d aliases.", maxAliases)
	case c.directives > maxDirectives:
		return tooComplex("A document has at most %d directives.", maxDirectives)
	case c.introspects && !introspection:
		return errIntrospection
	}
	for _, op := range doc.Operations {
		switch e := c.measure(op.SelectionSet); {
		case e.depth > maxDepth:
			return tooComplex("Fields nest at most %d deep.", maxDepth)
		case e.roots > maxRootFields:
			return tooComplex("An operation asks for at most %d fields at its top.", maxRootFields)
		}
	}
	return nil
}

// count adds up a selection set as it is written.
func (c *census) count(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			c.fields++
			c.directives += len(s.Directives)
			c.introspects = c.introspects || isIntrospection(s)
			if s.Alias != s.Name {
				c.aliases++
			}
			c.count(s.SelectionSet)
		case *ast.InlineFragment:
			c.spreads++
			c.directives += len(s.Directives)
			c.count(s.SelectionSet)
		case *ast.FragmentSpread:
			c.spreads++
			c.directives += len(s.Directives)
		}
	}
}

// measure finds the extent of a selection set with its fragments spread out. It stops counting
// at the first limit it passes.
func (c *census) measure(set ast.SelectionSet) (e extent) {
	for _, s := range set {
		var part extent
		switch s := s.(type) {
		case *ast.Field:
			part = extent{roots: 1, depth: 1}
			if !isIntrospection(s) {
				part.depth += c.measure(s.SelectionSet).depth
			}
		case *ast.InlineFragment:
			part = c.measure(s.SelectionSet)
		case *ast.FragmentSpread:
			part = c.measureFragment(s.Name)
		}
		e.roots, e.depth = e.roots+part.roots, max(e.depth, part.depth)
		if e.roots > maxFields || e.depth > maxDepth {
			return e
		}
	}
	return e
}

func (c *census) measureFragment(name string) extent {
	e, known := c.extents[name]
	if f := c.fragments[name]; !known && f != nil {
		c.extents[name] = extent{}
		e = c.measure(f.SelectionSet)
		c.extents[name] = e
	}
	return e
}

func isIntrospection(f *ast.Field) bool { return f.Name == "__schema" || f.Name == "__type" }
