-- How often something was tried, on all nodes together, that guards a secret or fills the
-- database: of each key the moment from which nothing of its past counts any more. A key is an
-- HMAC of what is tried and by whom. What a crash forgets is only how much somebody has tried.
CREATE UNLOGGED TABLE tries (
  key_hash bytea PRIMARY KEY CHECK (octet_length(key_hash) = 32),
  free_at  timestamptz NOT NULL
);
GRANT SELECT, UPDATE, DELETE ON tries TO aside_auth; -- to sweep

-- try_wait says for how many seconds a key has to wait where it may try so often in a span.
CREATE FUNCTION try_wait(key bytea, tries int, span double precision) RETURNS double precision
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN coalesce((SELECT greatest(0, extract(epoch FROM t.free_at - clock_timestamp()) + span / tries - span)
    FROM public.tries t WHERE t.key_hash = key), 0);
END
$$;

-- count_try counts a try, and gives 0, or counts nothing and gives how long to wait.
CREATE FUNCTION count_try(key bytea, tries int, span double precision) RETURNS double precision
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  at   timestamptz := clock_timestamp();
  step interval := make_interval(secs => span / tries);
BEGIN
  INSERT INTO public.tries AS t (key_hash, free_at) VALUES (key, at + step)
  ON CONFLICT (key_hash) DO UPDATE SET free_at = greatest(t.free_at, at) + step
    WHERE greatest(t.free_at, at) + step <= at + make_interval(secs => span);
  IF FOUND THEN
    RETURN 0;
  END IF;
  RETURN greatest(public.try_wait(key, tries, span), 0.001);
END
$$;
REVOKE ALL ON FUNCTION try_wait(bytea, int, double precision), count_try(bytea, int, double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION try_wait(bytea, int, double precision), count_try(bytea, int, double precision) TO aside_app;
