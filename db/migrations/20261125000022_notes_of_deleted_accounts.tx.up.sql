-- Notes that go with their account are no notes of the tenant's any more. Nothing else deletes rows
-- of notes, and who deletes accounts may not see them: the rows that go are counted here.
CREATE POLICY usage_periods_uncount ON usage_periods TO CURRENT_USER USING (true);

CREATE FUNCTION uncount_notes() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO public.usage_periods AS p (tenant_key, period, notes)
    SELECT g.tenant_key, today.period, -count(*)
    FROM gone g, unnest(ARRAY[to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'), to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')]) today(period)
    WHERE g.deleted_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (tenant_key, period) DO UPDATE SET notes = p.notes + excluded.notes;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION uncount_notes() FROM PUBLIC;
CREATE TRIGGER notes_uncount AFTER DELETE ON notes REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION uncount_notes();
