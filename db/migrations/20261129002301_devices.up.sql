-- The browser and system that a session is used with, and that created a passkey, such as Firefox · Windows: names of ours.
ALTER TABLE sessions ADD COLUMN device text;
ALTER TABLE passkeys ADD COLUMN device text;
