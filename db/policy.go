package db

// An AssertionPolicy says what a tenant wants to say about its visitors.
type AssertionPolicy string

// The assertion policies.
const (
	AssertionNone     AssertionPolicy = "NONE"     // assertions are refused
	AssertionOptional AssertionPolicy = "OPTIONAL" // visitors with and without one may sign in
	AssertionRequired AssertionPolicy = "REQUIRED" // without one nobody signs in
)

// A Policy is what a tenant has decided about assertions.
type Policy struct {
	Assertion       AssertionPolicy `json:"assertion"`
	RequireNonce    bool            `json:"requireNonce"`    // an assertion must be made for the widget's key
	VouchedAccounts bool            `json:"vouchedAccounts"` // an assertion alone opens an account of its own
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
