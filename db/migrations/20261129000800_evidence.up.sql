-- What a tenant's word about a visitor was accepted for: the assertion key that verified it, or the
-- server key that asked for the ticket, and whether it was made for one widget. Each act that grants
-- something for it sees whether that is still accepted. NULL is what a node of the release before keeps.
-- Each step locks one table for a moment and may be run twice.
ALTER TABLE identity_handles ADD COLUMN IF NOT EXISTS evidence_key uuid, ADD COLUMN IF NOT EXISTS evidence_nonce boolean NOT NULL DEFAULT false;
--bun:split
ALTER TABLE tickets ADD COLUMN IF NOT EXISTS evidence_key uuid;
--bun:split
ALTER TABLE authorization_requests ADD COLUMN IF NOT EXISTS evidence_key uuid, ADD COLUMN IF NOT EXISTS evidence_nonce boolean NOT NULL DEFAULT false;
--bun:split
-- Of a vouched session.
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS evidence_key uuid;
