-- What happened to one account, by its pseudonym.
DROP INDEX CONCURRENTLY IF EXISTS audit_events_actor;
--bun:split
CREATE INDEX CONCURRENTLY audit_events_actor ON audit_events (actor, id DESC) WHERE tenant_key IS NULL;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS audit_events_target;
--bun:split
CREATE INDEX CONCURRENTLY audit_events_target ON audit_events (target, id DESC) WHERE tenant_key IS NULL;
