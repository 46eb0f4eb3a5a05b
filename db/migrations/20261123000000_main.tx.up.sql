-- Roles. The owner (whoever runs this migration) owns everything and serves nothing.
--   aside_app   answers for one person at a time; sees rows only through that person's live session
--   aside_auth  decides who a person is; never sees a note
-- They are made at each start (serving_role.go): they belong to the whole cluster and aren't part of a dump.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO aside_app, aside_auth;

-- Companies that embed the widget.
CREATE TABLE tenants (
  key          text COLLATE "C" PRIMARY KEY CHECK (key ~ '^t_[a-z0-9]{4,40}$'),
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  created_at   timestamptz NOT NULL DEFAULT now(),
  suspended_at timestamptz
);

CREATE TABLE embed_origins (
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  origin     text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_key, origin)
);

-- People. data_key is wrapped by the master key and seals all that the person writes.
CREATE TABLE users (
  id           uuid PRIMARY KEY,
  handle       bytea NOT NULL UNIQUE CHECK (octet_length(handle) = 64),
  display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 80),
  data_key     bytea NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE passkeys (
  id              uuid PRIMARY KEY,
  user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  credential_id   bytea NOT NULL UNIQUE CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
  public_key      bytea NOT NULL,
  aaguid          bytea NOT NULL,
  transports      text[] NOT NULL,
  sign_count      bigint NOT NULL,
  backup_eligible boolean NOT NULL,
  backed_up       boolean NOT NULL,
  name            text NOT NULL DEFAULT '',
  created_at      timestamptz NOT NULL DEFAULT now(),
  last_used_at    timestamptz
);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- A WebAuthn ceremony under way: one use, one browser.
CREATE TABLE ceremonies (
  id_hash      bytea PRIMARY KEY,
  browser_hash bytea NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('registration', 'login')),
  session_data jsonb NOT NULL,
  expires_at   timestamptz NOT NULL
);
CREATE INDEX ceremonies_expiry ON ceremonies (expires_at);

-- What a sign-in yields. ACCOUNT sessions are cookies at the account origin; WIDGET
-- sessions are access tokens bound to a key (jkt) and to one tenant.
CREATE TABLE sessions (
  id            uuid PRIMARY KEY,
  kind          text NOT NULL CHECK (kind IN ('ACCOUNT', 'WIDGET')),
  token_hash    bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  tenant_key    text COLLATE "C" REFERENCES tenants,
  embed_origin  text COLLATE "C",
  jkt           text COLLATE "C" NOT NULL DEFAULT '',
  granted_by    uuid REFERENCES sessions ON DELETE SET NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  last_used_at  timestamptz NOT NULL DEFAULT now(),
  idle_timeout  interval NOT NULL,
  expires_at    timestamptz NOT NULL,
  revoked_at    timestamptz,
  CHECK ((kind = 'WIDGET') = (tenant_key IS NOT NULL AND embed_origin IS NOT NULL AND jkt <> ''))
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_granted_by ON sessions (granted_by);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- One authorization: pushed (RFC 9126), opened in one browser, decided, redeemed.
CREATE TABLE authorization_requests (
  id                 uuid PRIMARY KEY,
  request_uri_hash   bytea NOT NULL UNIQUE,
  tenant_key         text COLLATE "C" NOT NULL REFERENCES tenants,
  redirect_uri       text NOT NULL,
  response_mode      text NOT NULL CHECK (response_mode IN ('query', 'web_message')),
  state              text NOT NULL,
  scope              text NOT NULL,
  code_challenge     text NOT NULL,
  jkt                text COLLATE "C" NOT NULL,
  embed_origin       text COLLATE "C" NOT NULL,
  created_at         timestamptz NOT NULL DEFAULT now(),
  expires_at         timestamptz NOT NULL,
  browser_hash       bytea,
  opened_at          timestamptz,
  decided_at         timestamptz,
  user_id            uuid REFERENCES users ON DELETE CASCADE,
  account_session_id uuid REFERENCES sessions ON DELETE SET NULL,
  code_hash          bytea UNIQUE,
  redeemed_at        timestamptz,
  session_id         uuid REFERENCES sessions ON DELETE SET NULL
);
CREATE INDEX authorization_requests_expiry ON authorization_requests (expires_at);

-- Which tenants a person has allowed to open notes at all.
CREATE TABLE consents (
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, tenant_key)
);

