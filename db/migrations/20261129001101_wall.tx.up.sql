-- Each kind of session has a role of its own: aside_app for widgets, aside_person for accounts, and aside_merge for the
-- transaction that links a subject to an account and moves the notes of the vouched account there. So a policy compares
-- columns with functions and has no subquery and no OR: PostgreSQL evaluates it once for each statement.
--
-- The setting aside.session is '<user id, 32 hexadecimal digits><token hash, 64><key thumbprint, 43><tenant key>'. An
-- account session presents only the first 96 characters. The functions compare all parts with one live session of that
-- user. The release before presents '<token hash><key thumbprint>' to the older functions and policies, which a contract
-- migration drops.

CREATE FUNCTION owner_user() RETURNS uuid
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
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.last_used_at + s.idle_timeout > now());
END
$$;

-- The tenant that is presented. Only together with owner_user() does it prove anything.
CREATE FUNCTION owner_tenant() RETURNS text
  LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.substr(pg_catalog.current_setting('aside.session', true), 140)
$$;

CREATE FUNCTION account_user() RETURNS uuid
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
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.last_used_at + s.idle_timeout > now());
END
$$;

-- The vouched account that is being merged: aside.merging has the form of an account's aside.session.
CREATE FUNCTION merging_user() RETURNS uuid
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
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.last_used_at + s.idle_timeout > now());
END
$$;

REVOKE ALL ON FUNCTION owner_user(), owner_tenant(), account_user(), merging_user() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION owner_user(), owner_tenant() TO aside_app;
GRANT EXECUTE ON FUNCTION account_user() TO aside_person, aside_merge;
GRANT EXECUTE ON FUNCTION merging_user() TO aside_merge;

GRANT USAGE ON SCHEMA public TO aside_person, aside_merge;
GRANT SELECT, UPDATE ON notes TO aside_person;
GRANT SELECT, INSERT, DELETE ON notes TO aside_merge;

-- Beside the older policies for the same role this one is evaluated for each row. Its subqueries are evaluated once; the
-- contract migration, which drops the older policies, removes them.
CREATE POLICY notes_widget ON notes TO aside_app
  USING (user_id = (SELECT owner_user()) AND tenant_key = (SELECT owner_tenant()));
CREATE POLICY notes_account ON notes TO aside_person USING (user_id = account_user());
CREATE POLICY notes_merging_read ON notes FOR SELECT TO aside_merge USING (user_id = merging_user());
CREATE POLICY notes_merging_remove ON notes FOR DELETE TO aside_merge USING (user_id = merging_user());
CREATE POLICY notes_merging_add ON notes FOR INSERT TO aside_merge WITH CHECK (user_id = account_user());

-- A merge inserts what it deletes.
CREATE OR REPLACE TRIGGER notes_uncount AFTER DELETE ON notes REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT WHEN (CURRENT_USER <> 'aside_merge') EXECUTE FUNCTION uncount_notes();
