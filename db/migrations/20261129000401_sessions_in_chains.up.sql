-- Sessions from before are put in their chains: the one that replaced another began in the transaction
-- that ended that, at the same time to the microsecond.
DROP POLICY IF EXISTS sessions_chaining ON sessions;
--bun:split
CREATE POLICY sessions_chaining ON sessions FOR UPDATE TO CURRENT_USER USING (true);
--bun:split
WITH RECURSIVE chains (id, chain_id) AS (
    SELECT s.id, s.id FROM sessions s
    WHERE s.kind = 'ACCOUNT' AND NOT EXISTS (SELECT FROM sessions r
      WHERE r.user_id = s.user_id AND r.kind = 'ACCOUNT' AND r.revoked_at = s.created_at AND r.id <> s.id)
  UNION
    SELECT s.id, c.chain_id FROM chains c JOIN sessions r ON r.id = c.id
    JOIN sessions s ON s.user_id = r.user_id AND s.kind = 'ACCOUNT' AND s.created_at = r.revoked_at AND s.id <> r.id
  )
UPDATE sessions s SET
  chain_id = coalesce((SELECT min(c.chain_id::text)::uuid FROM chains c WHERE c.id = coalesce(s.granted_by, s.id)), s.granted_by, s.id),
  passkey_id = coalesce(s.passkey_id, (SELECT g.passkey_id FROM sessions g WHERE g.id = s.granted_by))
WHERE s.chain_id IS NULL;
--bun:split
DROP POLICY sessions_chaining ON sessions;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS sessions_chain;
--bun:split
CREATE INDEX CONCURRENTLY sessions_chain ON sessions (chain_id);
