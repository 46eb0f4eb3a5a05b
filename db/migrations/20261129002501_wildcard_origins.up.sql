-- Whether a tenant's embed origins may have one wildcard label. Nodes of the release before match no wildcard.
ALTER TABLE tenants ADD COLUMN IF NOT EXISTS wildcard_origins boolean NOT NULL DEFAULT false;
