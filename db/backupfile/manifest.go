package backupfile

import "time"

// Format is the version of the file format that this release writes, and the newest that it reads.
const Format = 1

// A Manifest says what is in a backup.
type Manifest struct {
	Format        int        `json:"format"`
	Aside         string     `json:"aside"` // the release that wrote it
	PostgreSQL    int        `json:"postgresql"`
	CreatedAt     time.Time  `json:"createdAt"`
	Migrations    []string   `json:"migrations"` // those applied
	AccountOrigin string     `json:"accountOrigin,omitempty"`
	RPID          string     `json:"rpID,omitempty"`
	MasterKeys    []string   `json:"masterKeys"` // the ids of the master keys in use
	Tables        []Table    `json:"tables"`
	Sequences     []Sequence `json:"sequences,omitempty"`
}

// A Table is one table's rows.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
	Bytes   int64    `json:"bytes"`
	SHA256  string   `json:"sha256"`
}

// A Column is a stored column, not a generated one.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // as format_type prints it
}

// A Sequence is the state of a sequence.
type Sequence struct {
	Name   string `json:"name"`
	Last   int64  `json:"last"`
	Called bool   `json:"called"`
}

// Rows returns the number of rows of all tables.
func (m *Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

const (
	tablesDir    = "tables/"
	manifestName = "manifest.json"
	sealName     = "seal"
)
