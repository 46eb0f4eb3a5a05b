package postgres

import (
	"os"
	"strings"
)

// forgetEnvironment unsets libpq's variables in this process: PGSERVICE, PGOPTIONS or PGTARGETSESSIONATTRS
// are meant for another server, and drivers read them even when they are given a URL.
func forgetEnvironment() {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "PG") {
			_ = os.Unsetenv(name) // it has a name
		}
	}
}
