package db

import "context"

// MaxImported is how many notes one request may import.
const MaxImported = 20

// ImportNotes makes notes for an account session at a tenant that its person allows, one after another. After an error, those
// before it are stored: a retry with the same ids and contents returns them. It returns CodeNotFound for a tenant that the
// person does not allow, and otherwise the errors of CreateNote. A page's URL that is not at an embed origin of the tenant is
// dropped: a file can say anything, and the page is shown as one of the tenant's.
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
