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
// # Which file
//
//   - who asks: principal (of an API request: tokens, account cookie, server keys; 401),
//     session (the session of a token or cookie, new sessions),
//     cookie (reading and writing the two cookies),
//     dpop_proof (the DPoP proof of a request; auth/dpop verifies it)
//   - OAuth: pushed_request (/oauth/par),
//     authorize (GET /oauth/authorize: what the popup shows, Interaction),
//     decision (/oauth/authorize/decision: consent, linking, the authorization response, the embedding origin),
//     token (/oauth/token: grant types, redeeming a code),
//     token_exchange (… an assertion or a ticket for an identity handle),
//     vouched_session (… an assertion for a session without a passkey),
//     asserted_subject (using up assertions and tickets; refused ones in the audit log),
//     revocation (/oauth/revoke),
//     metadata (/.well-known),
//     client (which tenant a client_id is, its redirect_uri)
//   - passkeys: ceremony (what all ceremonies share: stored state, the id in between),
//     registration (… a new account),
//     login (… signing in),
//     passkey_addition (… another passkey for an account),
//     confirmation (… a fresh passkey before a sensitive action),
//     recovery (… a new passkey with a recovery code or link),
//     client_data (an authenticator's response, its origin),
//     passkey_user (converting between package db and the WebAuthn library),
//     passkey_refusal (what happens when a passkey is refused),
//     passkey_provider (names of password managers by AAGUID, from providers.json),
//     credential_list (/passkeys/accepted: a person's passkeys, for the browser)
//   - accounts: account_export (/account/export: the archive as a download),
//     display_name (a name for a new account)
//   - limits: rate_limit (which requests are limited, and what is counted),
//     page_limit (… pages),
//     throttle (the algorithm that counts),
//     keyed_mutex (one at a time for each key),
//     fetch_metadata (recognizing images and frames),
//     event_stream (recognizing a subscription)
//   - HTTP: server (configuration, which path has which handler),
//     request_body (reading JSON and forms, text that can be stored),
//     response (writing JSON and errors),
//     errors (refusals, and converting those of package db)
//   - strictjson/: object (names and values that two parsers could understand differently),
//     surrogate (half of a character)
//
// The package must not render HTML (package web does, with OpenInteraction) or know GraphQL. It
// must not keep state in memory that another node would need. The one exception is the used DPoP
// proofs of queries, since a replayed query changes nothing.
package auth
