// Package secret holds text that must not be printed: tokens, codes, keys, a database's URL.
//
// # Which file
//
//   - secrets: secret (Text: tokens, codes, URLs; a random one; Key: bytes of a key)
//
// It compares, hashes and stores nothing, and imports nothing of ours.
package secret
