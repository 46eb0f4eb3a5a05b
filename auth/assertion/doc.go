// Package assertion checks what a tenant's backend says about its visitor: a JWT (RFC 7519) that
// the tenant signed with one of its keys (RFC 7515) and may have encrypted to one of ours
// (RFC 7516).
//
//	Checker         decides whether an assertion is valid, and reports each check
//	KeySets         fetches and caches the key sets that tenants publish (RFC 7517 §5)
//	EncryptionKeys  holds our own keys, to which tenants may encrypt
//	NewKey          validates a key that a tenant's developer enters
//
// # Which file
//
//   - checking: checker (Checker: the order of the checks; Test, Use; sizes, leeway),
//     report (what a developer reads: Check, Report, pass and fail, each code; addDecrypted, what is shown of an encrypted
//     message; texts quoted, times in words),
//     jwe (an encrypted message: its five parts; decrypting it with our keys; the sender's point on P-256, its coordinates),
//     jws (a signed message: its three parts, strict base64url; parameters refused in a header; media types, nulls; reading its
//     claims; verifying its signature, hints at common mistakes),
//     candidate_key (the tenant's keys, of key sets too, that may have signed: by kid; all of a set without one; fetching a
//     set again if the kid is unknown),
//     claims (iss, audience, subject, email and name, times, nonce, jti)
//   - keys: jwk (reading and validating a public key: algorithm, kty, use, sizes, no secret one; reading the keys of a set),
//     weak_key (keys that prove nothing: ROCA, points of small order),
//     new_key (NewKey: what a developer enters: a public JWK, a secret or a generated one, a key set's URL),
//     encryption_key (our own keys: loaded or made, published as jwks.json)
//   - servers of tenants: keyset (KeySets: when a key set is fetched again, once for all callers; singleflight; which are
//     kept, how many of each tenant; the body: size, gzip, UTF-16),
//     tenant_server (NewClient, with a dialer to public addresses only: the special-purpose prefixes, DNS included; servers that
//     cannot be reached; CheckURL: https, or isLocalhost)
//
// The rules are those of RFC 8725 (best current practices for JWTs): a key has one algorithm
// (§3.1), every cryptographic input is validated (§3.4), keys that a token brings along are
// refused (§3.10), and the types of tokens are kept apart (§3.11). Documents that two readers
// could understand differently are refused, see package strictjson.
//
// The package decides who the tenant says the visitor is, and nothing else. It starts no
// session, keeps nothing but used assertions and the time of a key's last use, and must not tell
// a browser why an assertion was refused: a Report is for the tenant's developer. It must not
// connect to an address that isn't public when it fetches a key set, except in development, and
// must not reveal what our network looks like.
package assertion
