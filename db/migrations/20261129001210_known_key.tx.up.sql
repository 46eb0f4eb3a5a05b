-- This release locks the master key itself when it writes what is sealed under it. The trigger goes on checking
-- for nodes of an earlier release.
CREATE OR REPLACE FUNCTION sealed_under_known_key() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  sealed bytea;
BEGIN
  IF current_setting('application_name') NOT IN ('aside', 'aside sealed') THEN
    RETURN NEW;
  END IF;
  EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO sealed USING NEW;
  IF sealed IS NULL THEN
    RETURN NEW;
  END IF;
  PERFORM FROM public.master_keys WHERE key_id = substring(sealed FROM 2 FOR 4) FOR KEY SHARE;
  IF NOT FOUND AND EXISTS (SELECT FROM public.master_keys) THEN
    RAISE EXCEPTION 'sealed under a master key that is not in use' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
