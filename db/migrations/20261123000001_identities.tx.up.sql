-- Who a tenant says its visitor is. An identity is (tenant, subject), never an e-mail.

ALTER TABLE tenants
  ADD COLUMN assertion_policy text NOT NULL DEFAULT 'OPTIONAL' CHECK (assertion_policy IN ('NONE', 'OPTIONAL', 'REQUIRED')),
  ADD COLUMN require_nonce boolean NOT NULL DEFAULT false,
  ADD COLUMN vouched_accounts boolean NOT NULL DEFAULT false;

-- People who administer a tenant.
CREATE TABLE members (
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role       text NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'VIEWER')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_key, user_id)
);
CREATE INDEX members_user ON members (user_id);

-- Keys that verify a tenant's assertions. A shared secret is sealed under the master key.
CREATE TABLE assertion_keys (
  id            uuid PRIMARY KEY,
  tenant_key    text COLLATE "C" NOT NULL REFERENCES tenants,
  kind          text NOT NULL CHECK (kind IN ('SHARED_SECRET', 'PUBLIC_JWK', 'JWKS_URL')),
  kid           text NOT NULL DEFAULT '',
  algorithm     text NOT NULL DEFAULT '',
  sealed_secret bytea,
  public_jwk    jsonb,
  jwks_url      text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  last_used_at  timestamptz,
  revoked_at    timestamptz,
  CHECK ((kind = 'SHARED_SECRET') = (sealed_secret IS NOT NULL)),
  CHECK ((kind = 'PUBLIC_JWK') = (public_jwk IS NOT NULL)),
  CHECK ((kind = 'JWKS_URL') = (jwks_url IS NOT NULL))
);
CREATE INDEX assertion_keys_tenant ON assertion_keys (tenant_key);

-- Keys of tenants' backends (sk_…), for the API at the account origin.
CREATE TABLE server_keys (
  id           uuid PRIMARY KEY,
  tenant_key   text COLLATE "C" NOT NULL REFERENCES tenants,
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  prefix       text NOT NULL,
  key_hash     bytea NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
  created_at   timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  revoked_at   timestamptz
);
CREATE INDEX server_keys_tenant ON server_keys (tenant_key);

-- One-time stand-ins for assertions.
CREATE TABLE tickets (
  ticket_hash bytea PRIMARY KEY,
  tenant_key  text COLLATE "C" NOT NULL REFERENCES tenants,
  subject     text NOT NULL,
  email       text NOT NULL DEFAULT '',
  name        text NOT NULL DEFAULT '',
  expires_at  timestamptz NOT NULL
);
CREATE INDEX tickets_expiry ON tickets (expires_at);

-- What an assertion or a ticket was exchanged for (RFC 8693): good for pushing requests with
-- one key, and for nothing else.
CREATE TABLE identity_handles (
  handle_hash bytea PRIMARY KEY,
  tenant_key  text COLLATE "C" NOT NULL REFERENCES tenants,
  subject     text NOT NULL,
  email       text NOT NULL DEFAULT '',
  name        text NOT NULL DEFAULT '',
  jkt         text COLLATE "C" NOT NULL,
  expires_at  timestamptz NOT NULL
);
CREATE INDEX identity_handles_expiry ON identity_handles (expires_at);

-- A tenant's subject that a person has linked to their account.
CREATE TABLE identities (
  id         uuid PRIMARY KEY,
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  subject    text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  email      text NOT NULL DEFAULT '',
  name       text NOT NULL DEFAULT '',
  linked_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_key, subject)
);
CREATE INDEX identities_user ON identities (user_id);

ALTER TABLE authorization_requests
  ADD COLUMN subject text,
  ADD COLUMN subject_email text NOT NULL DEFAULT '',
  ADD COLUMN subject_name text NOT NULL DEFAULT '';

