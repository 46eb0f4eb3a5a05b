// Package failover proves what docs/operating.md says of failovers and upgrades, with two nodes of the service and people
// who read and write through both of them. TestFailover (make failover) kills, freezes and switches over the primary of
// two PostgreSQL under Patroni, with synchronous replication. TestUpgrade (make upgrade) replaces two nodes of an earlier
// release, one after the other. Only those commands run them.
package failover
