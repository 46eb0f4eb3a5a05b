package db_test

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A request gets ErrBusy while all connections are in use, and succeeds once one is free.
func TestBusyWithoutFreeConnection(t *testing.T) {
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 1, AcquireTimeout: 50 * time.Millisecond})
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	note, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
	if err != nil {
		t.Fatal(err)
	}
	// Another transaction locks the note, and the only connection waits for it.
	holder := d.Connect(t, d.Superuser())
	tx, err := holder.BeginTx(t.Context(), pgx.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT FROM notes FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error)
	go func() {
		_, err := d.DB.TrashNote(t.Context(), owner, note.ID)
		waiting <- err
	}()
	for d.DB.Stat().AcquiredConns() == 0 {
		runtime.Gosched() // until the goroutine has the connection
	}
	if _, err := d.DB.Note(t.Context(), owner, uuid.New()); !errors.Is(err, db.ErrBusy) {
		t.Errorf("asked meanwhile: %v", err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; err != nil {
		t.Errorf("the one that waited: %v", err)
	}
	if _, err := d.DB.Note(t.Context(), owner, note.ID); err != nil {
		t.Errorf("asked afterwards: %v", err)
	}
}