-- The subject that the session's page asserted; NULL for a visitor it said nothing about.
ALTER TABLE sessions ADD COLUMN subject text;
CREATE OR REPLACE VIEW presented_session AS
  SELECT s.*
  FROM sessions s, (SELECT NULLIF(current_setting('aside.session', true), '') AS value) presented
  WHERE s.token_hash = decode(left(presented.value, 64), 'hex')
    AND s.jkt = substr(presented.value, 65)
    AND s.revoked_at IS NULL
    AND s.expires_at > now()
    AND s.last_used_at + s.idle_timeout > now();

-- An account that a tenant's assertion alone opens: of (tenant, subject), until its person adds
-- a passkey. From then on it is merged into the person's own account and opens nothing.
ALTER TABLE users
  ADD COLUMN vouched_by text COLLATE "C" REFERENCES tenants,
  ADD COLUMN vouched_subject text,
  ADD COLUMN merged_into uuid REFERENCES users ON DELETE CASCADE,
  ADD CONSTRAINT users_vouched CHECK ((vouched_by IS NULL) = (vouched_subject IS NULL)),
  ADD CONSTRAINT users_merged CHECK (merged_into IS NULL OR vouched_by IS NOT NULL);
CREATE UNIQUE INDEX users_vouched_subject ON users (vouched_by, vouched_subject) WHERE merged_into IS NULL;

-- What was done that somebody may have to answer for. Append only.
CREATE TABLE audit_events (
  id         uuid PRIMARY KEY,
  tenant_key text COLLATE "C" REFERENCES tenants,
  at         timestamptz NOT NULL DEFAULT now(),
  actor      text NOT NULL,
  action     text NOT NULL,
  target     text NOT NULL DEFAULT '',
  ip         text NOT NULL DEFAULT '',
  detail     text NOT NULL DEFAULT ''
);
CREATE INDEX audit_events_tenant ON audit_events (tenant_key, id DESC);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['members', 'assertion_keys', 'server_keys', 'tickets', 'identity_handles', 'identities', 'audit_events'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I TO aside_auth USING (true)', name || '_auth', name);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON members, assertion_keys, server_keys, tickets, identity_handles, identities TO aside_auth;
GRANT SELECT, INSERT ON audit_events TO aside_auth;

-- A widget session also says which subject it is of and whether its account is vouched.
DROP FUNCTION current_session();
CREATE FUNCTION current_session(
    OUT id uuid, OUT kind text, OUT user_id uuid, OUT tenant_key text, OUT embed_origin text, OUT jkt text,
    OUT subject text, OUT vouched boolean,
    OUT created_at timestamptz, OUT last_used_at timestamptz, OUT expires_at timestamptz,
    OUT display_name text, OUT data_key bytea)
  RETURNS SETOF record
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY
    SELECT s.id, s.kind, s.user_id, s.tenant_key, s.embed_origin, s.jkt, s.subject, u.vouched_by IS NOT NULL,
           s.created_at, s.last_used_at, s.expires_at, u.display_name, u.data_key
    FROM public.presented_session s JOIN public.users u ON u.id = s.user_id;
END
$$;
REVOKE ALL ON FUNCTION current_session() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_session() TO aside_app;

-- The notes of a vouched account that was merged into the presented account are its person's:
-- to be read once more under the old key and moved.
CREATE FUNCTION merging_accounts() RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT u.id FROM public.users u WHERE u.merged_into = public.current_account();
END
$$;
REVOKE ALL ON FUNCTION merging_accounts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION merging_accounts() TO aside_app;

ALTER POLICY notes_read ON notes
  USING ((user_id, tenant_key) = (SELECT o.user_id, o.tenant_key FROM current_owner() o)
    OR user_id = (SELECT current_account())
    OR user_id IN (SELECT merging_accounts()));
ALTER POLICY notes_edit ON notes
  USING ((user_id, tenant_key) = (SELECT o.user_id, o.tenant_key FROM current_owner() o)
    OR user_id = (SELECT current_account())
    OR user_id IN (SELECT merging_accounts()))
  WITH CHECK ((user_id, tenant_key) = (SELECT o.user_id, o.tenant_key FROM current_owner() o)
    OR user_id = (SELECT current_account()));