-- DPoP proofs that have been used (RFC 9449 §11.1), exact across nodes.
CREATE TABLE spent_proofs (
  proof_hash bytea PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX spent_proofs_expiry ON spent_proofs (expires_at);

-- Notes. user_id leads every key: it is the sharding key, and ids are unique per user, so that
-- nobody can probe or squat a stranger's. sealed holds title, body and tags; a deleted note
-- keeps its id and nothing else.
CREATE TABLE notes (
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  id         uuid NOT NULL,
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  version    integer NOT NULL DEFAULT 1 CHECK (version > 0),
  pinned     boolean NOT NULL DEFAULT false,
  sealed     bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  trashed_at timestamptz,
  deleted_at timestamptz,
  PRIMARY KEY (user_id, id),
  CHECK ((sealed IS NULL) = (deleted_at IS NOT NULL))
);
CREATE INDEX notes_updated ON notes (user_id, tenant_key, updated_at DESC, id DESC)
  WHERE trashed_at IS NULL AND deleted_at IS NULL;
CREATE INDEX notes_created ON notes (user_id, tenant_key, created_at DESC, id DESC)
  WHERE trashed_at IS NULL AND deleted_at IS NULL;
CREATE INDEX notes_pinned ON notes (user_id, tenant_key, pinned DESC, updated_at DESC, id DESC)
  WHERE trashed_at IS NULL AND deleted_at IS NULL;
CREATE INDEX notes_trashed ON notes (user_id, tenant_key, updated_at DESC, id DESC)
  WHERE trashed_at IS NOT NULL AND deleted_at IS NULL;

-- The wall -------------------------------------------------------------------------------
-- The setting aside.session is what the client presented: the hex SHA-256 of its token,
-- followed by the thumbprint of the key that proved it ('' for a cookie). Everything else
-- follows from the sessions table, so a setting without a live token opens nothing.
CREATE VIEW presented_session AS
  SELECT s.*
  FROM sessions s, (SELECT NULLIF(current_setting('aside.session', true), '') AS value) presented
  WHERE s.token_hash = decode(left(presented.value, 64), 'hex')
    AND s.jkt = substr(presented.value, 65)
    AND s.revoked_at IS NULL
    AND s.expires_at > now()
    AND s.last_used_at + s.idle_timeout > now();

-- PL/pgSQL, not SQL: its plan is cached.
CREATE FUNCTION current_owner(OUT user_id uuid, OUT tenant_key text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  SELECT s.user_id, s.tenant_key INTO current_owner.user_id, current_owner.tenant_key
    FROM public.presented_session s WHERE s.kind = 'WIDGET';
END
$$;

CREATE FUNCTION current_account() RETURNS uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN (SELECT s.user_id FROM public.presented_session s WHERE s.kind = 'ACCOUNT');
END
$$;

CREATE FUNCTION current_session(
    OUT id uuid, OUT kind text, OUT user_id uuid, OUT tenant_key text, OUT embed_origin text, OUT jkt text,
    OUT created_at timestamptz, OUT last_used_at timestamptz, OUT expires_at timestamptz,
    OUT display_name text, OUT data_key bytea)
  RETURNS SETOF record
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY
    SELECT s.id, s.kind, s.user_id, s.tenant_key, s.embed_origin, s.jkt,
           s.created_at, s.last_used_at, s.expires_at, u.display_name, u.data_key
    FROM public.presented_session s JOIN public.users u ON u.id = s.user_id;
END
$$;

REVOKE ALL ON FUNCTION current_owner(), current_account(), current_session() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_owner(), current_account(), current_session() TO aside_app;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['users', 'passkeys', 'ceremonies', 'sessions', 'authorization_requests', 'consents', 'notes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    IF name <> 'notes' THEN
      EXECUTE format('CREATE POLICY %I ON %I TO aside_auth USING (true)', name || '_auth', name);
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO aside_auth', name);
    END IF;
  END LOOP;
END
$$;

-- The functions above run as the owner, whom FORCE confines too: it may look up sessions and
-- their users, and no policy lets it see a note.
CREATE POLICY sessions_lookup ON sessions FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY users_lookup ON users FOR SELECT TO CURRENT_USER USING (true);

-- A widget reads and writes its person's notes of its tenant; the account page reads and edits
-- them for all tenants, and writes none of its own. The widget is asked about all day: it comes
-- first, and what follows is then never evaluated.
CREATE POLICY notes_read ON notes FOR SELECT TO aside_app
  USING ((user_id, tenant_key) = (SELECT o.user_id, o.tenant_key FROM current_owner() o)
    OR user_id = (SELECT current_account()));
CREATE POLICY notes_edit ON notes FOR UPDATE TO aside_app
  USING ((user_id, tenant_key) = (SELECT o.user_id, o.tenant_key FROM current_owner() o)
    OR user_id = (SELECT current_account()));
CREATE POLICY notes_write ON notes FOR INSERT TO aside_app
  WITH CHECK ((user_id, tenant_key) = (SELECT o.user_id, o.tenant_key FROM current_owner() o));

GRANT SELECT, INSERT, UPDATE ON notes TO aside_app;
GRANT SELECT ON tenants, embed_origins TO aside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenants, embed_origins, spent_proofs TO aside_auth;
GRANT INSERT ON spent_proofs TO aside_app;
