// Command bench measures, side by side in one run, every ratio that Aside aims for,
// and prints them in one table. `make bench` builds and runs it; docs/performance.md says
// how to read what it prints and shows the last table.
//
//	bench ──┬─ PostgreSQL          of package db/postgres, durable as shipped, filled by COPY
//	        ├─ aside serve         the real binary, as shipped
//	        ├─ bench hand          the yardstick (package hand), a process of its own
//	        ├─ node server.mjs     PostGraphile, a peer, where Node is there
//	        └─ pgbench             PostgreSQL's own, one prepared statement
//
// Two contenders are never compared by runs at different times: slices of a second or two
// alternate, each pair gives one ratio, and the table has the least, the median and the
// greatest of them. Other load on the machine then affects both alike. CPU is what the
// operating system says that a process, and PostgreSQL with it, has used for a request.
//
// Nothing here is a test: a ratio that is not reached is reported, and fails nothing.
package main
