package db

import (
	"regexp"
	"strings"
)

// Branding is how a tenant wants its widget to look. An empty field means the tenant's name or the widget's
// own color.
type Branding struct {
	Name   string `json:"name"`   // what visitors see
	Accent string `json:"accent"` // #rrggbb
}

var accentForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

func (b Branding) check() (Branding, error) {
	var err error
	if b.Name = strings.TrimSpace(b.Name); b.Name != "" {
		if b.Name, err = checkTenantName("brandName", b.Name); err != nil {
			return b, err
		}
	}
	if b.Accent = strings.ToLower(strings.TrimSpace(b.Accent)); b.Accent != "" && !accentForm.MatchString(b.Accent) {
		return b, invalid("accent", "Write the accent color as #rrggbb, like #2f5d50.")
	}
	return b, nil
}

// DisplayName returns the name that the tenant shows to visitors.
func (t *Tenant) DisplayName() string {
	if t.Branding.Name != "" {
		return t.Branding.Name
	}
	return t.Name
}
