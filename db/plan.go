package db

// SQL is the prepared statement by which a widget session reads one page of q: for whoever
// wants to see its plan. Its parameters are the user's id, the tenant's key, the limit (one
// more than First, which tells whether a page follows) and, after the first page, the time,
// the id and, if pinned notes come first, the pinned of the Position. Search and Tag are no
// part of it: what is sealed is matched after it is opened.
func (q NotesQuery) SQL() string { return notesStatement(false, q) }
