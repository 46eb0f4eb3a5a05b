package db

import (
	"unicode/utf8"
)

// A Subject is a visitor as identified by a tenant. Only ID identifies; Email and Name are for people
// to read, and never link accounts.
type Subject struct {
	ID    string // 1 to 255 characters, unique at the tenant; RFC 7519 §4.1.2
	Email string
	Name  string
}

// Label returns what a person would call the subject.
func (s Subject) Label() string {
	switch {
	case s.Name != "" && s.Email != "":
		return s.Name + " (" + s.Email + ")"
	case s.Name != "":
		return s.Name
	case s.Email != "":
		return s.Email
	default:
		return s.ID
	}
}

// Check returns CodeInvalid for a subject that cannot be stored.
func (s Subject) Check() error {
	n := utf8.RuneCountInString(s.ID)
	switch {
	case n == 0 || n > 255 || !validText(s.ID):
		return invalid("subject", "A subject must have 1 to 255 characters.")
	case utf8.RuneCountInString(s.Email) > 320 || !validText(s.Email):
		return invalid("email", "An email address can have at most 320 characters.")
	case utf8.RuneCountInString(s.Name) > 200 || !validText(s.Name):
		return invalid("name", "A name can have at most 200 characters.")
	}
	return nil
}
