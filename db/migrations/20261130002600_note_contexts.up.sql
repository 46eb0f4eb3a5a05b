-- The page on which a note was written: its id, title and URL, sealed, and a hash of the id under its person's key. A node of
-- the release before stores none, and leaves those that it finds.
ALTER TABLE notes ADD COLUMN IF NOT EXISTS sealed_context bytea, ADD COLUMN IF NOT EXISTS context_hash bytea;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS notes_context;
--bun:split
CREATE INDEX CONCURRENTLY notes_context ON notes (user_id, tenant_key, context_hash, pinned DESC, updated_at DESC, id DESC)
  WHERE trashed_at IS NULL AND deleted_at IS NULL AND context_hash IS NOT NULL;
