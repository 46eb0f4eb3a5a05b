// Package auth authenticates requests. It contains the passkey ceremonies, the account cookie, account
// recovery, the OAuth authorization server, and their rate limits.
//
//	auth/assertion   checks what a tenant's backend says about its visitor
//	auth/dpop        verifies DPoP proofs
//	auth/strictjson  reads only JSON that all parsers understand in the same way
//	auth/authtest    drives a sign-in step by step, for tests
//
// # How a visitor of a tenant's page becomes a Principal
//
//	tenant's page        frame (frame origin)               popup (account origin)
//	─────────────        ────────────────────               ──────────────────────
//	<aside-notes> ─────▶ Sign in is clicked
//	                     window.open ──────────────────────▶ (empty)
//	                     key, state, verifier
//	                     POST /oauth/par ▶ request_uri       RFC 9126, RFC 7636, RFC 9449 §10
//	                     popup.location = ─────────────────▶ GET /oauth/authorize?client_id&request_uri
//	                                                         (bound to the first browser that opens it)
//	                     ◀──────────── aside:hello ───────── has the request_uri
//	                     ────────────▶ aside:opener ───────▶ has the origin of the tenant's page,
//	                                                         as the browser reported it to the frame
//	                                                         POST /passkeys/… (WebAuthn L3 §7)
//	                                                         POST /oauth/authorize/decision
//	                     ◀── aside:authorization_response ── {code, state, iss} (RFC 9207), window closes
//	                     POST /oauth/token ▶ access token    bound to the frame's key
//	                     POST /graphql                       Authorization: DPoP, a proof each time
//
// Without an opener, the frame page is the top-level page, and the code returns to it by a
// redirect (response_mode=query). A code is sent to the frame origin only.
//
// # The states of an authorization request
//
//	pushed ──open, 60 s──▶ opened ──decide, 10 min──▶ granted ──redeem, 60 s──▶ redeemed
//	                         └──────────▶ denied                                  └─ redeemed again: its session ends
//
// # Where to look
//
//	server.go              configuration, and which path has which handler
//	authorize.go           /oauth/authorize: what the popup shows (Interaction)
//	decision.go            /oauth/authorize/decision: consent, linking, the authorization response
//	pushed_request.go      /oauth/par
//	token.go               /oauth/token: the grant types, and codes
//	token_exchange.go      … an assertion or a ticket for an identity handle
//	vouched_session.go     … an assertion for a session without a passkey
//	asserted_subject.go    using up assertions and tickets; refused ones in the audit log
//	revocation.go          /oauth/revoke
//	metadata.go            /.well-known
//	client.go              which tenant a client_id is, and its redirect_uri
//	ceremony.go            what all passkey ceremonies share: stored state, and the id in between
//	registration.go        … a new account; also login.go, confirmation.go, recovery.go
//	passkey_addition.go    … another passkey for an account
//	client_data.go         parsing an authenticator's response, and its origin
//	passkey_user.go        converting between package db and the WebAuthn library
//	passkey_refusal.go     what happens when a passkey is refused
//	principal.go           who sends an API request: tokens, account cookie, server keys; 401
//	session.go             the session of a token or cookie, and new sessions
//	cookie.go              reading and writing the two cookies
//	dpop_proof.go          the DPoP proof of a request; auth/dpop verifies it
//	rate_limit.go          which requests are limited, and what is counted
//	page_limit.go          … pages; fetch_metadata.go recognizes images and frames
//	throttle.go            the algorithm that counts; keyed_mutex.go: one at a time for each key
//	request_body.go        reading JSON and forms, and text that can be stored
//	response.go, errors.go writing JSON and errors; refusals
//	account_export.go      the archive of an account; credential_list.go: its passkeys for the browser
//
// The package must not render HTML (package web does, with OpenInteraction) or know GraphQL. It
// must not keep state in memory that another node would need. The one exception is the used DPoP
// proofs of queries, since a replayed query changes nothing.
package auth
