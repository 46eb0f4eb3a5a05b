// Package graph is the GraphQL API: its schema, the rules on what a document may cost, and
// the handler that answers it over HTTP.
//
//	request ─ decode ─ document (limits, validation, cache) ─ variables ─ cost ─ proof ─ execute ─ answer
//
// The generated code executes an operation; what it would write field by field for the types
// that most requests are about, package graph/direct writes in its place. A field's @requires
// says who may ask (requires.go); a resolver asks who is asking and delegates what they want to
// package db; present.go is the one place that turns an error into words. Generated code lives
// alone in graph/generated:
//
//	go tool -modfile=tools/go.mod gqlgen generate
//
// # Streams
//
// A subscription is answered over server-sent events, one to a request ("GraphQL over Server-Sent
// Events Protocol", distinct connections mode): POST /graphql with the body, credentials and proof of
// any other request, and Accept: text/event-stream. Answered 200 text/event-stream, it is
//
//	:                                                     it has begun; and again every 20 s
//
//	event: next
//	data: {"data":{"noteChanged":{"type":"UPDATED","id":"01a2…","note":{"id":"01a2…","version":7}}}}
//
//	event: complete
//	data:
//
// with one line of data each, and an empty line after each event. Any other status comes with the
// usual errors in JSON: 401 (sign in, or use_dpop_nonce: once more with DPoP-Nonce), 403, 406 for what is no
// subscription, 429 for a session's ninth stream on a node, 503 while the node hears of no changes; the last
// two with Retry-After.
//
// The first line comes once every later change will be told of: read what is there after it, not
// before. complete (after 15 minutes at most, when the session ends, when the reader is too slow, when a node
// stops or has missed something), and an end without it, mean: read anew, subscribe again after a
// pause of random length; the answers say whether the session has ended. An event may be of one's own doing, may come twice, or later
// than a note it brings: what has no newer version is no news. A change may go untold if the node that made it
// is killed at that moment: read anew when the page is looked at again, too. A stream is no use of a
// session and keeps none alive. A browser opens six connections to an origin: share one stream among a
// partition's frames.
//
// db.Follow brings the changes, stream.go answers.
//
// The package must not decide who anybody is (package auth does), keep a rule about notes
// (package db does), or write SQL.
package graph
