// Package failover proves what docs/operating.md says of a failover: two PostgreSQL under Patroni, with
// synchronous replication, two nodes of the service, and people who read and write through both of
// them while the primary is killed, frozen and switched over. It runs by make failover alone.
package failover
