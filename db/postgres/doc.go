// Package postgres runs a private PostgreSQL cluster for a service that has no other database: real PostgreSQL
// binaries, found on the machine or installed by [Start], on a unix socket that only this service can reach.
//
// # Guarantees
//
//   - Nothing listens on TCP. The socket is in a new directory of mode 0700, and PostgreSQL admits only
//     the operating system user that runs the service (peer authentication). There is no password.
//   - An answered COMMIT is on disk: fsync, synchronous_commit and full_page_writes are on, and data
//     pages have checksums.
//   - PostgreSQL's log goes to the service's log, and holds no SQL: only the client that runs a
//     statement receives its errors.
//   - libpq's variables in the environment (PGSERVICE, PGOPTIONS, …) have no effect: they are meant for
//     another server.
//   - PostgreSQL ends with the service, even if the service is killed. If only PostgreSQL dies, it is
//     started again.
//   - Only one service runs on a cluster: a second [Start] returns [ErrRunning].
//
// # Where things are
//
//	DataDir/postgres         the cluster; for root a link to /var/lib/aside/<hash>, because
//	                         PostgreSQL refuses root, and another user may have no access
//	                         to the directories above DataDir
//	<cluster>.lock           held while the service runs; names its process and its socket
//	/run/aside-pg-…, /tmp/…  the socket's directory, made by each Start
//
// # Which file
//
//   - running it: server (Start, Stop and what callers see),
//     postmaster (one run of PostgreSQL; its pid file),
//     supervise (starts it again),
//     settings (postgresql.conf, access rules, libpq's environment),
//     socket (its directory: names, permissions, removal),
//     server_log (PostgreSQL's output, its last lines),
//     program_error (the error that the output explains)
//   - the cluster: location (where a data directory's cluster is),
//     lock (who runs it),
//     initdb (making it),
//     provision (the owner's role and the database),
//     account (the operating system user that PostgreSQL runs as),
//     leftovers (what a killed service left),
//     process_* (its processes, on each operating system)
//   - the programs: binaries (finding them),
//     install, download (from Debian)
//
// The package knows nothing of notes, users or migrations and imports no other package of Aside. A
// service that uses another PostgreSQL server does not call it.
package postgres
