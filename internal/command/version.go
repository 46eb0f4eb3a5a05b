package command

import (
	"fmt"

	"github.com/company-a/aside/internal/version"
)

// Version prints which release this is.
type Version struct{}

// Run prints the version.
func (Version) Run(e *environment) error {
	_, err := fmt.Fprintln(e.stdout, version.Running())
	return err
}
