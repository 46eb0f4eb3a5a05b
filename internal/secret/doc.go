// Package secret holds text that must not be printed: tokens, codes, keys, a database's URL.
//
// It compares, hashes and stores nothing, and imports nothing of ours.
package secret
