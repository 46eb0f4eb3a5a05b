package direct

import (
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// A shape holds how to encode the fields of an object type of the schema, with *T as its Go type. The generated code
// encodes a field that is not in the shape, and a type without a shape.
type shape[T any] struct {
	name   string
	fields map[string]field[T]
}

// A field returns the writer of one selected field, or nil if a field below it is unknown.
type field[T any] func(*collector, graphql.CollectedField) writer[T]

// A writer encodes a part of an object. If it fails, it sets the encoding's err.
type writer[T any] func(*encoding, *T)

// A set is a selection set on one object type, after its fragments are spread and its equal fields merged.
type set[T any] []entry[T]

type entry[T any] struct {
	key   string // `{"alias":` for the first entry, `,"alias":` for the others
	value writer[T]
}

// A collector creates the sets of one root field.
type collector struct {
	operation *graphql.OperationContext
	size      int // of the sets, in estimated bytes
}

// collect returns the writer of a selection set, or nil if one of its fields is unknown. It panics if gqlgen's
// CollectFields does.
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

// entrySize is the estimated size of an entry in bytes: the entry, its closure, and spare capacity.
const entrySize = 160

func (s *shape[T]) writer(c *collector, f graphql.CollectedField) writer[T] {
	if f.Name == "__typename" {
		name := strconv.Quote(s.name)
		return func(e *encoding, _ *T) { e.literal(name) }
	}
	known := s.fields[f.Name]
	// The generated code applies directives such as @requires, and reads arguments.
	if known == nil || f.Definition == nil || len(f.Definition.Directives) > 0 || len(f.Definition.Arguments) > 0 || f.IsDeferred() {
		return nil
	}
	return known(c, f)
}

func (s set[T]) write(e *encoding, object *T) {
	if len(s) == 0 { // all fields are skipped
		e.literal("{")
	}
	for i := range s {
		e.literal(s[i].key)
		if s[i].value(e, object); e.err != nil {
			return
		}
	}
	e.literal("}")
}

// leaf returns a field without fields below it.
func leaf[T any](w writer[T]) field[T] {
	return func(*collector, graphql.CollectedField) writer[T] { return w }
}

// resolved returns a string field that a resolver resolves. It fails with the resolver's error.
func resolved[T any](get func(*encoding, *T) (string, error)) field[T] {
	return leaf(func(e *encoding, object *T) {
		text, err := get(e, object)
		e.string(text)
		e.err = err
	})
}

// resolvedOrNull is resolved for a nullable field.
func resolvedOrNull[T any](get func(*encoding, *T) (*string, error)) field[T] {
	return leaf(func(e *encoding, object *T) {
		text, err := get(e, object)
		e.stringOrNull(text)
		e.err = err
	})
}

// one returns a field with an object of shape of. It fails with the resolver's error, and for nil if the field is not
// nullable.
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
			case err == nil:
				e.err = errNull
			default:
				e.err = err
			}
		}
	}
}

// many returns a field with a list of objects of shape of.
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
				if write(e, &held[i]); e.err != nil {
					return
				}
			}
			e.literal("]")
		}
	}
}
