// Package auth authenticates requests. It contains the passkey ceremonies, the account cookie, account
// recovery, the OAuth authorization server, and their rate limits.
//
//	auth/assertion     checks what a tenant's backend says about its visitor
//	auth/installation  looks at a tenant's page for the widget's snippet
//	auth/dpop          verifies DPoP proofs
//	auth/strictjson    reads only JSON that all parsers understand in the same way
//	auth/authtest      drives a sign-in step by step, for tests
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
//   - who asks: principal (Principal of an API request: access tokens, account cookie, server keys; the 401 challenge; what is
//     no API request; OpensStream: does it ask for a stream? one does not count as use),
//     session (AccountSession, the session of a token or cookie; describing a new one, the one that a sign-in replaces;
//     hashSecret), cookie (the cookies __Host-…: reading, writing, how long they last; browserHash),
//     dpop_proof (the DPoP proof of a request: requireProof, verified, spent, a nonce offered; auth/dpop has the checks)
//   - OAuth: pushed_request (/oauth/par: each parameter's check, redirect_uri and code_challenge; the subject and the key it is
//     bound to), authorize (GET /oauth/authorize: opening a request in one browser, what the popup shows, Interaction),
//     decision (/oauth/authorize/decision: the popup's next step or a redirect; consent, linking, linked elsewhere; the
//     authorization response, the embedding origin),
//     token (/oauth/token: every grant type and its response. A code redeemed: client, redirect_uri, verifier and key compared;
//     an assertion or a ticket exchanged for an identity handle, or for a vouched session: embed_origin, upgraded),
//     asserted_subject (… the visitor that it names: useAssertion, redeemTicket; rejected ones in the audit log;
//     subjectHash), revocation (/oauth/revoke),
//     metadata (/.well-known: of the server, and our public keys),
//     client (tenantOfClient: which tenant a client_id is, not suspended; its redirect_uri)
//   - passkeys: ceremony (what all ceremonies share: sealed state, requests and responses, a displayName; ceremony_expired;
//     checkClientData: the response's origin, no frame),
//     registration (… a new account and its name, or another passkey for one that is signed in; undone when the person declines;
//     parsing and verifying a new passkey),
//     login (… signing in: parsing the response, finding the passkey's user), confirmation (… a fresh passkey before a sensitive action),
//     recovery (… a new passkey with a recovery code or link; the account it is for, otherAccount, the one signed in),
//     content_key (… what its response says of the content key, with its wrap: keyOfPasskey, newRecoveredKey; PRF asked for,
//     its results refused; keyForWidget, with the widget's public JWK),
//     passkey_user (a person's passkeys: converting between package db and the WebAuthn library, transports; signedInUser;
//     /passkeys/accepted: their ids and the person's name, for the browser's signals: AllAcceptedCredentials),
//     passkey_refusal (what happens when a passkey is refused, changed or cloned),
//     passkey_provider (names of password managers by AAGUID, from providers.json)
//   - accounts: account_export (/account/export: the archive as a download, deadlines of its writes),
//     device (browser and system of a request, by its User-Agent)
//   - limits: rate_limit (which requests are limited, by session, person, tenant, address; failures counted, limits recorded;
//     wrong assertions, acquireVerification; pages, LimitPages), throttle (the algorithm that counts, by key or by address and network),
//     keyed_mutex (one at a time for each key), fetch_metadata (Sec-Fetch-*: recognizing subresources and frames)
//   - HTTP: server (Config, lifetimes, New; which path has which handler),
//     request_body (readJSON, readForm, text that can be stored; too large),
//     response (writeJSON; setHeaders: type, Cache-Control, nosniff),
//     errors (Error, refuse, badRequest; converting those of package db; the id of an unexpected one; writeError, also those of
//     OAuth, Retry-After)
//   - strictjson/: object (objects and members: names twice, depth, what follows), surrogate (half of a character)
//
// The package must not render HTML (package web does, with OpenInteraction) or know GraphQL. It
// must not keep state in memory that another node would need. The one exception is the used DPoP
// proofs of queries, since a replayed query changes nothing.
package auth
