// Package authtest drives package auth over HTTP, on a real database, without a browser. It has a
// software authenticator, DPoP keys, and a Visitor that goes through the sign-in step by step. Each
// step takes edits, so that a test can send exactly one wrong thing.
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
//
//	func TestACodeIsGoodOnce(t *testing.T) {
//		site := authtest.New(t)
//		alice := site.Visitor(t, site.Tenant(t, "Shop"))
//		code := alice.Code(t)
//		alice.Redeem(t, code).Must(t, http.StatusOK)
//		alice.Redeem(t, code).Refused(t, http.StatusBadRequest, "invalid_grant")
//	}
//
// It is for tests only: the program must not import it.
package authtest
