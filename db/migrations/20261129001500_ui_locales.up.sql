-- The languages that the widget asks for, so that the sign-in window speaks the same one. The default is
-- what a node of the release before stores: none, so the browser's language counts.
ALTER TABLE authorization_requests ADD COLUMN IF NOT EXISTS ui_locales text NOT NULL DEFAULT '';
