// Package auth says who is asking: passkey ceremonies, the account cookie, OAuth and DPoP.
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
//	                                                         (the first browser to open it owns it)
//	                     ◀──────────── aside:hello ───────── names the request_uri
//	                     ────────────▶ aside:opener ───────▶ names the origin of the tenant's page,
//	                                                         as the browser reported it to the frame
//	                                                         POST /passkeys/… (WebAuthn L3 §7)
//	                                                         POST /oauth/authorize/decision
//	                     ◀── aside:authorization_response ── {code, state, iss} (RFC 9207), window closes
//	                     POST /oauth/token ▶ access token    bound to the frame's key
//	                     POST /graphql                       Authorization: DPoP, a proof each time
//
// Without an opener the frame page itself is the top-level page and the code comes back to
// it by redirect (response_mode=query). A code is never sent anywhere but to the frame origin.
//
// # The life of one authorization request
//
//	pushed ──open, 60 s──▶ opened ──decide, 10 min──▶ granted ──redeem, 60 s──▶ redeemed
//	                         └──────────▶ denied                                  └─ used again: its session ends
//
// The package renders no HTML (package web does, around OpenInteraction), knows no GraphQL,
// and keeps nothing in memory that another node would need, but for the proofs of queries.
package auth
