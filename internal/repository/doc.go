// Package repository tests what is not Go code: what the documents promise, and the scripts in tools.
//
// It has tests only. Its tests read the repository's files and must not need a database or a browser.
package repository
