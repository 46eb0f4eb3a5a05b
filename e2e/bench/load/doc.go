// Package load sends requests as fast as they are answered, over a fixed number of
// connections that are kept alive, for a bounded time.
//
// It runs on the same cores as the server that it measures, so it does as little as it can while the
// clock runs: DPoP proofs are signed before (Keys), a request is prepared bytes, and of an answer it
// checks only that it is one.
//
// # Which file
//
//   - load: load (Client, Run, Hold: the connections),
//     key (Key: signing proofs and passkey assertions)
package load
