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
//   - changes: feed (Feed, Source, Change and its kinds),
//     notifier (the queue before NOTIFY),
//     encoding (the form in which nodes send changes),
//     follow (LISTEN: receiving changes, which sessions still live),
//     watch (one reader, and all readers of a node)
//
// The package must not know what a session or a note is, and runs no SQL except LISTEN.
package feed
