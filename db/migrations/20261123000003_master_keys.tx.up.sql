-- The master keys that something here is sealed under, by their ids: a node that lacks one must
-- not start, and quietly seal what comes next under another.
CREATE TABLE master_keys (
  key_id        bytea PRIMARY KEY CHECK (octet_length(key_id) = 4),
  first_used_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO master_keys (key_id) SELECT DISTINCT substring(data_key FROM 2 FOR 4) FROM users ON CONFLICT DO NOTHING;
GRANT SELECT, INSERT ON master_keys TO aside_auth;
