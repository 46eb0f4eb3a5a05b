package db_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/internal/fault"
)

func TestAFaultSaysWhereItHappened(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	owner := alice.Widget(t, shop).Owner()

	_, err := d.DB.Note(t.Context(), owner, uuid.New())
	if !db.IsCode(err, db.CodeNotFound) || fault.PlaceOf(err) != "" || strings.Contains(err.Error(), "db.") {
		t.Errorf("a refusal: %v", err)
	}

	d.Exec(t, `ALTER TABLE notes RENAME COLUMN sealed TO broken`)
	d.Exec(t, `ALTER TABLE members RENAME TO broken`)
	for place, do := range map[string]func() error{
		"db.Note":                    func() error { _, err := d.DB.Note(t.Context(), owner, uuid.New()); return err },
		"db.UpdateNote":              func() error { _, err := d.DB.UpdateNote(t.Context(), owner, db.NoteChange{}); return err },
		"db.Administer: db.RoleOf":   func() error { _, err := d.DB.Administer(t.Context(), alice.Account, shop.Key, "OWNER"); return err },
		"db.CreateNote":              func() error { _, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "canary"}); return err },
		"db.Memberships":             func() error { _, err := d.DB.Memberships(t.Context(), alice.ID); return err },
		"db.DeleteAccount":           func() error { return d.DB.DeleteAccount(t.Context(), alice.Account) },
		"db.RequireMembership":       func() error { return d.DB.RequireMembership(t.Context(), alice.Account, shop.Key) },
		"db.RestoreNote":             func() error { _, err := d.DB.RestoreNote(t.Context(), owner, uuid.New()); return err },
		"db.SetMember":               func() error { return d.DB.SetMember(t.Context(), db.Operator(shop.Key), alice.ID, "OWNER") },
		"db.Note, and what wraps it": func() error { _, err := d.DB.Note(t.Context(), owner, uuid.New()); return fmt.Errorf("graph: %w", err) },
	} {
		want, _, _ := strings.Cut(place, ",")
		err := do()
		var pg *pgconn.PgError
		if got := fault.PlaceOf(err); got != want || !errors.As(err, &pg) || !strings.Contains(err.Error(), want+": ") {
			t.Errorf("%s: %v is placed at %q", place, err, got)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.DB.Memberships(gone, alice.ID); !errors.Is(err, context.Canceled) || fault.PlaceOf(err) != "db.Memberships" {
		t.Errorf("what was given up: %v", err)
	}
}

// unplaced lists functions that return a sentence for an operator, in a command or at startup, instead of a place.
var unplaced = map[string]bool{
	"Open": true, "Migrate": true, "Backup": true, "Restore": true, "CheckBackup": true, "VerifyBackup": true, "VerifyDatabase": true, "Distribute": true, "Partition": true,
	"SealedUnder": true, "Ping": true, "Ready": true,
}

// Every exported function adds its place to unexpected errors.
func TestEveryExportedFunctionPlacesItsFaults(t *testing.T) {
	files := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	must(t, err)
	checked := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, name, nil, 0)
		must(t, err)
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() || unplaced[fn.Name.Name] || !takesContext(fn) || !returnsError(fn) {
				continue
			}
			name := "db." + fn.Name.Name
			if fn.Recv != nil {
				receiver := strings.TrimPrefix(typeName(fn.Recv.List[0].Type), "*")
				if !ast.IsExported(receiver) {
					continue
				}
				if receiver != "DB" {
					name = "db." + receiver + "." + fn.Name.Name
				}
			}
			checked++
			if !placesAs(fn, name) {
				t.Errorf(`%s: %s does not begin with defer place(&err, %q)`, files.Position(fn.Pos()), fn.Name.Name, name)
			}
		}
	}
	if checked < 90 {
		t.Errorf("%d functions were found", checked)
	}
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + typeName(e.X)
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	}
	return ""
}

func takesContext(fn *ast.FuncDecl) bool {
	params := fn.Type.Params.List
	return len(params) > 0 && typeName(params[0].Type) == "context.Context"
}

func returnsError(fn *ast.FuncDecl) bool {
	results := fn.Type.Results
	return results != nil && typeName(results.List[len(results.List)-1].Type) == "error"
}

func placesAs(fn *ast.FuncDecl, name string) bool {
	if len(fn.Body.List) == 0 {
		return false
	}
	d, ok := fn.Body.List[0].(*ast.DeferStmt)
	if !ok || typeName(d.Call.Fun) != "place" || len(d.Call.Args) != 2 {
		return false
	}
	literal, ok := d.Call.Args[1].(*ast.BasicLit)
	return ok && literal.Value == `"`+name+`"`
}
