-- The account origin that the service runs at: its host is the RP ID, which every passkey is bound to
-- (WebAuthn §4), so that a service at another host must not start by accident. Commands that print
-- links read it too.
CREATE TABLE account_origin (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  origin     text NOT NULL,
  rp_id      text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON account_origin TO aside_auth;
