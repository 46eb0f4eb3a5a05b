package graph

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
)

// multilineInputs holds the arguments and input fields that accept line breaks and other control characters: the texts
// of notes, which db.Limits checks, and keys and assertions, which people paste. All others, new ones too, accept one
// line without control characters.
var multilineInputs = map[string]bool{
	"CreateNoteInput.title": true, "CreateNoteInput.body": true, "CreateNoteInput.tags": true,
	"UpdateNoteInput.title": true, "UpdateNoteInput.body": true, "UpdateNoteInput.tags": true,
	"NoteFilter.search": true, "NoteFilter.tag": true,
	"Mutation.testAssertion.assertion": true, "AddAssertionKeyInput.publicJwk": true, "AddAssertionKeyInput.sharedSecret": true,
}

// A textChecker checks every string in the arguments and variables of an operation.
type textChecker struct {
	schema    *ast.Schema
	variables map[string]any
	fragments map[string]bool // already checked
}

// checkInputTexts returns BAD_USER_INPUT, with the argument or input field, if an operation has a string that cannot be
// stored: with NUL, which PostgreSQL does not accept, with an unpaired surrogate, or with a control character where only
// one line is accepted. It runs before the operation.
func checkInputTexts(schema *ast.Schema, op *ast.OperationDefinition, variables map[string]any) error {
	r := textChecker{schema: schema, variables: variables}
	return r.set(op.SelectionSet)
}

func (r *textChecker) set(set ast.SelectionSet) error {
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

func (r *textChecker) field(f *ast.Field) error {
	for _, a := range f.Arguments {
		d := f.Definition.Arguments.ForName(a.Name)
		at := inputField{name: a.Name, multiline: f.ObjectDefinition != nil && multilineInputs[f.ObjectDefinition.Name+"."+f.Name+"."+a.Name]}
		if err := r.value(at, d.Type, a.Value); err != nil {
			return err
		}
	}
	return nil
}

// An inputField is the argument or input field of a value.
type inputField struct {
	name      string
	multiline bool
}

func (p inputField) within(d *ast.Definition, field string) inputField {
	return inputField{name: field, multiline: multilineInputs[d.Name+"."+field]}
}

// value checks a value of the document, and the variables in it.
func (r *textChecker) value(at inputField, t *ast.Type, v *ast.Value) error {
	switch v.Kind {
	case ast.Variable:
		return r.variable(at, t, r.variables[v.Raw])
	case ast.StringValue, ast.BlockValue:
		if v.Kind == ast.StringValue && strings.ContainsRune(v.Raw, utf8.RuneError) && hasSurrogateEscape(v.Position) {
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

// variable checks a variable, or a value in one.
func (r *textChecker) variable(at inputField, t *ast.Type, v any) error {
	switch v := v.(type) {
	case string:
		return at.check(v)
	case []any:
		for _, element := range v {
			if err := r.variable(at, t, element); err != nil {
				return err
			}
		}
	case map[string]any:
		d := r.schema.Types[t.Name()]
		for name, inner := range v {
			if f := d.Fields.ForName(name); f != nil {
				if err := r.variable(at.within(d, name), f.Type, inner); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p inputField) check(text string) error {
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 || !p.multiline && strings.ContainsFunc(text, unicode.IsControl) {
		return p.refuse()
	}
	return nil
}

func (p inputField) refuse() error {
	if p.multiline {
		return badRequest(p.name, "This text has a NUL or an unpaired surrogate.")
	}
	return badRequest(p.name, "This must be one line of text, without control characters.")
}

// hasSurrogateEscape reports whether a document has an escape of a surrogate. The parser replaces each with U+FFFD, even
// in a pair.
func hasSurrogateEscape(p *ast.Position) bool {
	return p == nil || p.Src == nil || strings.Contains(strings.ToLower(p.Src.Input), `\ud`)
}
