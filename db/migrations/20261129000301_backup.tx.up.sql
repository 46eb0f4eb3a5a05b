-- The owner sees no row of a walled table, and has to see all of them to back them up. backing_up says
-- whether the owner asks for that, in person: in a function that runs as the owner for somebody
-- else (SECURITY DEFINER) the role in force is the caller's, and it says no. Each walled table gets a
-- policy for it when migrations have run (db/backup.go), those to come included.
CREATE FUNCTION backing_up() RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT coalesce(current_setting('aside.backup', true) = 'on', false)
    AND current_user::text = CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END
$$;
REVOKE ALL ON FUNCTION backing_up() FROM PUBLIC;
