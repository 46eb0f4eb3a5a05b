-- Where a tenant's backend is told of events, and what is still to be sent. Secrets are derived from the root secret, so none is
-- stored. What a delivery says about a visitor is sealed.
CREATE TABLE webhooks (
  id uuid PRIMARY KEY,
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  url text NOT NULL,
  events text[] NOT NULL,
  generation int NOT NULL DEFAULT 0, -- of the secret
  rotated_at timestamptz,
  closed_month text COLLATE "C" NOT NULL, -- the last month that usage.month_closed was queued for
  created_at timestamptz NOT NULL DEFAULT now(),
  last_delivered_at timestamptz,
  failing_since timestamptz -- null if the last attempt succeeded
);
CREATE INDEX webhooks_tenant ON webhooks (tenant_key);

CREATE TABLE webhook_deliveries (
  id uuid PRIMARY KEY,
  webhook_id uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  tenant_key text COLLATE "C" NOT NULL,
  event text NOT NULL,
  sealed_payload bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  attempts int NOT NULL DEFAULT 0,
  status int,
  next_at timestamptz -- of the next attempt; null if there is none
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_webhook_due ON webhook_deliveries (webhook_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (created_at);

ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks FORCE ROW LEVEL SECURITY;
CREATE POLICY webhooks_auth ON webhooks TO aside_auth USING (true);
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_deliveries_auth ON webhook_deliveries TO aside_auth USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks, webhook_deliveries TO aside_auth;

-- Until when the keys of a key set are used if it cannot be fetched again, and whether key.expiring was queued since the last fetch that
-- succeeded.
ALTER TABLE assertion_keys ADD COLUMN keys_expire_at timestamptz;
ALTER TABLE assertion_keys ADD COLUMN expiry_announced boolean NOT NULL DEFAULT false;
