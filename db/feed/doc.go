// Package feed tells every node about the changes that any node makes to notes (LISTEN/NOTIFY).
//
//	Announce → queue → Source.Notify → PostgreSQL → each node's Follow → the owner's Watches
//
// A Change is ids without any text: a reader of a Watch reads the note itself, with the rights it has
// by then. The feed may lose changes, when a node is killed or the database is away, but not silently
// while a Watch is open: it ends then, and its reader reads everything again and opens another. A Watch
// ends with its session.
//
// The package must not know what a session or a note is, and runs no SQL but LISTEN.
package feed
