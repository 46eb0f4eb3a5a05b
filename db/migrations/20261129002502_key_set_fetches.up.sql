-- When a tenant's key set was last fetched, and why that failed.
ALTER TABLE assertion_keys ADD COLUMN IF NOT EXISTS fetched_at timestamptz, ADD COLUMN IF NOT EXISTS fetch_error text NOT NULL DEFAULT '';
