-- Which chain a session is of: the account sessions that replaced one another in one browser for one
-- person, and the widget sessions that any of them granted. Whatever ends one of the account sessions
-- ends the chain, however often it was replaced.
ALTER TABLE sessions ADD COLUMN chain_id uuid;

-- A widget session rests on the passkey that its account session rested on when it granted it, whatever
-- that one is confirmed with later. A code is granted before it is redeemed.
ALTER TABLE authorization_requests ADD COLUMN passkey_id uuid;

-- Nodes of the release before know of no chains. What they insert is put in its chain here: a widget
-- session in the one of its account session, an account session in the one of the session that it
-- replaced in the same transaction, which now() is the time of.
CREATE FUNCTION join_chain() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  UPDATE public.sessions s SET
    chain_id = coalesce(
      (SELECT coalesce(g.chain_id, g.id) FROM public.sessions g WHERE g.id = NEW.granted_by),
      (SELECT coalesce(r.chain_id, r.id) FROM public.sessions r
        WHERE NEW.kind = 'ACCOUNT' AND r.user_id = NEW.user_id AND r.kind = 'ACCOUNT' AND r.revoked_at = now() AND r.id <> NEW.id
        ORDER BY r.id LIMIT 1),
      NEW.id),
    passkey_id = coalesce(NEW.passkey_id, (SELECT g.passkey_id FROM public.sessions g WHERE g.id = NEW.granted_by))
  WHERE s.id = NEW.id;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION join_chain() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION join_chain() TO aside_auth;
CREATE TRIGGER chained AFTER INSERT ON sessions FOR EACH ROW WHEN (NEW.chain_id IS NULL) EXECUTE FUNCTION join_chain();
