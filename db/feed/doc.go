// Package feed tells every node about the changes that any node makes to notes (LISTEN/NOTIFY).
//
//	Announce → queue → Source.Notify → PostgreSQL → each node's Follow → the owner's Watches
//
// A Change holds ids and no text: the reader of a Watch reads the note itself, with its current rights.
// The feed may lose changes when a node is killed or the database is unavailable. It then ends the open
// watches, and each reader reads everything again and opens another. A Watch ends with its session.
//
// # Which file
//
//   - changes: feed (Feed, Source, Change and its kinds, ErrNotFollowing, ErrReplaced; closing it; sending: the queue before
//     NOTIFY, delays, batches; receiving: LISTEN, Missed for what was sent before a connection was there again; which sessions
//     still live),
//     encoding (the form in which nodes send changes, a letter for each kind),
//     watch (Watch of one reader, its buffer; all readers of a node: who gets a change, or one that was Missed)
//
// The package must not know what a session or a note is, and runs no SQL except LISTEN.
package feed
