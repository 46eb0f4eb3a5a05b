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
// The package must not render HTML (package web does, with OpenInteraction) or know GraphQL. It
// must not keep state in memory that another node would need. The one exception is the used DPoP
// proofs of queries, since a replayed query changes nothing.
package auth
