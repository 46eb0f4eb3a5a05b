// Package backupfile is the file that `aside backup` writes: what is in it, and how one that was cut
// short or altered is told from a whole one.
//
// # Why not pg_dump
//
// The notes are behind forced row-level security, which binds the owner too. pg_dump as the owner
// fails there; with --enable-row-security it writes the few rows that the owner sees, and exits 0.
// Only a superuser's dump is complete, and managed services give none. The programs are not
// everywhere either (the npm binaries lack them), and must be no older than the server. So a backup
// is written and read by aside itself, over the owner's URL, on PostgreSQL 15 to 18 alike: package db
// reads each table by COPY in one snapshot, through a policy for exactly that (db/backup_snapshot.go), and
// refuses to where a policy would hide a row.
//
// # The file
//
// A ZIP archive, written from beginning to end in bounded memory:
//
//	tables/<name>   the rows, as COPY … TO STDOUT (FORMAT binary) gives them
//	manifest.json   which release, schema, origin and master keys; of each table the columns, the
//	                number of rows and the SHA-256 of its entry
//	seal            the SHA-256 of manifest.json, sealed under the master key
//
// A restore needs no SQL from the file: the migrations make the schema and the roles, so that a
// cluster may be new, and another version.
//
// The master key is not in it. Without that key neither notes nor secrets open, and a file that was
// altered is not taken: a passkey cannot be put into a backup.
//
// The package knows the file and nothing of SQL, and imports nothing of ours.
package backupfile
