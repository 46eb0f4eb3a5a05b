package command

import (
	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// Notes repairs what is stored about notes.
type Notes struct {
	databaseFlags
	Recount notesRecount `cmd:"" help:"Count everybody's notes again and correct the counters that limit how many notes a person may have. Nodes may serve meanwhile. Print what was wrong as JSON."`
}

type notesRecount struct {
	User uuid.UUID `placeholder:"ID" help:"Count the notes of this account only."`
}

// Run counts notes.
func (c *notesRecount) Run(e *environment, d *db.DB) error {
	return e.print(d.RecountNotes(e.ctx, c.User))
}
