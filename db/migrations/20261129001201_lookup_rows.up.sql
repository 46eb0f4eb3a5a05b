-- The rows from before, in batches, each its own transaction. A batch locks its rows against being deleted,
-- so that no lookup is left of one that is. What is there already is skipped, so that this may be run again.
-- It runs as aside_auth: row-level security hides these tables from the owner.
DO $do$
DECLARE
  job   text[];
  after text;
  upto  text;
BEGIN
  FOREACH job SLICE 1 IN ARRAY ARRAY[
    ['passkeys', 'id', 'uuid', '00000000-0000-0000-0000-000000000000', 'credentials', 'credential_id, user_id', 'true'],
    ['recovery_codes', 'locator', 'text', '', 'recovery_locators', 'locator, user_id', 'true'],
    ['identities', 'id', 'uuid', '00000000-0000-0000-0000-000000000000',
      'subjects', 'tenant_key, subject_hash, user_id, false', 'subject_hash IS NOT NULL'],
    ['users', 'id', 'uuid', '00000000-0000-0000-0000-000000000000',
      'subjects', 'vouched_by, vouched_subject_hash, id, true', 'vouched_subject_hash IS NOT NULL'],
    ['users', 'id', 'uuid', '00000000-0000-0000-0000-000000000000', 'user_handles', 'handle, id', 'vouched_by IS NULL']
  ] LOOP
    after := job[4];
    LOOP
      PERFORM set_config('role', 'aside_auth', true);
      EXECUTE format('SELECT max(k.key::text COLLATE "C") FROM (SELECT %2$I AS key FROM %1$I WHERE %2$I > $1::%3$s ORDER BY %2$I LIMIT 1000) k',
        job[1], job[2], job[3]) INTO upto USING after;
      EXIT WHEN upto IS NULL;
      BEGIN
        EXECUTE format('WITH batch AS (SELECT * FROM %1$I WHERE %2$I > $1::%3$s AND %2$I <= $2::%3$s AND %6$s FOR KEY SHARE)
          INSERT INTO %4$I SELECT %5$s FROM batch ON CONFLICT DO NOTHING', job[1], job[2], job[3], job[5], job[6], job[7])
          USING after, upto;
        after := upto;
      EXCEPTION WHEN deadlock_detected THEN -- with a node that links one of the subjects: once more
      END;
      COMMIT;
    END LOOP;
  END LOOP;
END
$do$;
