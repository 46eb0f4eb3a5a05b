package graph

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// Limits of one document. They are checked before validation, because some validation rules take quadratic time. The
// widget's document has about half as many operations, and uses about a tenth of the other limits.
const (
	maxTokens     = 1000
	maxOperations = 20
	maxFields     = 250 // as written, in all operations and fragments together
	maxFragments  = 50  // definitions; also spreads and inline fragments, as written
	maxAliases    = 30
	maxDirectives = 20
	maxDepth      = 12 // of fields; a validation rule limits introspection
	maxRootFields = 20 // of one operation, after its fragments are spread
)

var errIntrospection = &apiError{Code: Forbidden, Message: "Introspection is turned off. The schema is in the documentation."}

// A documentCounter counts the parts of a document that is parsed but not yet validated.
type documentCounter struct {
	fields, spreads, aliases, directives int
	introspects                          bool

	fragments map[string]*ast.FragmentDefinition
	extents   map[string]extent // by fragment; zero while it is being measured, so that a cycle ends
}

// An extent is the size of a selection set after its fragments are spread: the number of fields at its top, and how deep
// its fields nest.
type extent struct{ roots, depth int }

// checkLimits returns TOO_COMPLEX if a document exceeds a limit. It takes time in proportion to the document as written:
// each fragment is measured once, however often it is spread.
func checkLimits(doc *ast.QueryDocument, introspection bool) error {
	c := &documentCounter{fragments: map[string]*ast.FragmentDefinition{}, extents: map[string]extent{}}
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
		return tooComplex("A document can have at most %d operations.", maxOperations)
	case c.fields > maxFields:
		return tooComplex("A document can select at most %d fields.", maxFields)
	case c.spreads > maxFragments || len(doc.Fragments) > maxFragments:
		return tooComplex("A document can have at most %d fragments.", maxFragments)
	case c.aliases > maxAliases:
		return tooComplex("A document can have at most %d aliases.", maxAliases)
	case c.directives > maxDirectives:
		return tooComplex("A document can have at most %d directives.", maxDirectives)
	case c.introspects && !introspection:
		return errIntrospection
	}
	for _, op := range doc.Operations {
		switch e := c.measure(op.SelectionSet); {
		case e.depth > maxDepth:
			return tooComplex("Fields can be nested at most %d deep.", maxDepth)
		case e.roots > maxRootFields:
			return tooComplex("An operation has at most %d root fields.", maxRootFields)
		}
	}
	return nil
}

// count counts a selection set as it is written.
func (c *documentCounter) count(set ast.SelectionSet) {
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

// measure returns the extent of a selection set. It stops at the first limit that is exceeded.
func (c *documentCounter) measure(set ast.SelectionSet) (e extent) {
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

func (c *documentCounter) measureFragment(name string) extent {
	e, known := c.extents[name]
	if f := c.fragments[name]; !known && f != nil {
		c.extents[name] = extent{}
		e = c.measure(f.SelectionSet)
		c.extents[name] = e
	}
	return e
}

func isIntrospection(f *ast.Field) bool { return f.Name == "__schema" || f.Name == "__type" }
