// Package postgres runs a private PostgreSQL cluster for a service that was
// given no database of its own: real PostgreSQL binaries, found on the machine
// or installed by [Start], on a unix socket that only this service can reach.
//
// # What it promises
//
//   - Nothing listens on TCP. The socket is in a fresh directory of mode 0700,
//     and PostgreSQL lets in only the operating system user that runs the
//     service (peer authentication), so there is no password to lose.
//   - A COMMIT that was answered is on disk: fsync, synchronous_commit and
//     full_page_writes are on, and data pages carry checksums.
//   - PostgreSQL's log goes to the service's, and holds no SQL: errors of
//     statements reach the client that caused them and nobody else.
//   - libpq's variables in the environment (PGSERVICE, PGOPTIONS, …) are meant
//     for another server, and change nothing.
//   - PostgreSQL ends with the service, even where that is killed, and is
//     started again where it alone was.
//   - One service per cluster: a second [Start] is [ErrRunning].
//
// # Where things are
//
//	DataDir/postgres         the cluster; as root a link to /var/lib/aside/<hash>,
//	                         since PostgreSQL refuses root and another user may
//	                         be unable to pass the directories above DataDir
//	<cluster>.lock           held while the service lives; names it and its socket
//	/run/aside-…, /tmp/…     the socket's directory, made anew by each Start
//
// The package knows nothing of notes, users or migrations and imports nothing
// of Aside's. To use a PostgreSQL that is run by others, don't call it at all.
package postgres
