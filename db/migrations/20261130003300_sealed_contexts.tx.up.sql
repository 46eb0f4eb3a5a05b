-- A node of the release before encrypts a note end to end, but leaves the page on which the note was written: the service can read
-- it. sweep_sealed_contexts removes the pages of such notes: 2 is the first byte of what only a device can read. It returns how many.
CREATE POLICY notes_contexts_swept ON notes FOR UPDATE TO CURRENT_USER
  USING (current_setting('aside.counting', true) = 'on' AND sealed_context IS NOT NULL)
  WITH CHECK (sealed_context IS NULL AND context_hash IS NULL);

CREATE FUNCTION sweep_sealed_contexts(batch int) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  person  record;
  removed bigint;
  swept   bigint := 0;
BEGIN
  SET LOCAL aside.counting = 'on';
  FOR person IN
    SELECT c.user_id, array_agg(c.id) AS ids FROM (
      SELECT n.user_id, n.id FROM public.notes n
      WHERE n.sealed_context IS NOT NULL AND get_byte(substr(n.sealed, 1, 1), 0) = 2
      LIMIT batch) c
    GROUP BY 1 ORDER BY 1
  LOOP
    UPDATE public.notes n SET sealed_context = NULL, context_hash = NULL
      WHERE n.user_id = person.user_id AND n.id = ANY (person.ids)
        AND n.sealed_context IS NOT NULL AND get_byte(substr(n.sealed, 1, 1), 0) = 2;
    GET DIAGNOSTICS removed = ROW_COUNT;
    swept := swept + removed;
  END LOOP;
  SET LOCAL aside.counting = '';
  RETURN swept;
END
$$;
REVOKE ALL ON FUNCTION sweep_sealed_contexts(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep_sealed_contexts(int) TO aside_auth;
