// Command bench measures, side by side in one run, every ratio that Aside is built to reach,
// and prints them in one table. `make bench` builds and runs it; docs/performance.md says
// how to read what it prints and shows the last table.
//
//	bench ──┬─ PostgreSQL          of package db/postgres, durable as shipped, filled by COPY
//	        ├─ aside serve         the real binary, as shipped
//	        ├─ bench hand          the yardstick (package hand), a process of its own
//	        ├─ node server.mjs     PostGraphile, a peer, where Node is there
//	        └─ pgbench             PostgreSQL's own, one prepared statement
//
// Two contenders are never compared by runs that are far apart: slices of a second or two
// alternate, each pair gives one ratio, and the table has the least, the median and the
// greatest of them. What else the machine does then hits both alike. CPU is what the
// operating system says that a process, and PostgreSQL with it, has used for a request.
//
// Nothing here is a test: a ratio that is not reached is told, and fails nothing.
package main
