package auth

import (
	"time"

	"github.com/company-a/aside/db"
)

// accountName returns the name of a new account. It is the name that our page proposes in the person's language, or an
// English name if the page proposes none. The name has the date, so that a person can tell their accounts apart, and no other
// information. The person can change it.
func accountName(proposed string, now time.Time) (string, error) {
	if proposed == "" {
		return "Passkey account, " + now.UTC().Format("Jan 2, 2006"), nil
	}
	name, err := db.CheckName("name", proposed)
	if err != nil {
		return "", badRequest("name must be a single line of 1 to 80 characters.")
	}
	return name, nil
}
