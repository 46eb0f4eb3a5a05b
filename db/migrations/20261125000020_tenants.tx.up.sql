-- How a tenant wants its widget to look; '' for its own name and the widget's colour.
ALTER TABLE tenants
  ADD COLUMN brand_name text NOT NULL DEFAULT '' CHECK (length(brand_name) <= 80),
  ADD COLUMN accent text NOT NULL DEFAULT '' CHECK (accent ~ '^(#[0-9a-f]{6})?$');

-- Links by which people become members of a tenant: used once, kept hashed.
CREATE TABLE invitations (
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  role       text NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'VIEWER')),
  invited_by uuid REFERENCES users ON DELETE CASCADE, -- NULL for an operator
  expires_at timestamptz NOT NULL
);
CREATE INDEX invitations_tenant ON invitations (tenant_key);
CREATE INDEX invitations_by ON invitations (invited_by);
CREATE INDEX invitations_expiry ON invitations (expires_at);

-- What tenants are billed for. A visitor is known here by a keyed hash that is another one at each
-- tenant and in each month; it is there to be counted once and goes when its period is over.
CREATE TABLE usage_visitors (
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  period     text COLLATE "C" NOT NULL CHECK (period ~ '^\d{4}-\d\d(-\d\d)?$'), -- a day or a month, UTC
  visitor    bytea NOT NULL CHECK (octet_length(visitor) = 16),
  PRIMARY KEY (tenant_key, period, visitor)
);
CREATE INDEX usage_visitors_period ON usage_visitors (period);

CREATE TABLE usage_periods (
  tenant_key   text COLLATE "C" NOT NULL REFERENCES tenants,
  period       text COLLATE "C" NOT NULL CHECK (period ~ '^\d{4}-\d\d(-\d\d)?$'),
  active_users bigint NOT NULL DEFAULT 0,
  operations   bigint NOT NULL DEFAULT 0,
  notes        bigint NOT NULL DEFAULT 0, -- made, less those destroyed
  PRIMARY KEY (tenant_key, period)
);

-- Many pages of sessions are passed by where those of one tenant or origin end.
CREATE INDEX sessions_tenant ON sessions (tenant_key, embed_origin) WHERE tenant_key IS NOT NULL AND revoked_at IS NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['invitations', 'usage_visitors', 'usage_periods'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO aside_auth USING (true)', name || '_auth', name);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON invitations, usage_visitors TO aside_auth;
GRANT SELECT, INSERT, UPDATE ON usage_periods TO aside_auth;
