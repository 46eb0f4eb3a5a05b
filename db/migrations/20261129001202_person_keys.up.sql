-- Keys that start with the user. A contract migration makes them the primary keys.
-- Built while nodes serve, and so in no transaction: what an attempt that failed has left is dropped first.
DROP INDEX CONCURRENTLY IF EXISTS passkeys_person;
--bun:split
CREATE UNIQUE INDEX CONCURRENTLY passkeys_person ON passkeys (user_id, id);
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS identities_person;
--bun:split
CREATE UNIQUE INDEX CONCURRENTLY identities_person ON identities (user_id, id);
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS recovery_codes_person;
--bun:split
CREATE UNIQUE INDEX CONCURRENTLY recovery_codes_person ON recovery_codes (user_id, locator);
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS members_person;
--bun:split
CREATE UNIQUE INDEX CONCURRENTLY members_person ON members (user_id, tenant_key);
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS members_tenant;
--bun:split
CREATE INDEX CONCURRENTLY members_tenant ON members (tenant_key);
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS users_vouched_by;
--bun:split
CREATE INDEX CONCURRENTLY users_vouched_by ON users (vouched_by) WHERE vouched_by IS NOT NULL;
