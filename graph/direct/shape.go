package direct

import (
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// A shape is what is known of an object type of the schema, whose objects are *T: how to write
// each of its fields. A field that is not in it, or a type that has none, is left to the
// generated code.
type shape[T any] struct {
	name   string
	fields map[string]field[T]
}

// A field makes the writer of one field as it is selected, nil if what is selected below is
// not known.
type field[T any] func(*collector, graphql.CollectedField) writer[T]

// A writer writes something of an object, or hands back.
type writer[T any] func(*encoding, *T)

// A set is a selection set on objects of one type, with its fragments spread out and its equal
// fields merged.
type set[T any] []entry[T]

type entry[T any] struct {
	key   string // `{"alias":` of the first, `,"alias":` of the others
	value writer[T]
}

// A collector makes the sets of one root field.
type collector struct {
	operation *graphql.OperationContext
	size      int // about what the sets take, in bytes
}

// collect gives the set of what is selected, nil if a part of it is not known. It panics where
// gqlgen's CollectFields does.
func (s *shape[T]) collect(c *collector, selected ast.SelectionSet) writer[T] {
	var fields set[T]
	for _, f := range graphql.CollectFields(c.operation, selected, []string{s.name}) {
		value := s.writer(c, f)
		if value == nil {
			return nil
		}
		key := `,"` + f.Alias + `":`
		if len(fields) == 0 {
			key = "{" + key[1:]
		}
		fields = append(fields, entry[T]{key, value})
		c.size += entrySize + len(key)
	}
	return fields.write
}

// entrySize is about what an entry takes: itself, a closure with what it holds, and room to grow.
const entrySize = 160

func (s *shape[T]) writer(c *collector, f graphql.CollectedField) writer[T] {
	if f.Name == "__typename" {
		name := strconv.Quote(s.name)
		return func(e *encoding, _ *T) { e.literal(name) }
	}
	known := s.fields[f.Name]
	// A directive may be a rule (@requires is); nothing in here reads an argument.
	if known == nil || f.Definition == nil || len(f.Definition.Directives) > 0 || len(f.Definition.Arguments) > 0 || f.IsDeferred() {
		return nil
	}
	return known(c, f)
}

func (s set[T]) write(e *encoding, object *T) {
	if len(s) == 0 { // everything is skipped
		e.literal("{")
	}
	for i := range s {
		e.literal(s[i].key)
		if s[i].value(e, object); e.handedBack {
			return
		}
	}
	e.literal("}")
}

// leaf is a field that nothing is selected below.
func leaf[T any](w writer[T]) field[T] {
	return func(*collector, graphql.CollectedField) writer[T] { return w }
}

// resolved is a text that a resolver gives. It hands back what the resolver fails at.
func resolved[T any](get func(*encoding, *T) (string, error)) field[T] {
	return leaf(func(e *encoding, object *T) {
		text, err := get(e, object)
		e.string(text)
		e.handedBack = err != nil
	})
}

// resolvedOrNull is resolved, where there may be none.
func resolvedOrNull[T any](get func(*encoding, *T) (*string, error)) field[T] {
	return leaf(func(e *encoding, object *T) {
		text, err := get(e, object)
		e.stringOrNull(text)
		e.handedBack = err != nil
	})
}

// one is a field that holds an object of shape of, or nil. It hands back what the resolver
// fails at, and nil where the schema allows no null.
func one[T, U any](of *shape[U], get func(*encoding, *T) (*U, error)) field[T] {
	return func(c *collector, f graphql.CollectedField) writer[T] {
		write := of.collect(c, f.Selections)
		if write == nil {
			return nil
		}
		nullable := !f.Definition.Type.NonNull
		return func(e *encoding, object *T) {
			switch held, err := get(e, object); {
			case err == nil && held != nil:
				write(e, held)
			case err == nil && nullable:
				e.literal("null")
			default:
				e.handedBack = true
			}
		}
	}
}

// many is a field that holds objects of shape of.
func many[T, U any](of *shape[U], get func(*T) []U) field[T] {
	return func(c *collector, f graphql.CollectedField) writer[T] {
		write := of.collect(c, f.Selections)
		if write == nil {
			return nil
		}
		return func(e *encoding, object *T) {
			e.literal("[")
			held := get(object)
			for i := range held {
				if i > 0 {
					e.literal(",")
				}
				if write(e, &held[i]); e.handedBack {
					return
				}
			}
			e.literal("]")
		}
	}
}
