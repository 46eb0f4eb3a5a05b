-- A person's notes of all tenants in the order of the page at /account. Built beside whoever
-- writes, and so in no transaction: what an attempt that failed has left goes first.
DROP INDEX CONCURRENTLY IF EXISTS notes_account;
--bun:split
CREATE INDEX CONCURRENTLY notes_account ON notes (user_id, updated_at DESC, id DESC)
  WHERE trashed_at IS NULL AND deleted_at IS NULL;
