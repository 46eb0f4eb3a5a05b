package direct

import (
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// A plan encodes the value of one root field. It fails for a value of another Go type than that of the schema's type.
type plan func(*encoding, any)

// Plans are the plans of one document that were needed so far. Its zero value is of no use.
type Plans struct {
	conditions []string // the variables that its @skip and @include depend on

	mu   sync.RWMutex
	kept map[occasion]plan // nil for what is left to the generated code
	room int
}

// An occasion is what a plan is good for. Together they say what CollectFields finds below a
// root field, which may stand in a fragment and be merged with others of the operation.
type occasion struct {
	operation *ast.OperationDefinition
	field     *ast.Field // the first as it is written
	holds     uint64     // which of the conditions do
}

// NewPlans gives the plans of a validated document. They keep no more than about room bytes;
// a plan that is not kept is made again each time.
func NewPlans(doc *ast.QueryDocument, room int) *Plans {
	p := &Plans{kept: map[occasion]plan{}, room: room}
	for _, f := range doc.Fragments {
		p.addConditions(f.SelectionSet)
	}
	for _, op := range doc.Operations {
		p.addConditions(op.SelectionSet)
	}
	return p
}

func (p *Plans) addConditions(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			p.addDirectives(s.Directives)
			p.addConditions(s.SelectionSet)
		case *ast.InlineFragment:
			p.addDirectives(s.Directives)
			p.addConditions(s.SelectionSet)
		case *ast.FragmentSpread:
			p.addDirectives(s.Directives)
		}
	}
}

func (p *Plans) addDirectives(directives ast.DirectiveList) {
	for _, d := range directives {
		for _, a := range d.Arguments {
			if a.Value.Kind == ast.Variable && !slices.Contains(p.conditions, a.Value.Raw) {
				p.conditions = append(p.conditions, a.Value.Raw)
			}
		}
	}
}

// of gives the plan for a root field of the operation, nil for what is left to the generated
// code. It panics where gqlgen's CollectFields does.
func (p *Plans) of(operation *graphql.OperationContext, f graphql.CollectedField) plan {
	holds, ok := p.holds(operation.Variables)
	if !ok {
		return nil
	}
	at := occasion{operation.Operation, f.Field, holds}
	p.mu.RLock()
	found, known := p.kept[at]
	p.mu.RUnlock()
	if known {
		return found
	}
	c := &collector{operation: operation, size: entrySize}
	made := newPlan(c, f)
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.kept[at]; !known && c.size <= p.room {
		p.kept[at] = made
		p.room -= c.size
	}
	return made
}

// holds says which of the conditions hold, and whether that can be said: a variable that is
// null fails where it is looked at, and only there.
func (p *Plans) holds(variables map[string]any) (holds uint64, ok bool) {
	if len(p.conditions) > 64 {
		return 0, false
	}
	for i, name := range p.conditions {
		value, given := variables[name]
		if !given { // it belongs to another operation of the document
			continue
		}
		b, ok := value.(bool)
		if !ok {
			return 0, false
		}
		if b {
			holds |= 1 << i
		}
	}
	return holds, true
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
	return func(e *encoding, value any) {
		if object, ok := value.(*T); ok && object != nil {
			write(e, object)
		} else {
			e.err = errType
		}
	}
}
