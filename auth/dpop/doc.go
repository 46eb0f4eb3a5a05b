// Package dpop verifies DPoP proofs (RFC 9449): the JWT that a client signs for each request, to
// show that it has the key to which its access token is bound.
//
// A Verifier makes the checks of §4.3 that need no access token's session, issues and checks the
// nonces of §8, and notices a proof that one node has seen before. It accepts ES256 alone, and
// reads the JWS itself: each request has a proof, and parsing it with a general JOSE library costs
// more than half of verifying it.
//
// # Which file
//
//   - a proof: proof (Verifier, Proof, Error, ErrUseNonce: claims, times, how long one is remembered, method and address;
//     FirstUse, the proofs that this node has seen, in generations),
//     key (the header typ, alg, jwk; the public key, its thumbprint, a cache of keys),
//     jws (parsing base64url, the signature and its ASN.1),
//     nonce (issuing and checking nonces: a time and a MAC)
//
// The package does not know sessions. The caller checks that the proof's key is the session's
// (§4.3 check 12, second half), and spends the proof in the database when a request changes
// something, so that it is accepted once on all nodes (§11.1).
package dpop
