package db

import (
	"errors"

	"github.com/company-a/aside/internal/fault"
)

// place adds the constant name of a function to the fault that it returns (fault.PlaceOf). Each exported
// function that reaches the database defers it. Refusals stay unchanged, since people see them.
func place(err *error, function string) {
	if refusal := (*Error)(nil); !errors.As(*err, &refusal) {
		fault.Place(err, function)
	}
}
