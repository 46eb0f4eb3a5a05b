-- The functions of the policies read the presented session with the rights of the role that asks. So a cluster takes them
-- after a change in the same transaction: there the owner cannot read what another role has changed. They copy what is
-- presented into variables first: with those a cluster asks the one node that has the session.
--
-- aside_app and aside_person may read nothing else of sessions than the columns below of the one that they present.
CREATE OR REPLACE FUNCTION owner_user() RETURNS uuid
  LANGUAGE plpgsql STABLE SECURITY INVOKER SET search_path = pg_catalog AS $$
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
  LANGUAGE plpgsql STABLE SECURITY INVOKER SET search_path = pg_catalog AS $$
DECLARE
  presented text := current_setting('aside.session', true);
  person uuid;
  token  bytea;
BEGIN
  IF length(presented) <> 96 THEN
    RETURN NULL;
  END IF;
  person := left(presented, 32)::uuid;
  token := decode(substr(presented, 33, 64), 'hex');
  RETURN (SELECT s.user_id FROM public.sessions s
    WHERE s.user_id = person AND s.token_hash = token AND s.kind = 'ACCOUNT'
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now());
END
$$;

CREATE OR REPLACE FUNCTION merging_user() RETURNS uuid
  LANGUAGE plpgsql STABLE SECURITY INVOKER SET search_path = pg_catalog AS $$
DECLARE
  presented text := current_setting('aside.merging', true);
  person uuid;
  token  bytea;
BEGIN
  IF length(presented) <> 96 THEN
    RETURN NULL;
  END IF;
  person := left(presented, 32)::uuid;
  token := decode(substr(presented, 33, 64), 'hex');
  RETURN (SELECT s.user_id FROM public.sessions s
    WHERE s.user_id = person AND s.token_hash = token AND s.kind = 'MERGE'
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now());
END
$$;

GRANT SELECT (user_id, token_hash, kind, jkt, tenant_key, revoked_at, expires_at, idle_until) ON sessions TO aside_app, aside_person;
CREATE POLICY sessions_presented ON sessions FOR SELECT TO aside_app, aside_person
  USING (token_hash = decode(substr(current_setting('aside.session', true), 33, 64), 'hex'));
