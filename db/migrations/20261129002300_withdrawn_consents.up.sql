-- A consent that a person withdrew keeps its row, since the deletion of an account finds by it the tenants that counted the person.
ALTER TABLE consents ADD COLUMN withdrawn_at timestamptz;
