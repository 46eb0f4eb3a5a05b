CREATE FUNCTION public.account_user() RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog'
    AS $$
DECLARE
  presented text := current_setting('aside.session', true);
  person uuid;
  token  bytea;
BEGIN
  IF length(presented) <> 96 THEN
    RETURN NULL;
  END IF;
  IF current_setting('application_name') IN ('aside', 'aside sealed', 'aside 3') THEN
    RAISE 'this node is of an earlier release, which knows no end-to-end encrypted notes: upgrade it';
  END IF;
  person := left(presented, 32)::uuid;
  token := decode(substr(presented, 33, 64), 'hex');
  RETURN (SELECT s.user_id FROM public.sessions s
    WHERE s.user_id = person AND s.token_hash = token AND s.kind = 'ACCOUNT'
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now());
END
$$;

CREATE FUNCTION public.any_note_in(person uuid, format integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
DECLARE
  found_one boolean;
BEGIN
  SET LOCAL aside.counting = 'on';
  SELECT EXISTS (SELECT FROM public.notes n
    WHERE n.user_id = person AND n.deleted_at IS NULL AND get_byte(substr(n.sealed, 1, 1), 0) = format) INTO found_one;
  SET LOCAL aside.counting = '';
  RETURN found_one;
END
$$;

CREATE FUNCTION public.backing_up() RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog'
    AS $$
  SELECT coalesce(current_setting('aside.backup', true) = 'on', false)
    AND current_user::text = CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END
$$;

CREATE FUNCTION public.count_notes(person uuid, tenant text, again boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

CREATE FUNCTION public.count_try(key bytea, tries integer, span double precision) RETURNS double precision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

CREATE FUNCTION public.merging_user() RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog'
    AS $$
DECLARE
  presented text := current_setting('aside.merging', true);
  person uuid;
  token  bytea;
BEGIN
  IF length(presented) <> 96 THEN
    RETURN NULL;
  END IF;
  person := left(presented, 32)::uuid;
  token := decode(substr(presented, 33, 64), 'hex');
  RETURN (SELECT s.user_id FROM public.sessions s
    WHERE s.user_id = person AND s.token_hash = token AND s.kind = 'MERGE'
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now());
END
$$;

CREATE FUNCTION public.note_tenants(person uuid) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
BEGIN
  SET LOCAL aside.counting = 'on';
  RETURN QUERY
    SELECT c.tenant_key FROM public.note_counters c WHERE c.user_id = person
    UNION SELECT n.tenant_key FROM public.notes n WHERE n.user_id = person ORDER BY 1;
  SET LOCAL aside.counting = '';
END
$$;

CREATE FUNCTION public.owner_tenant() RETURNS text
    LANGUAGE sql STABLE
    AS $$
  SELECT pg_catalog.substr(pg_catalog.current_setting('aside.session', true), 140)
$$;

CREATE FUNCTION public.owner_user() RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog'
    AS $$
DECLARE
  presented text := current_setting('aside.session', true);
  person uuid;
  token  bytea;
  key    text;
  tenant text;
BEGIN
  IF length(presented) < 140 THEN
    RETURN NULL;
  END IF;
  IF current_setting('application_name') IN ('aside', 'aside sealed', 'aside 3') THEN
    RAISE 'this node is of an earlier release, which knows no end-to-end encrypted notes: upgrade it';
  END IF;
  person := left(presented, 32)::uuid;
  token := decode(substr(presented, 33, 64), 'hex');
  key := substr(presented, 97, 43);
  tenant := substr(presented, 140);
  RETURN (SELECT s.user_id FROM public.sessions s
    WHERE s.user_id = person AND s.token_hash = token AND s.kind = 'WIDGET' AND s.jkt = key AND s.tenant_key = tenant
      AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now());
END
$$;

CREATE FUNCTION public.still_live(users uuid[], ids uuid[]) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
BEGIN
  RETURN QUERY SELECT s.id FROM unnest(users, ids) AS asked (user_id, id)
    JOIN public.sessions s ON s.user_id = asked.user_id AND s.id = asked.id
    WHERE s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_until > now();
END
$$;

CREATE FUNCTION public.sweep_audit_events(kept interval, batch integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

CREATE FUNCTION public.sweep_deleted_notes(batch integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

CREATE FUNCTION public.sweep_note_versions(batch integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

CREATE FUNCTION public.sweep_sealed_contexts(batch integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

CREATE FUNCTION public.try_wait(key bytea, tries integer, span double precision) RETURNS double precision
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
BEGIN
  RETURN coalesce((SELECT greatest(0, extract(epoch FROM t.free_at - clock_timestamp()) + span / tries - span)
    FROM public.tries t WHERE t.key_hash = key), 0);
END
$$;

CREATE TABLE public.account_origin (
    one boolean DEFAULT true NOT NULL,
    origin text NOT NULL,
    rp_id text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_origin_one_check CHECK (one)
);

CREATE TABLE public.assertion_keys (
    id uuid NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    kid text DEFAULT ''::text NOT NULL,
    algorithm text DEFAULT ''::text NOT NULL,
    sealed_secret bytea,
    public_jwk jsonb,
    jwks_url text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    fetched_at timestamp with time zone,
    fetch_error text DEFAULT ''::text NOT NULL,
    keys_expire_at timestamp with time zone,
    expiry_announced boolean DEFAULT false NOT NULL,
    CONSTRAINT assertion_keys_check CHECK (((kind = 'SHARED_SECRET'::text) = (sealed_secret IS NOT NULL))),
    CONSTRAINT assertion_keys_check1 CHECK (((kind = 'PUBLIC_JWK'::text) = (public_jwk IS NOT NULL))),
    CONSTRAINT assertion_keys_check2 CHECK (((kind = 'JWKS_URL'::text) = (jwks_url IS NOT NULL))),
    CONSTRAINT assertion_keys_kind_check CHECK ((kind = ANY (ARRAY['SHARED_SECRET'::text, 'PUBLIC_JWK'::text, 'JWKS_URL'::text])))
);

ALTER TABLE ONLY public.assertion_keys FORCE ROW LEVEL SECURITY;

CREATE TABLE public.audit_events (
    id uuid NOT NULL,
    tenant_key text COLLATE pg_catalog."C",
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target text DEFAULT ''::text NOT NULL,
    ip text DEFAULT ''::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    sealed_detail bytea
);

ALTER TABLE ONLY public.audit_events FORCE ROW LEVEL SECURITY;

CREATE TABLE public.authorization_requests (
    id uuid NOT NULL,
    request_uri_hash bytea NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    redirect_uri text NOT NULL,
    response_mode text NOT NULL,
    state text NOT NULL,
    scope text NOT NULL,
    code_challenge text NOT NULL,
    jkt text NOT NULL COLLATE pg_catalog."C",
    embed_origin text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    browser_hash bytea,
    opened_at timestamp with time zone,
    decided_at timestamp with time zone,
    user_id uuid,
    account_session_id uuid,
    code_hash bytea,
    redeemed_at timestamp with time zone,
    session_id uuid,
    subject text,
    subject_email text DEFAULT ''::text NOT NULL,
    subject_name text DEFAULT ''::text NOT NULL,
    passkey_id uuid,
    subject_hash bytea,
    sealed_subject bytea,
    evidence_key uuid,
    evidence_nonce boolean DEFAULT false NOT NULL,
    ui_locales text DEFAULT ''::text NOT NULL,
    content_key_jwk text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT authorization_requests_response_mode_check CHECK ((response_mode = ANY (ARRAY['query'::text, 'web_message'::text]))),
    CONSTRAINT authorization_requests_sealed CHECK (((subject IS NULL) AND (subject_email = ''::text) AND (subject_name = ''::text))),
    CONSTRAINT authorization_requests_subject_hash_check CHECK ((octet_length(subject_hash) = 32))
);

ALTER TABLE ONLY public.authorization_requests FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ceremonies (
    id_hash bytea NOT NULL,
    browser_hash bytea NOT NULL,
    kind text NOT NULL,
    session_data jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    user_id uuid,
    CONSTRAINT ceremonies_kind_check CHECK ((kind = ANY (ARRAY['registration'::text, 'login'::text, 'addition'::text, 'confirmation'::text, 'recovery'::text])))
);

ALTER TABLE ONLY public.ceremonies FORCE ROW LEVEL SECURITY;

CREATE TABLE public.consents (
    user_id uuid NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    withdrawn_at timestamp with time zone,
    embed_origin text COLLATE pg_catalog."C"
);

ALTER TABLE ONLY public.consents FORCE ROW LEVEL SECURITY;

CREATE TABLE public.credentials (
    credential_id bytea NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE ONLY public.credentials FORCE ROW LEVEL SECURITY;

CREATE TABLE public.embed_origins (
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    origin text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.embed_sightings (
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    embed_origin text NOT NULL COLLATE pg_catalog."C",
    hour timestamp with time zone NOT NULL,
    shown bigint NOT NULL,
    signed_in bigint NOT NULL,
    refused bigint NOT NULL,
    shown_at timestamp with time zone,
    signed_in_at timestamp with time zone,
    refused_at timestamp with time zone,
    refusal text NOT NULL
);

ALTER TABLE ONLY public.embed_sightings FORCE ROW LEVEL SECURITY;

CREATE TABLE public.encryption_keys (
    id uuid NOT NULL,
    algorithm text NOT NULL,
    sealed_private bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.encryption_keys FORCE ROW LEVEL SECURITY;

CREATE TABLE public.identities (
    id uuid NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    subject text,
    user_id uuid NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    linked_at timestamp with time zone DEFAULT now() NOT NULL,
    subject_hash bytea,
    sealed_subject bytea,
    CONSTRAINT identities_sealed CHECK (((subject IS NULL) AND (email = ''::text) AND (name = ''::text))),
    CONSTRAINT identities_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 255))),
    CONSTRAINT identities_subject_hash_check CHECK ((octet_length(subject_hash) = 32))
);

ALTER TABLE ONLY public.identities FORCE ROW LEVEL SECURITY;

CREATE TABLE public.identity_handles (
    handle_hash bytea NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    subject text,
    email text DEFAULT ''::text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    jkt text NOT NULL COLLATE pg_catalog."C",
    expires_at timestamp with time zone NOT NULL,
    sealed_subject bytea,
    evidence_key uuid,
    evidence_nonce boolean DEFAULT false NOT NULL,
    CONSTRAINT identity_handles_sealed CHECK (((subject IS NULL) AND (email = ''::text) AND (name = ''::text)))
);

ALTER TABLE ONLY public.identity_handles FORCE ROW LEVEL SECURITY;

CREATE TABLE public.invitations (
    token_hash bytea NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL,
    invited_by uuid,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT invitations_role_check CHECK ((role = ANY (ARRAY['OWNER'::text, 'ADMIN'::text, 'VIEWER'::text]))),
    CONSTRAINT invitations_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.invitations FORCE ROW LEVEL SECURITY;

CREATE TABLE public.key_wraps (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    passkey_id uuid,
    locator text COLLATE pg_catalog."C",
    generation integer NOT NULL,
    sealed_wrap bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT key_wraps_one CHECK (((passkey_id IS NULL) <> (locator IS NULL)))
);

ALTER TABLE ONLY public.key_wraps FORCE ROW LEVEL SECURITY;

CREATE TABLE public.master_keys (
    key_id bytea NOT NULL,
    first_used_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT master_keys_key_id_check CHECK ((octet_length(key_id) = 4))
);

CREATE TABLE public.members (
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    user_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT members_role_check CHECK ((role = ANY (ARRAY['OWNER'::text, 'ADMIN'::text, 'VIEWER'::text])))
);

ALTER TABLE ONLY public.members FORCE ROW LEVEL SECURITY;

CREATE TABLE public.note_counters (
    user_id uuid NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    notes bigint NOT NULL,
    bytes bigint NOT NULL,
    deleted_up_to uuid,
    sealing text DEFAULT 'SERVER'::text NOT NULL COLLATE pg_catalog."C"
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.note_counters FORCE ROW LEVEL SECURITY;

CREATE TABLE public.note_versions (
    user_id uuid NOT NULL,
    note_id uuid NOT NULL,
    version integer NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    sealed bytea NOT NULL,
    written_at timestamp with time zone NOT NULL,
    kept_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT note_versions_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY public.note_versions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.notes (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    version integer DEFAULT 1 NOT NULL,
    pinned boolean DEFAULT false NOT NULL,
    sealed bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    trashed_at timestamp with time zone,
    deleted_at timestamp with time zone,
    sealed_context bytea,
    context_hash bytea,
    CONSTRAINT notes_check CHECK (((sealed IS NULL) = (deleted_at IS NOT NULL))),
    CONSTRAINT notes_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY public.notes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.passkeys (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    aaguid bytea NOT NULL,
    transports text[] NOT NULL,
    sign_count bigint NOT NULL,
    backup_eligible boolean NOT NULL,
    backed_up boolean NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    sealed_name bytea,
    device text,
    CONSTRAINT passkeys_credential_id_check CHECK (((octet_length(credential_id) >= 1) AND (octet_length(credential_id) <= 1023))),
    CONSTRAINT passkeys_sealed CHECK ((name = ''::text))
);

ALTER TABLE ONLY public.passkeys FORCE ROW LEVEL SECURITY;

CREATE TABLE public.recovery_codes (
    locator text NOT NULL COLLATE pg_catalog."C",
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    by_verifier boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.recovery_codes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.recovery_locators (
    locator text NOT NULL COLLATE pg_catalog."C",
    user_id uuid NOT NULL
);

ALTER TABLE ONLY public.recovery_locators FORCE ROW LEVEL SECURITY;

CREATE TABLE public.root_secret (
    one boolean DEFAULT true NOT NULL,
    sealed_secret bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT root_secret_one_check CHECK (one)
);

CREATE TABLE public.sealing (
    one boolean DEFAULT true NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT sealing_one_check CHECK (one)
);

CREATE TABLE public.server_keys (
    id uuid NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    prefix text NOT NULL,
    key_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT server_keys_key_hash_check CHECK ((octet_length(key_hash) = 32)),
    CONSTRAINT server_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80)))
);

ALTER TABLE ONLY public.server_keys FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sessions (
    id uuid NOT NULL,
    kind text NOT NULL,
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    tenant_key text COLLATE pg_catalog."C",
    embed_origin text COLLATE pg_catalog."C",
    jkt text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    granted_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    idle_timeout interval NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    subject text,
    passkey_id uuid,
    confirmed_at timestamp with time zone,
    chain_id uuid,
    subject_hash bytea,
    evidence_key uuid,
    idle_until timestamp with time zone NOT NULL,
    device text,
    CONSTRAINT sessions_check CHECK (((kind = 'WIDGET'::text) = ((tenant_key IS NOT NULL) AND (embed_origin IS NOT NULL) AND (jkt <> ''::text)))),
    CONSTRAINT sessions_kind_check CHECK ((kind = ANY (ARRAY['ACCOUNT'::text, 'WIDGET'::text, 'MERGE'::text]))),
    CONSTRAINT sessions_sealed CHECK ((subject IS NULL)),
    CONSTRAINT sessions_subject_hash_check CHECK ((octet_length(subject_hash) = 32)),
    CONSTRAINT sessions_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.sessions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.spent_proofs (
    proof_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.subjects (
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    subject_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    vouched boolean NOT NULL
);

ALTER TABLE ONLY public.subjects FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenants (
    key text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    suspended_at timestamp with time zone,
    assertion_policy text DEFAULT 'OPTIONAL'::text NOT NULL,
    require_nonce boolean DEFAULT false NOT NULL,
    vouched_accounts boolean DEFAULT false NOT NULL,
    brand_name text DEFAULT ''::text NOT NULL,
    accent text DEFAULT ''::text NOT NULL,
    deleted_at timestamp with time zone,
    wildcard_origins boolean DEFAULT false NOT NULL,
    CONSTRAINT tenants_accent_check CHECK ((accent ~ '^(#[0-9a-f]{6})?$'::text)),
    CONSTRAINT tenants_assertion_policy_check CHECK ((assertion_policy = ANY (ARRAY['NONE'::text, 'OPTIONAL'::text, 'REQUIRED'::text]))),
    CONSTRAINT tenants_brand_name_check CHECK ((length(brand_name) <= 80)),
    CONSTRAINT tenants_key_check CHECK ((key ~ '^t_[a-z0-9]{4,40}$'::text)),
    CONSTRAINT tenants_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80)))
);

CREATE TABLE public.tickets (
    ticket_hash bytea NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    subject text,
    email text DEFAULT ''::text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    sealed_subject bytea,
    evidence_key uuid,
    CONSTRAINT tickets_sealed CHECK (((subject IS NULL) AND (email = ''::text) AND (name = ''::text)))
);

ALTER TABLE ONLY public.tickets FORCE ROW LEVEL SECURITY;

CREATE UNLOGGED TABLE public.tries (
    key_hash bytea NOT NULL,
    free_at timestamp with time zone NOT NULL,
    CONSTRAINT tries_key_hash_check CHECK ((octet_length(key_hash) = 32))
);

CREATE TABLE public.usage_periods (
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    period text NOT NULL COLLATE pg_catalog."C",
    active_users bigint DEFAULT 0 NOT NULL,
    operations bigint DEFAULT 0 NOT NULL,
    notes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT usage_periods_period_check CHECK ((period ~ '^\d{4}-\d\d(-\d\d)?$'::text))
);

ALTER TABLE ONLY public.usage_periods FORCE ROW LEVEL SECURITY;

CREATE TABLE public.usage_visitors (
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    period text NOT NULL COLLATE pg_catalog."C",
    visitor bytea NOT NULL,
    CONSTRAINT usage_visitors_period_check CHECK ((period ~ '^\d{4}-\d\d(-\d\d)?$'::text)),
    CONSTRAINT usage_visitors_visitor_check CHECK ((octet_length(visitor) = 16))
);

ALTER TABLE ONLY public.usage_visitors FORCE ROW LEVEL SECURITY;

CREATE TABLE public.user_handles (
    handle bytea NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE ONLY public.user_handles FORCE ROW LEVEL SECURITY;

CREATE TABLE public.users (
    id uuid NOT NULL,
    handle bytea NOT NULL,
    display_name text,
    data_key bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    vouched_by text COLLATE pg_catalog."C",
    vouched_subject text,
    sealed_name bytea,
    name_hash bytea,
    vouched_subject_hash bytea,
    sealing text DEFAULT 'SERVER'::text NOT NULL COLLATE pg_catalog."C",
    key_generation integer DEFAULT 0 NOT NULL,
    CONSTRAINT users_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 80))),
    CONSTRAINT users_handle_check CHECK ((octet_length(handle) = 64)),
    CONSTRAINT users_name_hash_check CHECK ((octet_length(name_hash) = 32)),
    CONSTRAINT users_sealed CHECK (((display_name IS NULL) AND (vouched_subject IS NULL))),
    CONSTRAINT users_vouched_subject_hash_check CHECK ((octet_length(vouched_subject_hash) = 32))
);

ALTER TABLE ONLY public.users FORCE ROW LEVEL SECURITY;

CREATE TABLE public.webhook_deliveries (
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    event text NOT NULL,
    sealed_payload bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    status integer,
    next_at timestamp with time zone,
    leased boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.webhook_deliveries FORCE ROW LEVEL SECURITY;

CREATE TABLE public.webhooks (
    id uuid NOT NULL,
    tenant_key text NOT NULL COLLATE pg_catalog."C",
    url text,
    events text[] NOT NULL,
    generation integer DEFAULT 0 NOT NULL,
    rotated_at timestamp with time zone,
    closed_month text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_delivered_at timestamp with time zone,
    failing_since timestamp with time zone,
    slow boolean DEFAULT false NOT NULL,
    sealed_url bytea
);

ALTER TABLE ONLY public.webhooks FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY public.account_origin
    ADD CONSTRAINT account_origin_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.assertion_keys
    ADD CONSTRAINT assertion_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.authorization_requests
    ADD CONSTRAINT authorization_requests_code_hash_key UNIQUE (code_hash);

ALTER TABLE ONLY public.authorization_requests
    ADD CONSTRAINT authorization_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.authorization_requests
    ADD CONSTRAINT authorization_requests_request_uri_hash_key UNIQUE (request_uri_hash);

ALTER TABLE ONLY public.ceremonies
    ADD CONSTRAINT ceremonies_pkey PRIMARY KEY (id_hash);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (user_id, tenant_key);

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT credentials_pkey PRIMARY KEY (credential_id);

ALTER TABLE ONLY public.embed_origins
    ADD CONSTRAINT embed_origins_pkey PRIMARY KEY (tenant_key, origin);

ALTER TABLE ONLY public.embed_sightings
    ADD CONSTRAINT embed_sightings_pkey PRIMARY KEY (tenant_key, embed_origin, hour);

ALTER TABLE ONLY public.encryption_keys
    ADD CONSTRAINT encryption_keys_algorithm_key UNIQUE (algorithm);

ALTER TABLE ONLY public.encryption_keys
    ADD CONSTRAINT encryption_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_pkey PRIMARY KEY (user_id, id);

ALTER TABLE public.identities
    ADD CONSTRAINT identities_said CHECK (((subject IS NULL) = ((subject_hash IS NOT NULL) AND (sealed_subject IS NOT NULL)))) NOT VALID;

ALTER TABLE ONLY public.identity_handles
    ADD CONSTRAINT identity_handles_pkey PRIMARY KEY (handle_hash);

ALTER TABLE public.identity_handles
    ADD CONSTRAINT identity_handles_said CHECK (((subject IS NULL) = (sealed_subject IS NOT NULL))) NOT VALID;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.key_wraps
    ADD CONSTRAINT key_wraps_pkey PRIMARY KEY (user_id, id);

ALTER TABLE ONLY public.key_wraps
    ADD CONSTRAINT key_wraps_user_id_locator_key UNIQUE (user_id, locator);

ALTER TABLE ONLY public.key_wraps
    ADD CONSTRAINT key_wraps_user_id_passkey_id_key UNIQUE (user_id, passkey_id);

ALTER TABLE ONLY public.master_keys
    ADD CONSTRAINT master_keys_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (user_id, tenant_key);

ALTER TABLE ONLY public.note_counters
    ADD CONSTRAINT note_counters_pkey PRIMARY KEY (user_id, tenant_key);

ALTER TABLE ONLY public.note_versions
    ADD CONSTRAINT note_versions_pkey PRIMARY KEY (user_id, note_id, version);

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (user_id, id);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (user_id, id);

ALTER TABLE public.recovery_codes
    ADD CONSTRAINT recovery_codes_code_hash_check CHECK ((octet_length(code_hash) = ANY (ARRAY[32, 36]))) NOT VALID;

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, locator);

ALTER TABLE ONLY public.recovery_locators
    ADD CONSTRAINT recovery_locators_pkey PRIMARY KEY (locator);

ALTER TABLE ONLY public.root_secret
    ADD CONSTRAINT root_secret_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.sealing
    ADD CONSTRAINT sealing_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.server_keys
    ADD CONSTRAINT server_keys_key_hash_key UNIQUE (key_hash);

ALTER TABLE ONLY public.server_keys
    ADD CONSTRAINT server_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (user_id, id);

ALTER TABLE ONLY public.spent_proofs
    ADD CONSTRAINT spent_proofs_pkey PRIMARY KEY (proof_hash);

ALTER TABLE ONLY public.subjects
    ADD CONSTRAINT subjects_pkey PRIMARY KEY (tenant_key, subject_hash);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_pkey PRIMARY KEY (ticket_hash);

ALTER TABLE public.tickets
    ADD CONSTRAINT tickets_said CHECK (((subject IS NULL) = (sealed_subject IS NOT NULL))) NOT VALID;

ALTER TABLE ONLY public.tries
    ADD CONSTRAINT tries_pkey PRIMARY KEY (key_hash);

ALTER TABLE ONLY public.usage_periods
    ADD CONSTRAINT usage_periods_pkey PRIMARY KEY (tenant_key, period);

ALTER TABLE ONLY public.usage_visitors
    ADD CONSTRAINT usage_visitors_pkey PRIMARY KEY (tenant_key, period, visitor);

ALTER TABLE ONLY public.user_handles
    ADD CONSTRAINT user_handles_pkey PRIMARY KEY (handle);

ALTER TABLE public.users
    ADD CONSTRAINT users_named CHECK (((display_name IS NULL) = (sealed_name IS NOT NULL))) NOT VALID;

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE public.users
    ADD CONSTRAINT users_sealing CHECK ((sealing = ANY (ARRAY['SERVER'::text, 'ENCRYPTING'::text, 'END_TO_END'::text, 'DECRYPTING'::text]))) NOT VALID;

ALTER TABLE public.users
    ADD CONSTRAINT users_vouched CHECK ((((vouched_by IS NULL) AND (vouched_subject IS NULL) AND (vouched_subject_hash IS NULL)) OR ((vouched_by IS NOT NULL) AND ((vouched_subject IS NULL) = (vouched_subject_hash IS NOT NULL))))) NOT VALID;

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);

CREATE INDEX assertion_keys_revoked ON public.assertion_keys USING btree (revoked_at) WHERE (revoked_at IS NOT NULL);

CREATE INDEX assertion_keys_tenant ON public.assertion_keys USING btree (tenant_key);

CREATE INDEX audit_events_actor ON public.audit_events USING btree (actor, id DESC) WHERE (tenant_key IS NULL);

CREATE INDEX audit_events_target ON public.audit_events USING btree (target, id DESC) WHERE (tenant_key IS NULL);

CREATE INDEX audit_events_tenant ON public.audit_events USING btree (tenant_key, id DESC);

CREATE INDEX authorization_requests_expiry ON public.authorization_requests USING btree (expires_at);

CREATE INDEX authorization_requests_user ON public.authorization_requests USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX ceremonies_expiry ON public.ceremonies USING btree (expires_at);

CREATE INDEX ceremonies_user ON public.ceremonies USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX embed_sightings_hour ON public.embed_sightings USING btree (hour);

CREATE INDEX identity_handles_expiry ON public.identity_handles USING btree (expires_at);

CREATE INDEX invitations_by ON public.invitations USING btree (invited_by);

CREATE INDEX invitations_expiry ON public.invitations USING btree (expires_at);

CREATE INDEX invitations_tenant ON public.invitations USING btree (tenant_key);

CREATE INDEX members_tenant ON public.members USING btree (tenant_key);

CREATE INDEX note_counters_marked ON public.note_counters USING btree (user_id, tenant_key) WHERE (deleted_up_to IS NOT NULL);

CREATE INDEX notes_account ON public.notes USING btree (user_id, updated_at DESC, id DESC) WHERE ((trashed_at IS NULL) AND (deleted_at IS NULL));

CREATE INDEX notes_context ON public.notes USING btree (user_id, tenant_key, context_hash, pinned DESC, updated_at DESC, id DESC) WHERE ((trashed_at IS NULL) AND (deleted_at IS NULL) AND (context_hash IS NOT NULL));

CREATE INDEX notes_created ON public.notes USING btree (user_id, tenant_key, created_at DESC, id DESC) WHERE ((trashed_at IS NULL) AND (deleted_at IS NULL));

CREATE INDEX notes_deleted ON public.notes USING btree (user_id, tenant_key, id DESC) WHERE (deleted_at IS NOT NULL);

CREATE INDEX notes_pinned ON public.notes USING btree (user_id, tenant_key, pinned DESC, updated_at DESC, id DESC) WHERE ((trashed_at IS NULL) AND (deleted_at IS NULL));

CREATE INDEX notes_trashed ON public.notes USING btree (user_id, tenant_key, updated_at DESC, id DESC) WHERE ((trashed_at IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX notes_updated ON public.notes USING btree (user_id, tenant_key, updated_at DESC, id DESC) WHERE ((trashed_at IS NULL) AND (deleted_at IS NULL));

CREATE INDEX recovery_codes_expiry ON public.recovery_codes USING btree (expires_at) WHERE (expires_at IS NOT NULL);

CREATE INDEX server_keys_revoked ON public.server_keys USING btree (revoked_at) WHERE (revoked_at IS NOT NULL);

CREATE INDEX server_keys_tenant ON public.server_keys USING btree (tenant_key);

CREATE INDEX sessions_expiry ON public.sessions USING btree (expires_at);

CREATE INDEX sessions_revoked ON public.sessions USING btree (revoked_at) WHERE (revoked_at IS NOT NULL);

CREATE INDEX sessions_tenant ON public.sessions USING btree (tenant_key, embed_origin) WHERE ((tenant_key IS NOT NULL) AND (revoked_at IS NULL));

CREATE INDEX sessions_token ON public.sessions USING btree (user_id, token_hash);

CREATE INDEX sessions_token_alone ON public.sessions USING btree (token_hash);

CREATE INDEX spent_proofs_expiry ON public.spent_proofs USING btree (expires_at);

CREATE INDEX tickets_expiry ON public.tickets USING btree (expires_at);

CREATE INDEX tries_free ON public.tries USING btree (free_at);

CREATE INDEX usage_visitors_period ON public.usage_visitors USING btree (period);

CREATE INDEX users_name_hash ON public.users USING btree (name_hash) WHERE (name_hash IS NOT NULL);

CREATE INDEX users_vouched_by ON public.users USING btree (vouched_by) WHERE (vouched_by IS NOT NULL);

CREATE INDEX webhook_deliveries_created ON public.webhook_deliveries USING btree (created_at);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX webhook_deliveries_webhook ON public.webhook_deliveries USING btree (webhook_id, id);

CREATE INDEX webhook_deliveries_webhook_due ON public.webhook_deliveries USING btree (webhook_id, next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX webhooks_tenant ON public.webhooks USING btree (tenant_key);

ALTER TABLE ONLY public.assertion_keys
    ADD CONSTRAINT assertion_keys_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.authorization_requests
    ADD CONSTRAINT authorization_requests_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.embed_origins
    ADD CONSTRAINT embed_origins_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.embed_sightings
    ADD CONSTRAINT embed_sightings_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_handles
    ADD CONSTRAINT identity_handles_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.key_wraps
    ADD CONSTRAINT key_wraps_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.note_counters
    ADD CONSTRAINT note_counters_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.note_counters
    ADD CONSTRAINT note_counters_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.note_versions
    ADD CONSTRAINT note_versions_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.note_versions
    ADD CONSTRAINT note_versions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.server_keys
    ADD CONSTRAINT server_keys_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.usage_periods
    ADD CONSTRAINT usage_periods_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.usage_visitors
    ADD CONSTRAINT usage_visitors_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_vouched_by_fkey FOREIGN KEY (vouched_by) REFERENCES public.tenants(key);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES public.webhooks(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_tenant_key_fkey FOREIGN KEY (tenant_key) REFERENCES public.tenants(key);

ALTER TABLE public.assertion_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY assertion_keys_auth ON public.assertion_keys TO aside_auth USING (true);

CREATE POLICY assertion_keys_backup ON public.assertion_keys FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.audit_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY audit_events_auth ON public.audit_events TO aside_auth USING (true);

CREATE POLICY audit_events_backup ON public.audit_events FOR SELECT TO aside USING (public.backing_up());

CREATE POLICY audit_events_old_read ON public.audit_events FOR SELECT TO aside USING ((at < (now() - '30 days'::interval)));

CREATE POLICY audit_events_old_sweep ON public.audit_events FOR DELETE TO aside USING ((at < (now() - '30 days'::interval)));

ALTER TABLE public.authorization_requests ENABLE ROW LEVEL SECURITY;

CREATE POLICY authorization_requests_auth ON public.authorization_requests TO aside_auth USING (true);

CREATE POLICY authorization_requests_backup ON public.authorization_requests FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.ceremonies ENABLE ROW LEVEL SECURITY;

CREATE POLICY ceremonies_auth ON public.ceremonies TO aside_auth USING (true);

CREATE POLICY ceremonies_backup ON public.ceremonies FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.consents ENABLE ROW LEVEL SECURITY;

CREATE POLICY consents_auth ON public.consents TO aside_auth USING (true);

CREATE POLICY consents_backup ON public.consents FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.credentials ENABLE ROW LEVEL SECURITY;

CREATE POLICY credentials_auth ON public.credentials TO aside_auth USING (true);

CREATE POLICY credentials_backup ON public.credentials FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.embed_sightings ENABLE ROW LEVEL SECURITY;

CREATE POLICY embed_sightings_auth ON public.embed_sightings TO aside_auth USING (true);

CREATE POLICY embed_sightings_backup ON public.embed_sightings FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.encryption_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY encryption_keys_auth ON public.encryption_keys TO aside_auth USING (true);

CREATE POLICY encryption_keys_backup ON public.encryption_keys FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.identities ENABLE ROW LEVEL SECURITY;

CREATE POLICY identities_auth ON public.identities TO aside_auth USING (true);

CREATE POLICY identities_backup ON public.identities FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.identity_handles ENABLE ROW LEVEL SECURITY;

CREATE POLICY identity_handles_auth ON public.identity_handles TO aside_auth USING (true);

CREATE POLICY identity_handles_backup ON public.identity_handles FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;

CREATE POLICY invitations_auth ON public.invitations TO aside_auth USING (true);

CREATE POLICY invitations_backup ON public.invitations FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.key_wraps ENABLE ROW LEVEL SECURITY;

CREATE POLICY key_wraps_auth ON public.key_wraps TO aside_auth USING (true);

CREATE POLICY key_wraps_backup ON public.key_wraps FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.members ENABLE ROW LEVEL SECURITY;

CREATE POLICY members_auth ON public.members TO aside_auth USING (true);

CREATE POLICY members_backup ON public.members FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.note_counters ENABLE ROW LEVEL SECURITY;

CREATE POLICY note_counters_account ON public.note_counters TO aside_person USING ((user_id = public.account_user()));

CREATE POLICY note_counters_auth ON public.note_counters TO aside_auth USING (true);

CREATE POLICY note_counters_backup ON public.note_counters FOR SELECT TO aside USING (public.backing_up());

CREATE POLICY note_counters_owner ON public.note_counters TO aside USING (true);

CREATE POLICY note_counters_widget ON public.note_counters TO aside_app USING (((user_id = public.owner_user()) AND (tenant_key = public.owner_tenant())));

ALTER TABLE public.note_versions ENABLE ROW LEVEL SECURITY;

CREATE POLICY note_versions_account ON public.note_versions TO aside_person USING ((user_id = public.account_user()));

CREATE POLICY note_versions_backup ON public.note_versions FOR SELECT TO aside USING (public.backing_up());

CREATE POLICY note_versions_counted ON public.note_versions FOR SELECT TO aside USING ((current_setting('aside.counting'::text, true) = 'on'::text));

CREATE POLICY note_versions_merging_add ON public.note_versions FOR INSERT TO aside_merge WITH CHECK ((user_id = public.account_user()));

CREATE POLICY note_versions_merging_read ON public.note_versions FOR SELECT TO aside_merge USING ((user_id = public.merging_user()));

CREATE POLICY note_versions_merging_remove ON public.note_versions FOR DELETE TO aside_merge USING ((user_id = public.merging_user()));

CREATE POLICY note_versions_swept ON public.note_versions FOR DELETE TO aside USING ((current_setting('aside.counting'::text, true) = 'on'::text));

CREATE POLICY note_versions_widget ON public.note_versions TO aside_app USING (((user_id = public.owner_user()) AND (tenant_key = public.owner_tenant())));

ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;

CREATE POLICY notes_account ON public.notes TO aside_person USING ((user_id = public.account_user()));

CREATE POLICY notes_backup ON public.notes FOR SELECT TO aside USING (public.backing_up());

CREATE POLICY notes_contexts_swept ON public.notes FOR UPDATE TO aside USING (((current_setting('aside.counting'::text, true) = 'on'::text) AND (sealed_context IS NOT NULL))) WITH CHECK (((sealed_context IS NULL) AND (context_hash IS NULL)));

CREATE POLICY notes_counted ON public.notes FOR SELECT TO aside USING ((current_setting('aside.counting'::text, true) = 'on'::text));

CREATE POLICY notes_deleted_read ON public.notes FOR SELECT TO aside USING ((deleted_at IS NOT NULL));

CREATE POLICY notes_deleted_sweep ON public.notes FOR DELETE TO aside USING ((deleted_at IS NOT NULL));

CREATE POLICY notes_merging_add ON public.notes FOR INSERT TO aside_merge WITH CHECK ((user_id = public.account_user()));

CREATE POLICY notes_merging_read ON public.notes FOR SELECT TO aside_merge USING ((user_id = public.merging_user()));

CREATE POLICY notes_merging_remove ON public.notes FOR DELETE TO aside_merge USING ((user_id = public.merging_user()));

CREATE POLICY notes_widget ON public.notes TO aside_app USING (((user_id = public.owner_user()) AND (tenant_key = public.owner_tenant())));

ALTER TABLE public.passkeys ENABLE ROW LEVEL SECURITY;

CREATE POLICY passkeys_auth ON public.passkeys TO aside_auth USING (true);

CREATE POLICY passkeys_backup ON public.passkeys FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.recovery_codes ENABLE ROW LEVEL SECURITY;

CREATE POLICY recovery_codes_auth ON public.recovery_codes TO aside_auth USING (true);

CREATE POLICY recovery_codes_backup ON public.recovery_codes FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.recovery_locators ENABLE ROW LEVEL SECURITY;

CREATE POLICY recovery_locators_auth ON public.recovery_locators TO aside_auth USING (true);

CREATE POLICY recovery_locators_backup ON public.recovery_locators FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.server_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY server_keys_auth ON public.server_keys TO aside_auth USING (true);

CREATE POLICY server_keys_backup ON public.server_keys FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY sessions_auth ON public.sessions TO aside_auth USING (true);

CREATE POLICY sessions_backup ON public.sessions FOR SELECT TO aside USING (public.backing_up());

CREATE POLICY sessions_lookup ON public.sessions FOR SELECT TO aside USING (true);

CREATE POLICY sessions_presented ON public.sessions FOR SELECT TO aside_app, aside_person USING ((token_hash = decode(substr(current_setting('aside.session'::text, true), 33, 64), 'hex'::text)));

ALTER TABLE public.subjects ENABLE ROW LEVEL SECURITY;

CREATE POLICY subjects_auth ON public.subjects TO aside_auth USING (true);

CREATE POLICY subjects_backup ON public.subjects FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.tickets ENABLE ROW LEVEL SECURITY;

CREATE POLICY tickets_auth ON public.tickets TO aside_auth USING (true);

CREATE POLICY tickets_backup ON public.tickets FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.usage_periods ENABLE ROW LEVEL SECURITY;

CREATE POLICY usage_periods_auth ON public.usage_periods TO aside_auth USING (true);

CREATE POLICY usage_periods_backup ON public.usage_periods FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.usage_visitors ENABLE ROW LEVEL SECURITY;

CREATE POLICY usage_visitors_auth ON public.usage_visitors TO aside_auth USING (true);

CREATE POLICY usage_visitors_backup ON public.usage_visitors FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.user_handles ENABLE ROW LEVEL SECURITY;

CREATE POLICY user_handles_auth ON public.user_handles TO aside_auth USING (true);

CREATE POLICY user_handles_backup ON public.user_handles FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;

CREATE POLICY users_auth ON public.users TO aside_auth USING (true);

CREATE POLICY users_backup ON public.users FOR SELECT TO aside USING (public.backing_up());

CREATE POLICY users_lookup ON public.users FOR SELECT TO aside USING (true);

ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;

CREATE POLICY webhook_deliveries_auth ON public.webhook_deliveries TO aside_auth USING (true);

CREATE POLICY webhook_deliveries_backup ON public.webhook_deliveries FOR SELECT TO aside USING (public.backing_up());

ALTER TABLE public.webhooks ENABLE ROW LEVEL SECURITY;

CREATE POLICY webhooks_auth ON public.webhooks TO aside_auth USING (true);

CREATE POLICY webhooks_backup ON public.webhooks FOR SELECT TO aside USING (public.backing_up());

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO aside_app;
GRANT USAGE ON SCHEMA public TO aside_person;
GRANT USAGE ON SCHEMA public TO aside_auth;
GRANT USAGE ON SCHEMA public TO aside_merge;

REVOKE ALL ON FUNCTION public.account_user() FROM PUBLIC;
GRANT ALL ON FUNCTION public.account_user() TO aside_person;
GRANT ALL ON FUNCTION public.account_user() TO aside_merge;

REVOKE ALL ON FUNCTION public.any_note_in(person uuid, format integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.any_note_in(person uuid, format integer) TO aside_auth;

REVOKE ALL ON FUNCTION public.backing_up() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.count_notes(person uuid, tenant text, again boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_notes(person uuid, tenant text, again boolean) TO aside_auth;

REVOKE ALL ON FUNCTION public.count_try(key bytea, tries integer, span double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_try(key bytea, tries integer, span double precision) TO aside_app;
GRANT ALL ON FUNCTION public.count_try(key bytea, tries integer, span double precision) TO aside_auth;

REVOKE ALL ON FUNCTION public.merging_user() FROM PUBLIC;
GRANT ALL ON FUNCTION public.merging_user() TO aside_merge;

REVOKE ALL ON FUNCTION public.note_tenants(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_tenants(person uuid) TO aside_auth;

REVOKE ALL ON FUNCTION public.owner_tenant() FROM PUBLIC;
GRANT ALL ON FUNCTION public.owner_tenant() TO aside_app;

REVOKE ALL ON FUNCTION public.owner_user() FROM PUBLIC;
GRANT ALL ON FUNCTION public.owner_user() TO aside_app;

REVOKE ALL ON FUNCTION public.still_live(users uuid[], ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.still_live(users uuid[], ids uuid[]) TO aside_app;

REVOKE ALL ON FUNCTION public.sweep_audit_events(kept interval, batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sweep_audit_events(kept interval, batch integer) TO aside_auth;

REVOKE ALL ON FUNCTION public.sweep_deleted_notes(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sweep_deleted_notes(batch integer) TO aside_auth;

REVOKE ALL ON FUNCTION public.sweep_note_versions(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sweep_note_versions(batch integer) TO aside_auth;

REVOKE ALL ON FUNCTION public.sweep_sealed_contexts(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sweep_sealed_contexts(batch integer) TO aside_auth;

REVOKE ALL ON FUNCTION public.try_wait(key bytea, tries integer, span double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.try_wait(key bytea, tries integer, span double precision) TO aside_app;
GRANT ALL ON FUNCTION public.try_wait(key bytea, tries integer, span double precision) TO aside_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE public.account_origin TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.assertion_keys TO aside_auth;

GRANT SELECT,INSERT ON TABLE public.audit_events TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.authorization_requests TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ceremonies TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.consents TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.credentials TO aside_auth;

GRANT SELECT ON TABLE public.embed_origins TO aside_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.embed_origins TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.embed_sightings TO aside_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE public.encryption_keys TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identities TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_handles TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.key_wraps TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.master_keys TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.members TO aside_auth;

GRANT SELECT ON TABLE public.note_counters TO aside_app;
GRANT SELECT ON TABLE public.note_counters TO aside_person;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.note_counters TO aside_auth;

GRANT UPDATE(notes) ON TABLE public.note_counters TO aside_app;
GRANT UPDATE(notes) ON TABLE public.note_counters TO aside_person;

GRANT UPDATE(bytes) ON TABLE public.note_counters TO aside_app;
GRANT UPDATE(bytes) ON TABLE public.note_counters TO aside_person;

GRANT UPDATE(deleted_up_to) ON TABLE public.note_counters TO aside_app;
GRANT UPDATE(deleted_up_to) ON TABLE public.note_counters TO aside_person;

GRANT SELECT,INSERT,DELETE ON TABLE public.note_versions TO aside_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.note_versions TO aside_person;
GRANT SELECT,INSERT,DELETE ON TABLE public.note_versions TO aside_merge;

GRANT SELECT,INSERT,UPDATE ON TABLE public.notes TO aside_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.notes TO aside_person;
GRANT SELECT,INSERT,DELETE ON TABLE public.notes TO aside_merge;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.passkeys TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recovery_codes TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recovery_locators TO aside_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE public.root_secret TO aside_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE public.sealing TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.server_keys TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO aside_auth;

GRANT SELECT(kind) ON TABLE public.sessions TO aside_app;
GRANT SELECT(kind) ON TABLE public.sessions TO aside_person;

GRANT SELECT(token_hash) ON TABLE public.sessions TO aside_app;
GRANT SELECT(token_hash) ON TABLE public.sessions TO aside_person;

GRANT SELECT(user_id) ON TABLE public.sessions TO aside_app;
GRANT SELECT(user_id) ON TABLE public.sessions TO aside_person;

GRANT SELECT(tenant_key) ON TABLE public.sessions TO aside_app;
GRANT SELECT(tenant_key) ON TABLE public.sessions TO aside_person;

GRANT SELECT(jkt) ON TABLE public.sessions TO aside_app;
GRANT SELECT(jkt) ON TABLE public.sessions TO aside_person;

GRANT SELECT(expires_at) ON TABLE public.sessions TO aside_app;
GRANT SELECT(expires_at) ON TABLE public.sessions TO aside_person;

GRANT SELECT(revoked_at) ON TABLE public.sessions TO aside_app;
GRANT SELECT(revoked_at) ON TABLE public.sessions TO aside_person;

GRANT SELECT(idle_until) ON TABLE public.sessions TO aside_app;
GRANT SELECT(idle_until) ON TABLE public.sessions TO aside_person;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.spent_proofs TO aside_auth;
GRANT INSERT ON TABLE public.spent_proofs TO aside_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.subjects TO aside_auth;

GRANT SELECT ON TABLE public.tenants TO aside_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenants TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tickets TO aside_auth;

GRANT SELECT,DELETE,UPDATE ON TABLE public.tries TO aside_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE public.usage_periods TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_visitors TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_handles TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.users TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_deliveries TO aside_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhooks TO aside_auth;
