-- Those who write notes count them, but only package db's authority changes whether an account is end-to-end encrypted. A node of
-- the release before changes the same columns.
REVOKE UPDATE ON note_counters FROM aside_app, aside_person;
GRANT UPDATE (notes, bytes, deleted_up_to) ON note_counters TO aside_app, aside_person;
