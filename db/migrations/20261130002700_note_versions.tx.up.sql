-- Earlier versions of notes: what a note's text was, sealed as the note was with that version. They count as bytes of their
-- owner. A note's versions are in the same form as its text, so that converting a note removes them.
CREATE TABLE note_versions (
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  note_id    uuid NOT NULL,
  version    int NOT NULL CHECK (version > 0),
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  sealed     bytea NOT NULL,
  written_at timestamptz NOT NULL, -- when the note last changed while it had this text
  kept_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, note_id, version)
);

ALTER TABLE note_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE note_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY note_versions_widget ON note_versions TO aside_app USING (user_id = owner_user() AND tenant_key = owner_tenant());
CREATE POLICY note_versions_account ON note_versions TO aside_person USING (user_id = account_user());
CREATE POLICY note_versions_merging_read ON note_versions FOR SELECT TO aside_merge USING (user_id = merging_user());
CREATE POLICY note_versions_merging_remove ON note_versions FOR DELETE TO aside_merge USING (user_id = merging_user());
CREATE POLICY note_versions_merging_add ON note_versions FOR INSERT TO aside_merge WITH CHECK (user_id = account_user());
GRANT SELECT, INSERT, DELETE ON note_versions TO aside_app, aside_person, aside_merge;

-- For the functions below, as for notes.
CREATE POLICY note_versions_counted ON note_versions FOR SELECT TO CURRENT_USER USING (current_setting('aside.counting', true) = 'on');
CREATE POLICY note_versions_swept ON note_versions FOR DELETE TO CURRENT_USER USING (current_setting('aside.counting', true) = 'on');

-- As before, and earlier versions are counted too.
CREATE OR REPLACE FUNCTION count_notes(person uuid, tenant text, again boolean) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  made     boolean;
  before   public.note_counters;
  counted  public.note_counters;
  versions bigint;
BEGIN
  INSERT INTO public.note_counters (user_id, tenant_key, notes, bytes) VALUES (person, tenant, 0, 0) ON CONFLICT DO NOTHING;
  made := FOUND;
  IF NOT made AND NOT again THEN
    RETURN false;
  END IF;
  SELECT * INTO before FROM public.note_counters c WHERE c.user_id = person AND c.tenant_key = tenant FOR UPDATE;
  SET LOCAL aside.counting = 'on';
  -- A statement of its own: it sees what was committed before the lock was given.
  SELECT count(*), coalesce(sum(octet_length(n.sealed)), 0) INTO counted.notes, counted.bytes
    FROM public.notes n WHERE n.user_id = person AND n.tenant_key = tenant AND n.deleted_at IS NULL;
  SELECT coalesce(sum(octet_length(v.sealed)), 0) INTO versions
    FROM public.note_versions v WHERE v.user_id = person AND v.tenant_key = tenant;
  counted.bytes := counted.bytes + versions;
  -- Earlier releases mark a deleted note by pinning it.
  SELECT n.id INTO counted.deleted_up_to FROM public.notes n
    WHERE n.user_id = person AND n.tenant_key = tenant AND n.deleted_at IS NOT NULL AND n.pinned ORDER BY n.id DESC LIMIT 1;
  SET LOCAL aside.counting = '';
  SELECT u.sealing INTO counted.sealing FROM public.users u WHERE u.id = person;
  UPDATE public.note_counters c
    SET notes = counted.notes, bytes = counted.bytes, deleted_up_to = greatest(c.deleted_up_to, counted.deleted_up_to),
      sealing = counted.sealing
    WHERE c.user_id = person AND c.tenant_key = tenant;
  RETURN CASE WHEN again THEN NOT made AND (before.notes, before.bytes) <> (counted.notes, counted.bytes) ELSE made END;
END
$$;

-- A node of the release before deletes and converts notes without their versions. sweep_note_versions deletes versions of
-- deleted notes, and those in another form than their note: the first byte of what is sealed. It returns how many.
CREATE FUNCTION sweep_note_versions(batch int) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  owner   record;
  removed bigint;
  freed   bigint;
  swept   bigint := 0;
BEGIN
  SET LOCAL aside.counting = 'on';
  FOR owner IN
    SELECT v.user_id, v.tenant_key, array_agg(v.note_id) AS ids, array_agg(v.version) AS versions FROM (
      SELECT w.user_id, w.tenant_key, w.note_id, w.version
      FROM public.note_versions w LEFT JOIN public.notes n ON n.user_id = w.user_id AND n.id = w.note_id
      WHERE n.sealed IS NULL OR substr(n.sealed, 1, 1) <> substr(w.sealed, 1, 1)
      LIMIT batch) v
    GROUP BY 1, 2 ORDER BY 1, 2
  LOOP
    PERFORM FROM public.note_counters c WHERE c.user_id = owner.user_id AND c.tenant_key = owner.tenant_key FOR NO KEY UPDATE;
    WITH deleted AS (
      DELETE FROM public.note_versions v
        WHERE v.user_id = owner.user_id AND (v.note_id, v.version) IN (SELECT * FROM unnest(owner.ids, owner.versions))
        RETURNING octet_length(v.sealed) AS size)
    SELECT count(*), coalesce(sum(size), 0) INTO removed, freed FROM deleted;
    UPDATE public.note_counters c SET bytes = c.bytes - freed WHERE c.user_id = owner.user_id AND c.tenant_key = owner.tenant_key;
    swept := swept + removed;
  END LOOP;
  SET LOCAL aside.counting = '';
  RETURN swept;
END
$$;
REVOKE ALL ON FUNCTION sweep_note_versions(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep_note_versions(int) TO aside_auth;
