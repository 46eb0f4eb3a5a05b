-- What an earlier release needed so that its writes were counted.
DROP TRIGGER notes_count_for_older_node ON notes;
DROP FUNCTION count_for_older_node();
DROP TRIGGER notes_keep_deleted_ids ON notes;
DROP FUNCTION keep_deleted_ids();
DROP TRIGGER notes_uncount ON notes;
DROP FUNCTION uncount_notes();
DROP POLICY usage_periods_uncount ON usage_periods;
DROP INDEX notes_mark;
