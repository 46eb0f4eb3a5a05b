// Package backupfile reads and writes the file that `aside backup` makes, and detects a file that was
// cut short or altered.
//
// # Why not pg_dump
//
// The notes are behind forced row-level security, which binds the owner too. pg_dump as the owner fails there;
// with --enable-row-security it writes the few rows that the owner sees, and exits 0. Only a superuser's dump
// is complete, and managed services provide no superuser. The pg_dump program is not everywhere either (the npm
// binaries lack it), and must not be older than the server. So aside itself writes and reads a backup, over the
// owner's URL, on PostgreSQL 15 to 18 alike: package db reads each table by COPY in one snapshot, through a
// policy for exactly that (db/backup.go), and refuses if a policy would hide a row.
//
// # The file
//
// A ZIP archive, written from beginning to end in bounded memory:
//
//	tables/<name>   the rows, as COPY … TO STDOUT (FORMAT binary) writes them
//	manifest.json   the release, schema, origin and master keys; for each table its columns, its
//	                number of rows and the SHA-256 of its entry
//	seal            the SHA-256 of manifest.json, sealed under the master key
//
// A restore runs no SQL from the file: the migrations create the schema and the roles. So the cluster
// may be new, and of another version.
//
// The file does not contain the master key. Without that key, nobody can read the notes and secrets,
// and an altered file is rejected: nobody can add a passkey to a backup.
//
// # Which file
//
//   - a backup: manifest (what it holds: Manifest, Table, Column, Sequence, Format),
//     writer (writing the archive, counting its bytes, sealing the manifest's digest),
//     reader (reading and checking one: ErrNoBackup, ErrNewer, AlteredError),
//     rows (the rows of a binary COPY: EachRow)
//
// The package knows the file format but no SQL, and imports no other package of Aside.
package backupfile
