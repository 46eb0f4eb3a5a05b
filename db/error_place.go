package db

import (
	"errors"

	"github.com/company-a/aside/internal/fault"
)

// place adds the name of a function, a constant, to the fault that it returns (fault.PlaceOf). Each exported function
// that reaches the database defers it. Refusals stay as they are: people see them.
func place(err *error, function string) {
	if refusal := (*Error)(nil); !errors.As(*err, &refusal) {
		fault.Place(err, function)
	}
}
