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
//   - running it: server (Config, Start, Stop, URLs and what callers see),
//     postmaster (one run of PostgreSQL: launched, ready, shut down by signals; its pid file),
//     supervise (starts it again, with pauses, until it gives up),
//     settings (postgresql.conf, access rules (pg_hba.conf, peers), libpq's environment),
//     socket (its directory aside-pg-…: made, checked, removed),
//     server_log (PostgreSQL's output: severities, its last lines),
//     program_error (the sentence for an error that the output explains; a full disk, no permission)
//   - the cluster: location (where a data directory's cluster is; root's link; Remove),
//     lock (who runs it: ErrRunning, RunningError, its URL),
//     initdb (making it under another name and renaming it, with the owner's role and the database; its version; running a short
//     program),
//     account (the operating system user that PostgreSQL runs as: its name, credentials, environment, chown),
//     leftovers (what a killed service left: waits for it, ends it, removes its pid file; cluster_name),
//     process_* (on each operating system: dying with the service, finding the cluster's processes in /proc)
//   - the programs: binaries (finding them in PATH and directories, their versions, libraries),
//     install (for the machine, with apt-get; what to do by hand),
//     download (Debian's packages for a user alone, unpacked; which ones)
//
// The package knows nothing of notes, users or migrations and imports no other package of Aside. A
// service that uses another PostgreSQL server does not call it.
package postgres
