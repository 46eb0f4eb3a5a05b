package db

// An AssertionPolicy says whether a tenant identifies its visitors by assertions.
type AssertionPolicy string

// The assertion policies.
const (
	AssertionNone     AssertionPolicy = "NONE"     // assertions are refused
	AssertionOptional AssertionPolicy = "OPTIONAL" // visitors with and without one may sign in
	AssertionRequired AssertionPolicy = "REQUIRED" // nobody signs in without one
)

// A Policy holds a tenant's settings for assertions and embed origins.
type Policy struct {
	Assertion       AssertionPolicy `json:"assertion"`
	RequireNonce    bool            `json:"requireNonce"`    // an assertion must be bound to the widget's key
	VouchedAccounts bool            `json:"vouchedAccounts"` // an assertion alone opens an account
	WildcardOrigins bool            `json:"wildcardOrigins"` // embed origins with a wildcard label count
}

func (p Policy) check() error {
	switch p.Assertion {
	case AssertionNone, AssertionOptional, AssertionRequired:
	default:
		return invalid("assertion", "The assertion policy must be NONE, OPTIONAL or REQUIRED.")
	}
	if p.VouchedAccounts && p.Assertion == AssertionNone {
		return invalid("vouchedAccounts", "Vouched accounts need assertions. Set the assertion policy to OPTIONAL or REQUIRED.")
	}
	return nil
}
