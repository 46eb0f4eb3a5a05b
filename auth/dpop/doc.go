// Package dpop verifies DPoP proofs (RFC 9449): the JWT that a client signs for each request, to
// show that it has the key to which its access token is bound.
//
// A Verifier makes the checks of §4.3 that don't need the access token's session. It issues and checks
// the nonces of §8, and reports whether this node has seen a proof before. It accepts only ES256. It parses
// the JWS itself, because each request has a proof, and parsing it with a general JOSE library costs
// more than half of verifying it.
//
// # Which file
//
//   - a proof: proof (Verifier, Proof, Error, ErrUseNonce: claims, times, how long one is remembered, method and address;
//     parsing the JWS, the signature and its ASN.1; FirstUse, the proofs that this node has seen, in generations),
//     key (the header typ, alg, jwk; the public key: a point on P-256 from its x and y, its thumbprint, a cache of keys),
//     nonce (issuing and checking nonces: a time and a MAC)
//
// The package does not know sessions. The caller checks that the proof's key is the session's
// (§4.3 check 12, second half). When a request changes something, the caller also records the proof
// in the database, so that all nodes together accept it once (§11.1).
package dpop
