// Package hand is the yardstick of the bench: the notes API as one would write it by hand,
// with net/http and pgx, answering with the same bytes as GraphQL does.
//
// It differs from the service in only two things. It has no GraphQL: a route is a
// handler, a handler is a statement, the answer is appended to a buffer. And row-level
// security does not apply to its connections, which are a superuser's: only its WHERE clauses keep people apart.
//
// Everything else costs it the same. The service's own auth.Server finds out who sends a request: it verifies the
// proof and looks up the session. Notes are encrypted and decrypted; a change spends its proof in its own transaction and keeps the earlier version; an owner's limits hold.
//
//	POST /page?first&after&search    POST /note/{id}
//	POST /create                     POST /update/{id}
//
// Each is a POST of JSON, since auth.Server authenticates no other request. The same routes are
// under /plain, where a session is looked up but no proof is verified: the difference is the
// price of DPoP.
//
// # Which file
//
//   - routes: serve (the server and its sessions),
//     notes (reading, listing, searching),
//     change (creating, updating),
//     cursor (of a page),
//     json (writing notes)
package hand
