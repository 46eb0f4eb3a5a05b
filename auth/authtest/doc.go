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
//	site.go      the service: its nodes, origins and database; shared.go: one for a whole package
//	visitor.go   a person in a browser: the steps of a sign-in, API requests
//	call.go      a request with edits, and its answer
//	stream.go    a subscription
//	passkey.go   the authenticator; key.go: a DPoP key and its proofs; signer.go: a tenant's key and its assertions
//	encoding.go  base64url, JSON, CBOR; clock.go: a clock to stop and advance; parallel.go
//
// It is for tests only: the program must not import it.
package authtest
