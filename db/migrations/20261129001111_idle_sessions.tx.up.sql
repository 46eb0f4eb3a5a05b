-- The functions of the policies read idle_until.
CREATE OR REPLACE FUNCTION owner_user() RETURNS uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  presented text := current_setting('aside.session', true);
BEGIN
  IF length(presented) < 140 THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT s.user_id FROM public.sessions s
    WHERE s.user_id = left(presented, 32)::uuid AND s.token_hash = decode(substr(presented, 33, 64), 'hex')
      AND s.kind = 'WIDGET' AND s.jkt = substr(presented, 97, 43) AND s.tenant_key = substr(presented, 140)
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now());
END
$$;

CREATE OR REPLACE FUNCTION account_user() RETURNS uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  presented text := current_setting('aside.session', true);
BEGIN
  IF length(presented) <> 96 THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT s.user_id FROM public.sessions s
    WHERE s.user_id = left(presented, 32)::uuid AND s.token_hash = decode(substr(presented, 33, 64), 'hex')
      AND s.kind = 'ACCOUNT'
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now());
END
$$;

CREATE OR REPLACE FUNCTION merging_user() RETURNS uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  presented text := current_setting('aside.merging', true);
BEGIN
  IF length(presented) <> 96 THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT s.user_id FROM public.sessions s
    WHERE s.user_id = left(presented, 32)::uuid AND s.token_hash = decode(substr(presented, 33, 64), 'hex')
      AND s.kind = 'MERGE'
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now());
END
$$;

-- Of these sessions, those that are live. The first array has the user of each.
CREATE FUNCTION still_live(users uuid[], ids uuid[]) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT s.id FROM unnest(users, ids) AS asked (user_id, id)
    JOIN public.sessions s ON s.user_id = asked.user_id AND s.id = asked.id
    WHERE s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now();
END
$$;
REVOKE ALL ON FUNCTION still_live(uuid[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION still_live(uuid[], uuid[]) TO aside_app;
