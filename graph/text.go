package graph

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
)

// severalLines are the arguments and input fields whose text may have lines and more: what people write,
// which has rules of its own (db.Limits), and what they paste. All others are one line without control
// characters, those too that are new.
var severalLines = map[string]bool{
	"CreateNoteInput.title": true, "CreateNoteInput.body": true, "CreateNoteInput.tags": true,
	"UpdateNoteInput.title": true, "UpdateNoteInput.body": true, "UpdateNoteInput.tags": true,
	"NoteFilter.search": true, "NoteFilter.tag": true,
	"Mutation.testAssertion.assertion": true, "AddAssertionKeyInput.publicJwk": true, "AddAssertionKeyInput.sharedSecret": true,
}

// A reading looks at every text that an operation is given, before anything is done with any.
type reading struct {
	schema    *ast.Schema
	variables map[string]any
	fragments map[string]bool // that were read
}

// checkTexts refuses an operation that is given a text which cannot be kept: one with a NUL, which
// PostgreSQL has no place for, one with half a character, or one with a control character where no text
// of several lines is meant. The refusal names the argument or input field.
func checkTexts(schema *ast.Schema, op *ast.OperationDefinition, variables map[string]any) error {
	r := reading{schema: schema, variables: variables}
	return r.set(op.SelectionSet)
}

func (r *reading) set(set ast.SelectionSet) error {
	for _, s := range set {
		var err error
		switch s := s.(type) {
		case *ast.Field:
			if err = r.field(s); err == nil {
				err = r.set(s.SelectionSet)
			}
		case *ast.InlineFragment:
			err = r.set(s.SelectionSet)
		case *ast.FragmentSpread:
			if r.fragments[s.Name] {
				continue
			}
			if r.fragments == nil {
				r.fragments = map[string]bool{}
			}
			r.fragments[s.Name] = true
			err = r.set(s.Definition.SelectionSet)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) field(f *ast.Field) error {
	for _, a := range f.Arguments {
		d := f.Definition.Arguments.ForName(a.Name)
		at := place{name: a.Name, lines: f.ObjectDefinition != nil && severalLines[f.ObjectDefinition.Name+"."+f.Name+"."+a.Name]}
		if err := r.value(at, d.Type, a.Value); err != nil {
			return err
		}
	}
	return nil
}

// A place is the argument or input field that a value is for.
type place struct {
	name  string
	lines bool
}

func (p place) within(d *ast.Definition, field string) place {
	return place{name: field, lines: severalLines[d.Name+"."+field]}
}

// value reads a value as it is written in the document, with the variables in it.
func (r *reading) value(at place, t *ast.Type, v *ast.Value) error {
	switch v.Kind {
	case ast.Variable:
		return r.given(at, t, r.variables[v.Raw])
	case ast.StringValue, ast.BlockValue:
		if v.Kind == ast.StringValue && strings.ContainsRune(v.Raw, utf8.RuneError) && escapesHalf(v.Position) {
			return at.refuse()
		}
		return at.check(v.Raw)
	case ast.ListValue:
		for _, child := range v.Children {
			if err := r.value(at, t, child.Value); err != nil {
				return err
			}
		}
	case ast.ObjectValue:
		d := r.schema.Types[t.Name()]
		for _, child := range v.Children {
			if f := d.Fields.ForName(child.Name); f != nil {
				if err := r.value(at.within(d, child.Name), f.Type, child.Value); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// given reads a value that came as a variable, or in one.
func (r *reading) given(at place, t *ast.Type, v any) error {
	switch v := v.(type) {
	case string:
		return at.check(v)
	case []any:
		for _, element := range v {
			if err := r.given(at, t, element); err != nil {
				return err
			}
		}
	case map[string]any:
		d := r.schema.Types[t.Name()]
		for name, inner := range v {
			if f := d.Fields.ForName(name); f != nil {
				if err := r.given(at.within(d, name), f.Type, inner); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p place) check(text string) error {
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 || !p.lines && strings.ContainsFunc(text, unicode.IsControl) {
		return p.refuse()
	}
	return nil
}

func (p place) refuse() error {
	if p.lines {
		return badRequest(p.name, "This is no text: it has a NUL, or half of a character.")
	}
	return badRequest(p.name, "This is one line of text, without control characters.")
}

// escapesHalf reports whether a document escapes surrogates: the parser makes U+FFFD of each, of pairs too.
func escapesHalf(p *ast.Position) bool {
	return p == nil || p.Src == nil || strings.Contains(strings.ToLower(p.Src.Input), `\ud`)
}
