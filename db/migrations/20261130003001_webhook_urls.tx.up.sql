-- The URL of a webhook may hold a secret in its path or query, so it is sealed. Sweep seals the URLs that were stored before.
ALTER TABLE webhooks ADD COLUMN sealed_url bytea;
ALTER TABLE webhooks ALTER COLUMN url DROP NOT NULL;
