-- What a session of the account origin rests on: the passkey that it was opened or last confirmed
-- with, and when that was. A session by a recovery code or of an older release has no confirmation.
ALTER TABLE sessions
  ADD COLUMN passkey_id uuid,
  ADD COLUMN confirmed_at timestamptz;

-- Ceremonies of an account that is there already go with it.
ALTER TABLE ceremonies
  ADD COLUMN user_id uuid REFERENCES users ON DELETE CASCADE,
  DROP CONSTRAINT ceremonies_kind_check,
  ADD CONSTRAINT ceremonies_kind_check CHECK (kind IN ('registration', 'login', 'addition', 'confirmation', 'recovery'));
CREATE INDEX ceremonies_user ON ceremonies (user_id) WHERE user_id IS NOT NULL;
