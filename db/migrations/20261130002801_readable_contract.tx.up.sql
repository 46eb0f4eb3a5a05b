-- From here on, notes may be end-to-end encrypted. A node of a release that does not know them would store readable texts in their
-- place, so the database refuses it: each release has its own application_name (db/upgrade.go). Otherwise the functions are as before.
CREATE OR REPLACE FUNCTION owner_user() RETURNS uuid
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
  presented text := current_setting('aside.session', true);
  person uuid;
  token  bytea;
  key    text;
  tenant text;
BEGIN
  IF length(presented) < 140 THEN
    RETURN NULL;
  END IF;
  IF current_setting('application_name') IN ('aside', 'aside sealed', 'aside 3') THEN
    RAISE 'this node is of an earlier release, which knows no end-to-end encrypted notes: upgrade it';
  END IF;
  person := left(presented, 32)::uuid;
  token := decode(substr(presented, 33, 64), 'hex');
  key := substr(presented, 97, 43);
  tenant := substr(presented, 140);
  RETURN (SELECT s.user_id FROM public.sessions s
    WHERE s.user_id = person AND s.token_hash = token AND s.kind = 'WIDGET' AND s.jkt = key AND s.tenant_key = tenant
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now());
END
$$;

CREATE OR REPLACE FUNCTION account_user() RETURNS uuid
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
  presented text := current_setting('aside.session', true);
  person uuid;
  token  bytea;
BEGIN
  IF length(presented) <> 96 THEN
    RETURN NULL;
  END IF;
  IF current_setting('application_name') IN ('aside', 'aside sealed', 'aside 3') THEN
    RAISE 'this node is of an earlier release, which knows no end-to-end encrypted notes: upgrade it';
  END IF;
  person := left(presented, 32)::uuid;
  token := decode(substr(presented, 33, 64), 'hex');
  RETURN (SELECT s.user_id FROM public.sessions s
    WHERE s.user_id = person AND s.token_hash = token AND s.kind = 'ACCOUNT'
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now());
END
$$;
