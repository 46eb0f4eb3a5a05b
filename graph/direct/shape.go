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

// A writer encodes a part of an object. If it fails, it sets the jsonValue's err.
type writer[T any] func(*jsonValue, *T)

// A selection is a selection set on one object type, after its fragments are spread and its equal fields merged.
type selection[T any] []selectedField[T]

type selectedField[T any] struct {
	key   string // `{"alias":` for the first entry, `,"alias":` for the others
	value writer[T]
}

// A collector creates the selections of one root field.
type collector struct {
	operation *graphql.OperationContext
	size      int // of the selections, in estimated bytes
}

// collect returns the writer of a selection set, or nil if one of its fields is unknown. It panics if gqlgen's
// CollectFields does.
func (s *shape[T]) collect(c *collector, selected ast.SelectionSet) writer[T] {
	var fields selection[T]
	for _, f := range graphql.CollectFields(c.operation, selected, []string{s.name}) {
		value := s.writer(c, f)
		if value == nil {
			return nil
		}
		key := `,"` + f.Alias + `":`
		if len(fields) == 0 {
			key = "{" + key[1:]
		}
		fields = append(fields, selectedField[T]{key, value})
		c.size += selectedFieldSize + len(key)
	}
	return fields.write
}

// selectedFieldSize is the estimated size of a selectedField in bytes: itself, its closure, and spare capacity.
const selectedFieldSize = 160

func (s *shape[T]) writer(c *collector, f graphql.CollectedField) writer[T] {
	if f.Name == "__typename" {
		name := strconv.Quote(s.name)
		return func(e *jsonValue, _ *T) { e.literal(name) }
	}
	known := s.fields[f.Name]
	// The generated code applies directives such as @requires, and reads the arguments of other fields.
	if known == nil || f.Definition == nil || len(f.Definition.Directives) > 0 || len(f.Definition.Arguments) > 0 && f.Name != fieldWithArguments || f.IsDeferred() {
		return nil
	}
	return known(c, f)
}

func (s selection[T]) write(e *jsonValue, object *T) {
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

// leafField returns a field without fields below it.
func leafField[T any](w writer[T]) field[T] {
	return func(*collector, graphql.CollectedField) writer[T] { return w }
}

// resolverField returns a string field that a resolver resolves. It fails with the resolver's error.
func resolverField[T any](get func(*jsonValue, *T) (string, error)) field[T] {
	return leafField(func(e *jsonValue, object *T) {
		text, err := get(e, object)
		e.string(text)
		e.err = err
	})
}

// nullableResolverField is resolverField for a nullable field.
func nullableResolverField[T any](get func(*jsonValue, *T) (*string, error)) field[T] {
	return leafField(func(e *jsonValue, object *T) {
		text, err := get(e, object)
		e.stringOrNull(text)
		e.err = err
	})
}

// objectField returns a field with an object of shape of. It fails with the resolver's error, and for nil if the field is not
// nullable.
func objectField[T, U any](of *shape[U], get func(*jsonValue, *T) (*U, error)) field[T] {
	return func(c *collector, f graphql.CollectedField) writer[T] {
		write := of.collect(c, f.Selections)
		if write == nil {
			return nil
		}
		nullable := !f.Definition.Type.NonNull
		return func(e *jsonValue, object *T) {
			switch value, err := get(e, object); {
			case err == nil && value != nil:
				write(e, value)
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

// listField returns a field with a list of objects of shape of.
func listField[T, U any](of *shape[U], get func(*T) []U) field[T] {
	return func(c *collector, f graphql.CollectedField) writer[T] {
		write := of.collect(c, f.Selections)
		if write == nil {
			return nil
		}
		return func(e *jsonValue, object *T) {
			e.literal("[")
			list := get(object)
			for i := range list {
				if i > 0 {
					e.literal(",")
				}
				if write(e, &list[i]); e.err != nil {
					return
				}
			}
			e.literal("]")
		}
	}
}
