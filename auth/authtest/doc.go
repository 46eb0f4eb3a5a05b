// Package authtest drives package auth over HTTP, on a real database, without a browser. It has a
// software authenticator, DPoP keys, and a Visitor that goes through the sign-in step by step. Each
// step takes edits, so that a test can send exactly one wrong thing.
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
//
//	func TestCodeIsAcceptedOnce(t *testing.T) {
//		site := authtest.New(t)
//		alice := site.Visitor(t, site.Tenant(t, "Shop"))
//		code := alice.Code(t)
//		alice.Redeem(t, code).Must(t, http.StatusOK)
//		alice.Redeem(t, code).Refused(t, http.StatusBadRequest, "invalid_grant")
//	}
//
// # Which file
//
//   - the service: site (its nodes, origins and database),
//     shared (one for a whole package),
//     clock (a clock to stop and advance),
//     parallel (acts at the same moment)
//   - people: visitor (a person in a browser: the steps of a sign-in, API requests),
//     passkey (the authenticator),
//     key (a DPoP key and its proofs),
//     signer (a tenant's key and its assertions)
//   - requests: call (a request with edits, and its response),
//     stream (a subscription),
//     encoding (base64url, JSON, CBOR)
//
// It is for tests only: the program must not import it.
package authtest
