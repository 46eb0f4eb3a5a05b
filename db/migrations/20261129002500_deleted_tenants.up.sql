-- When a tenant was deleted. Its row stays, since notes and the bill refer to it, and its key is never given again. A deleted
-- tenant is suspended too, so that a node of the release before refuses it.
ALTER TABLE tenants ADD COLUMN IF NOT EXISTS deleted_at timestamptz;
