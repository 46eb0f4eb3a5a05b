package db

import "context"

// MaxImported is the maximum number of notes in one import.
const MaxImported = 20

// ImportNotes creates notes at a tenant, one after another, for an account session. After an error, the notes before it stay
// stored, and a retry with the same ids and contents returns them. It returns CodeNotFound for a tenant that the person does
// not allow, and otherwise the errors of CreateNote. It drops a page's URL that is not at one of the tenant's embed origins:
// a file can contain any URL, and the page is shown as the tenant's.
func (d *DB) ImportNotes(ctx context.Context, o Owner, tenantKey string, notes []NewNote) (made []*Note, err error) {
	defer place(&err, "db.ImportNotes")
	if err := o.valid(); err != nil {
		return nil, err
	}
	if o.tenantKey != "" {
		return nil, &Error{Code: CodeForbidden, Message: "Notes are imported at the account origin."}
	}
	if len(notes) == 0 || len(notes) > MaxImported {
		return nil, invalid("notes", "Import 1 to %d notes at a time.", MaxImported)
	}
	allowed, err := d.HasConsented(ctx, o.userID, tenantKey)
	if err != nil {
		return nil, err
	}
	if !allowed {
		return nil, &Error{Code: CodeNotFound, Message: "You allow no such site."}
	}
	tenant, err := d.Tenant(ctx, tenantKey)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		n.Context = n.Context.at(tenant)
		note, err := d.createNote(ctx, o, tenantKey, n)
		if err != nil {
			return nil, err
		}
		made = append(made, note)
	}
	return made, nil
}
