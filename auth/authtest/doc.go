// Package authtest lets tests be a visitor's browser without one: a software authenticator,
// a DPoP key, and a Visitor who goes through the sign-in step by step, over HTTP, against
// package auth on a real database. Each step takes edits, so that a test can send exactly
// one thing wrong.
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
// It is for tests alone: nothing that is shipped imports it.
package authtest
