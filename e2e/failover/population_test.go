//go:build failover && linux

package failover

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
)

const notesOfEach = 100

// seed fills the installation with people who have 100 notes each, by COPY and sealed as the service seals them.
func (u *upgrade) seed(t *testing.T, count int) {
	t.Helper()
	c := u.connect(t)
	defer func() { _ = c.Close(context.Background()) }()
	keys, err := seal.NewKeyring(u.master)
	must(t, err)
	started := time.Now()
	people := make([]db.NoteSealer, count/notesOfEach)
	ids := make([]uuid.UUID, len(people))
	_, err = c.Exec(t.Context(), `SET session_replication_role = replica`) // users and tenant are there
	must(t, err)
	_, err = c.CopyFrom(t.Context(), pgx.Identifier{"users"}, []string{"id", "handle", "sealed_name", "data_key"},
		pgx.CopyFromSlice(len(people), func(i int) ([]any, error) {
			ids[i] = uuid.Must(uuid.NewV7())
			handle := make([]byte, 64)
			_, _ = rand.Read(handle)
			sealer, dataKey, err := db.NewNoteSealer(t.Context(), keys, ids[i])
			people[i] = sealer
			return []any{ids[i], handle, sealer.SealName(fmt.Sprint("Person ", i)), dataKey}, err
		}))
	must(t, err)
	body := make([]byte, 450)
	_, _ = rand.Read(body)
	_, err = c.CopyFrom(t.Context(), pgx.Identifier{"notes"}, []string{"user_id", "id", "tenant_key", "version", "pinned", "sealed"},
		pgx.CopyFromSlice(len(people)*notesOfEach, func(i int) ([]any, error) {
			person := i % len(people) // scattered, as people write
			n := db.Note{ID: uuid.Must(uuid.NewV7()), TenantKey: u.shop.Key, Version: 1, Title: fmt.Sprint("Note ", i), Body: fmt.Sprintf("%x", body[:200+i%250]), Tags: []string{}}
			return []any{ids[person], n.ID, n.TenantKey, n.Version, false, people[person].Seal(&n)}, nil
		}))
	must(t, err)
	for _, statement := range []string{`VACUUM (ANALYZE) users`, `VACUUM (ANALYZE) notes`} {
		_, err := c.Exec(t.Context(), statement)
		must(t, err)
	}
	t.Logf("%d notes of %d people are stored after %s", len(people)*notesOfEach, len(people), time.Since(started).Round(time.Second))
}
