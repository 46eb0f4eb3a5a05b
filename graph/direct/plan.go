package direct

import (
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// A plan encodes the value of one root field. It fails for a value of another Go type than that of the schema's type.
type plan func(*jsonValue, any)

// Plans caches the plans of one document. If a @skip or @include of the document has a variable, its operations select
// other fields for other variables, so it has no plans: the generated code encodes all its fields.
type Plans struct {
	conditional bool

	mu     sync.RWMutex
	cached map[planKey]plan // nil for a field that the generated code encodes
	free   int              // estimated bytes
}

// A planKey determines what CollectFields finds below a root field, which may be in a fragment and merged with other
// fields of the operation.
type planKey struct {
	operation *ast.OperationDefinition
	field     *ast.Field // the first of the merged fields
}

// NewPlans returns the plans of a validated document. They take at most about size bytes. A plan that does not fit is
// created again each time.
func NewPlans(doc *ast.QueryDocument, size int) *Plans {
	p := &Plans{cached: map[planKey]plan{}, free: size}
	for _, f := range doc.Fragments {
		p.conditional = p.conditional || isConditional(f.SelectionSet)
	}
	for _, op := range doc.Operations {
		p.conditional = p.conditional || isConditional(op.SelectionSet)
	}
	return p
}

// isConditional reports whether a @skip or @include in a selection set has a variable.
func isConditional(set ast.SelectionSet) bool {
	for _, s := range set {
		var directives ast.DirectiveList
		var below ast.SelectionSet
		switch s := s.(type) {
		case *ast.Field:
			directives, below = s.Directives, s.SelectionSet
		case *ast.InlineFragment:
			directives, below = s.Directives, s.SelectionSet
		case *ast.FragmentSpread:
			directives = s.Directives
		}
		for _, d := range directives {
			for _, a := range d.Arguments {
				if a.Value.Kind == ast.Variable {
					return true
				}
			}
		}
		if isConditional(below) {
			return true
		}
	}
	return false
}

// get returns the plan for a root field of the operation, or nil if the generated code encodes the field. It panics if
// gqlgen's CollectFields does.
func (p *Plans) get(operation *graphql.OperationContext, f graphql.CollectedField) plan {
	if p.conditional {
		return nil
	}
	key := planKey{operation.Operation, f.Field}
	p.mu.RLock()
	found, known := p.cached[key]
	p.mu.RUnlock()
	if known {
		return found
	}
	c := &collector{operation: operation, size: selectedFieldSize}
	created := newPlan(c, f)
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.cached[key]; !known && c.size <= p.free {
		p.cached[key] = created
		p.free -= c.size
	}
	return created
}

func newPlan(c *collector, f graphql.CollectedField) plan {
	if f.Definition == nil || f.Definition.Type.Elem != nil {
		return nil
	}
	switch f.Definition.Type.NamedType {
	case connectionShape.name:
		return planOf(&connectionShape, c, f)
	case noteShape.name:
		return planOf(&noteShape, c, f)
	case payloadShape.name:
		return planOf(&payloadShape, c, f)
	case deletedShape.name:
		return planOf(&deletedShape, c, f)
	case viewerShape.name:
		return planOf(&viewerShape, c, f)
	}
	return nil
}

func planOf[T any](s *shape[T], c *collector, f graphql.CollectedField) plan {
	write := s.collect(c, f.Selections)
	if write == nil {
		return nil
	}
	return func(e *jsonValue, value any) {
		if object, ok := value.(*T); ok && object != nil {
			write(e, object)
		} else {
			e.err = errType
		}
	}
}
