-- What is swept is removed by functions that can do nothing else: nobody may delete a note that is
-- not deleted already, and nobody an entry of the audit log that is not a month old.
CREATE POLICY notes_deleted_read ON notes FOR SELECT TO CURRENT_USER USING (deleted_at IS NOT NULL);
CREATE POLICY notes_deleted_sweep ON notes FOR DELETE TO CURRENT_USER USING (deleted_at IS NOT NULL);

-- The ids of deleted notes stay taken. An owner with many of them has a mark: one deleted note, pinned,
-- below which every id of the person's counts as taken, at whatever tenant. What is below it goes a minute
-- later, when no statement is left that has not seen the mark.
CREATE FUNCTION sweep_deleted_notes(batch int) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  swept bigint;
BEGIN
  DELETE FROM public.notes WHERE deleted_at IS NOT NULL AND (user_id, id) IN (
    SELECT n.user_id, n.id
    FROM public.notes mark JOIN public.notes n ON n.user_id = mark.user_id AND n.tenant_key = mark.tenant_key AND n.id < mark.id
    WHERE mark.pinned AND mark.deleted_at IS NOT NULL AND mark.updated_at < now() - interval '1 minute'
      AND n.deleted_at IS NOT NULL
    LIMIT batch);
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END
$$;
REVOKE ALL ON FUNCTION sweep_deleted_notes(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep_deleted_notes(int) TO aside_auth;

-- An id that is below a mark is not inserted, as one that a row has is not. A session of one tenant does not
-- see the marks at the others, and the previous release knows of none: so it is done here.
CREATE FUNCTION keep_deleted_ids() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF EXISTS (SELECT FROM public.notes mark
      WHERE mark.user_id = NEW.user_id AND mark.id >= NEW.id AND mark.pinned AND mark.deleted_at IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER notes_keep_deleted_ids BEFORE INSERT ON notes
  FOR EACH ROW WHEN (current_user = 'aside_app') EXECUTE FUNCTION keep_deleted_ids();

CREATE POLICY audit_events_old_read ON audit_events FOR SELECT TO CURRENT_USER USING (at < now() - interval '30 days');
CREATE POLICY audit_events_old_sweep ON audit_events FOR DELETE TO CURRENT_USER USING (at < now() - interval '30 days');

-- Ids are of version 7: they begin with the milliseconds since 1970, and their index is in the order of time.
CREATE FUNCTION sweep_audit_events(kept interval, batch int) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  swept bigint;
  since timestamptz := now() - greatest(kept, interval '30 days');
  first uuid := rpad(lpad(to_hex(floor(extract(epoch FROM since) * 1000)::bigint), 12, '0'), 32, '0')::uuid;
BEGIN
  DELETE FROM public.audit_events WHERE at < since AND id IN (
    SELECT e.id FROM public.audit_events e WHERE e.id < first AND e.at < since ORDER BY e.id LIMIT batch);
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END
$$;
REVOKE ALL ON FUNCTION sweep_audit_events(interval, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep_audit_events(interval, int) TO aside_auth;
