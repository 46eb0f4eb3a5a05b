// Command bench measures, side by side in one run, every ratio that Aside aims for,
// and prints them in one table. `make bench` builds and runs it; docs/performance.md says
// how to read what it prints and shows the last table.
//
//	bench ──┬─ PostgreSQL          of package db/postgres, durable as shipped, filled by COPY
//	        ├─ aside serve         the real binary, as shipped; for sign-ins also an earlier one, if -earlier names it
//	        ├─ bench hand          the yardstick (package hand), a process of its own
//	        ├─ node server.mjs     PostGraphile, a peer, where Node is there
//	        └─ pgbench             PostgreSQL's own, one prepared statement
//
// Two contenders are never compared by runs at different times: slices of a second or two
// alternate, each pair gives one ratio, and the table has the least, the median and the
// greatest of them. Other load on the machine then affects both alike. CPU is what the
// operating system says that a process, and PostgreSQL with it, has used for a request.
//
// # Which file
//
//   - a run: main (flags), bench (the parts of a run), table (the ratios and their goals), machine (its description),
//     contender (one side of a comparison), process (a server and its CPU time), profile (pprof)
//   - what is compared: aside (the service, or the handwritten one), cluster (the databases), peer (PostGraphile),
//     pgbench, postgraphile/server, postgraphile/node20
//   - what is measured: operation, operations (what people do, and measuring it), signin (whole sign-ins), memory, growth,
//     creates (the pages that one touches), verification (a passkey's), overload, coldstart (the start),
//     row_security (with and without)
//   - data: population (people and their texts), seed (filling a database), people (sessions, passkeys),
//     holder (an authenticator)
//   - requests: requester (signed before they are measured)
//
// Nothing here is a test: a ratio that is not reached is reported, and fails nothing.
package main
