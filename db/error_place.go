package db

import (
	"errors"
	"strings"
)

// A placedError is a fault and the exported function that returned it.
type placedError struct {
	place string
	err   error
}

func (e *placedError) Error() string { return e.place + ": " + e.err.Error() }

func (e *placedError) Unwrap() error { return e.err }

// place adds the name of a function, a constant, to the fault that it returns. Each exported function
// that reaches the database defers it. Refusals stay as they are: people see them.
func place(err *error, function string) {
	if *err == nil {
		return
	}
	if refusal := (*Error)(nil); errors.As(*err, &refusal) {
		return
	}
	*err = &placedError{function, *err}
}

// PlaceOf returns the exported functions of this package that a fault has passed through, the outermost
// first, as in "db.CreateNote: db.Note". It returns "" for a refusal and for an error of another package. It holds no
// data, so that it can be logged when the text of the error cannot.
func PlaceOf(err error) string {
	var places []string
	for e := (*placedError)(nil); errors.As(err, &e); err = e.err {
		places = append(places, e.place)
	}
	return strings.Join(places, ": ")
}
