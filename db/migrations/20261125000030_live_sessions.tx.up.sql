-- Which sessions are live is said in one place, for whoever presents one and for the streams that
-- were opened with some.
CREATE VIEW live_sessions AS
  SELECT s.*
  FROM sessions s
  WHERE s.revoked_at IS NULL
    AND s.expires_at > now()
    AND s.last_used_at + s.idle_timeout > now();

CREATE OR REPLACE VIEW presented_session AS
  SELECT s.*
  FROM live_sessions s, (SELECT NULLIF(current_setting('aside.session', true), '') AS value) presented
  WHERE s.token_hash = decode(left(presented.value, 64), 'hex')
    AND s.jkt = substr(presented.value, 65);

-- Of these sessions, those that are live. Who asks learns nothing else of them.
CREATE FUNCTION still_live(ids uuid[]) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT s.id FROM public.live_sessions s WHERE s.id = ANY (ids);
END
$$;
REVOKE ALL ON FUNCTION still_live(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION still_live(uuid[]) TO aside_app;
