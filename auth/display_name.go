package auth

import (
	"time"

	"github.com/company-a/aside/db"
)

// accountName returns the name of a new account: the proposed one, which a page of ours words in the person's language, or an
// English one. It has the day, so that a person tells their accounts apart, and says nothing else. They can change it.
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
