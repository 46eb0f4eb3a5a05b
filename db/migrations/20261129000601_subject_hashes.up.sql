-- A tenant's subject is one person's, and found by its hash; a name is found by its hash. Built beside
-- whoever writes, and so in no transaction: what an attempt that failed has left goes first.
DROP INDEX CONCURRENTLY IF EXISTS identities_subject_hash;
--bun:split
CREATE UNIQUE INDEX CONCURRENTLY identities_subject_hash ON identities (tenant_key, subject_hash);
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS users_vouched_subject_hash;
--bun:split
CREATE UNIQUE INDEX CONCURRENTLY users_vouched_subject_hash ON users (vouched_by, vouched_subject_hash) WHERE merged_into IS NULL;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS users_name_hash;
--bun:split
CREATE INDEX CONCURRENTLY users_name_hash ON users (name_hash) WHERE name_hash IS NOT NULL;
