// Package load sends requests as fast as they are answered, over a fixed number of
// connections that are kept alive, for a bounded time.
//
// It runs on the same cores as what it measures. So it does as little as it can while the
// clock runs: DPoP proofs are signed before (Keys), a request is bytes that are written as
// they are, and of an answer no more is looked at than whether it is one.
package load
