-- How many notes and bytes an owner has, so that no act reads all notes of an owner. An owner is a person at a
-- tenant. A missing row means that the owner's notes were not counted yet: count_notes makes the row and counts.
-- Ids of notes up to deleted_up_to count as taken, because the rows of deleted notes below it are removed.
CREATE TABLE note_counters (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  notes bigint NOT NULL,
  bytes bigint NOT NULL,
  deleted_up_to uuid,
  PRIMARY KEY (user_id, tenant_key)
) WITH (fillfactor = 70);
CREATE INDEX note_counters_marked ON note_counters (user_id, tenant_key) WHERE deleted_up_to IS NOT NULL;

ALTER TABLE note_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE note_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY note_counters_owner ON note_counters TO CURRENT_USER USING (true);
CREATE POLICY note_counters_auth ON note_counters TO aside_auth USING (true);
CREATE POLICY note_counters_widget ON note_counters TO aside_app USING (user_id = owner_user() AND tenant_key = owner_tenant());
CREATE POLICY note_counters_account ON note_counters TO aside_person USING (user_id = account_user());
GRANT SELECT, UPDATE ON note_counters TO aside_app, aside_person;
GRANT SELECT, INSERT, UPDATE, DELETE ON note_counters TO aside_auth;

-- The functions below count notes as the tables' owner, who otherwise sees none.
CREATE POLICY notes_counted ON notes FOR SELECT TO CURRENT_USER USING (current_setting('aside.counting', true) = 'on');

-- count_notes counts the notes of an owner who has no row, and reports whether there was none. With again it counts
-- those of any owner, and reports whether there was a row and it was wrong. It locks the row before it counts, and every act that makes, grows or deletes a note
-- changes the row in the same transaction: such an act is counted here, or waits and then adds itself.
CREATE FUNCTION count_notes(person uuid, tenant text, again boolean) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  made    boolean;
  before  public.note_counters;
  counted public.note_counters;
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
  -- Earlier releases mark a deleted note by pinning it.
  SELECT n.id INTO counted.deleted_up_to FROM public.notes n
    WHERE n.user_id = person AND n.tenant_key = tenant AND n.deleted_at IS NOT NULL AND n.pinned ORDER BY n.id DESC LIMIT 1;
  SET LOCAL aside.counting = '';
  UPDATE public.note_counters c
    SET notes = counted.notes, bytes = counted.bytes, deleted_up_to = greatest(c.deleted_up_to, counted.deleted_up_to)
    WHERE c.user_id = person AND c.tenant_key = tenant;
  RETURN CASE WHEN again THEN NOT made AND (before.notes, before.bytes) <> (counted.notes, counted.bytes) ELSE made END;
END
$$;

-- note_tenants returns the tenants at which a person has notes, or had some.
CREATE FUNCTION note_tenants(person uuid) RETURNS SETOF text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  SET LOCAL aside.counting = 'on';
  RETURN QUERY
    SELECT c.tenant_key FROM public.note_counters c WHERE c.user_id = person
    UNION SELECT n.tenant_key FROM public.notes n WHERE n.user_id = person ORDER BY 1;
  SET LOCAL aside.counting = '';
END
$$;
REVOKE ALL ON FUNCTION count_notes(uuid, text, boolean), note_tenants(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_notes(uuid, text, boolean), note_tenants(uuid) TO aside_auth;

-- Nodes of an earlier release don't count: this does it for them. They delete rows of notes only with the account,
-- or those of deleted notes.
CREATE FUNCTION count_for_older_node() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  more_notes bigint := (NEW.deleted_at IS NULL)::int;
  more_bytes bigint := coalesce(octet_length(NEW.sealed), 0);
  mark  uuid := CASE WHEN NEW.pinned AND NEW.deleted_at IS NOT NULL THEN NEW.id END;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.user_id = NEW.user_id THEN
      more_notes := more_notes - (OLD.deleted_at IS NULL)::int;
      more_bytes := more_bytes - coalesce(octet_length(OLD.sealed), 0);
    ELSE -- a merge
      UPDATE public.note_counters c
        SET notes = c.notes - (OLD.deleted_at IS NULL)::int, bytes = c.bytes - coalesce(octet_length(OLD.sealed), 0)
        WHERE c.user_id = OLD.user_id AND c.tenant_key = OLD.tenant_key;
    END IF;
  END IF;
  IF more_notes = 0 AND more_bytes = 0 AND mark IS NULL THEN
    RETURN NULL;
  END IF;
  IF NOT public.count_notes(NEW.user_id, NEW.tenant_key, false) THEN
    UPDATE public.note_counters c SET notes = c.notes + more_notes, bytes = c.bytes + more_bytes,
      deleted_up_to = greatest(c.deleted_up_to, mark)
      WHERE c.user_id = NEW.user_id AND c.tenant_key = NEW.tenant_key;
  END IF;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION count_for_older_node() FROM PUBLIC;
CREATE TRIGGER notes_count_for_older_node AFTER INSERT OR UPDATE ON notes FOR EACH ROW
  WHEN (current_setting('application_name') IN ('aside', 'aside sealed')) EXECUTE FUNCTION count_for_older_node();

-- This release reads deleted_up_to by itself. For an earlier one, an id below it is not inserted either. The row is
-- locked, so that the mark stays where it is until the note is there.
CREATE OR REPLACE FUNCTION keep_deleted_ids() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  mark uuid;
BEGIN
  IF current_setting('application_name') NOT IN ('aside', 'aside sealed') THEN
    RETURN NEW;
  END IF;
  IF EXISTS (SELECT FROM public.notes mark
      WHERE mark.user_id = NEW.user_id AND mark.id >= NEW.id AND mark.pinned AND mark.deleted_at IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  PERFORM public.count_notes(NEW.user_id, NEW.tenant_key, false);
  SELECT c.deleted_up_to INTO mark FROM public.note_counters c
    WHERE c.user_id = NEW.user_id AND c.tenant_key = NEW.tenant_key FOR NO KEY UPDATE;
  IF mark >= NEW.id THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END
$$;

-- This release changes the ledger in the act that deletes an account.
CREATE OR REPLACE FUNCTION uncount_notes() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF current_setting('application_name') NOT IN ('aside', 'aside sealed') THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.usage_periods AS p (tenant_key, period, notes)
    SELECT g.tenant_key, today.period, -count(*)
    FROM gone g, unnest(ARRAY[to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'), to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')]) today(period)
    WHERE g.deleted_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (tenant_key, period) DO UPDATE SET notes = p.notes + excluded.notes;
  RETURN NULL;
END
$$;

-- Rows of deleted notes are removed up to the mark. A create of this release reads the mark under the row's lock
-- after it has inserted the note, so no create can still be under way that has not seen it.
CREATE OR REPLACE FUNCTION sweep_deleted_notes(batch int) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  swept bigint;
BEGIN
  DELETE FROM public.notes WHERE deleted_at IS NOT NULL AND (user_id, id) IN (
    SELECT n.user_id, n.id
    FROM public.note_counters c JOIN public.notes n ON n.user_id = c.user_id AND n.tenant_key = c.tenant_key AND n.id <= c.deleted_up_to
    WHERE c.deleted_up_to IS NOT NULL AND n.deleted_at IS NOT NULL
    LIMIT batch);
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END
$$;
