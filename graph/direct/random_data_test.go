package direct_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/99designs/gqlgen/graphql"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/page"
)

// random is a pseudorandom number generator (splitmix64).
type random uint64

func (d *random) intn(n int) int {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) >> 1 % uint64(n))
}

// oneIn returns true once in n times, on average.
func (d *random) oneIn(n int) bool { return d.intn(n) == 0 }

func pick[T any](d *random, from ...T) T { return from[d.intn(len(from))] }

// A randomData holds the data and the principal of an execution. Its resolvers are deterministic. Values such as "fails" and
// "panics" in the data make them fail.
type randomData struct {
	principal generated.Principal
	viewer    *db.Session
	notes     []*db.Note
	calls     []string // names of the root fields of a mutation, in the order of execution
}

var texts = []string{
	"", "plain", `"quoted" and \ escaped`, "two\nlines\r\n\tand a tab", "\x00\x01\x1f\x7f\u0080", "żółć 🎁 \u2028\u2029", "</script><!--",
	"\xff\xfe not UTF-8 \xc3", "exactly8", "seven..\"", "a longer text without anything to escape in it, for the fast path", "a longer text, with its escape at the very end\\",
}

func newRandomData(d *random) *randomData {
	w := &randomData{principal: pick(d, generated.PrincipalWidget, generated.PrincipalWidget, generated.PrincipalAccount, "NOBODY")}
	if !d.oneIn(20) {
		w.viewer = &db.Session{DisplayName: pick(d, texts...), TenantKey: w.tenantKey(d), Vouched: d.oneIn(2), SubjectHash: pick(d, "", "joe", "\"joe\"", "fails", "unnamed")}
	}
	for range d.intn(5) {
		w.notes = append(w.notes, w.note(d))
	}
	return w
}

func (w *randomData) note(d *random) *db.Note {
	if d.oneIn(60) {
		return nil
	}
	at := func() time.Time {
		return time.Date(d.intn(12000), 1, 1+d.intn(365), 0, 0, d.intn(86400), pick(d, 0, 1000*d.intn(1e6), d.intn(1e9)), pick(d, time.UTC, time.FixedZone("", 5400)))
	}
	n := &db.Note{
		Title: pick(d, texts...), Body: pick(d, texts...), TenantKey: w.tenantKey(d),
		Pinned: d.oneIn(2), Version: d.intn(1 << 31), CreatedAt: at(), UpdatedAt: at(),
	}
	if d.oneIn(2) {
		n.Context = &db.NoteContext{ID: pick(d, texts...), Title: pick(d, texts...), URL: pick(d, texts...)}
	}
	if !d.oneIn(40) {
		n.ID = uuid.UUID{0: byte(d.intn(256)), 7: byte(d.intn(256)), 15: byte(1 + d.intn(255))}
	}
	for range d.intn(4) {
		n.Tags = append(n.Tags, pick(d, texts...))
	}
	if d.oneIn(3) {
		t := at()
		n.TrashedAt = &t
	}
	return n
}

func (w *randomData) tenantKey(d *random) string {
	if d.oneIn(15) {
		return pick(d, "fails", "panics", "nil")
	}
	return pick(d, "", "t_shop", "t_paper")
}

var errResolver = errors.New("this resolver fails")

func (w *randomData) tenant(key string) (*db.Tenant, error) {
	switch key {
	case "fails":
		return &db.Tenant{}, errResolver
	case "panics":
		panic("a tenant")
	case "nil", "":
		return nil, nil
	}
	return &db.Tenant{Key: key, Name: "The \"" + key + "\""}, nil
}

func (n note) Sealed(_ context.Context, of *db.Note) (*string, error) {
	if of.Title == "" {
		return nil, nil
	}
	return &of.Title, nil
}

func (w *randomData) requires(ctx context.Context, _ any, next graphql.Resolver, kinds []generated.Principal) (any, error) {
	if !slices.Contains(kinds, w.principal) {
		return nil, errResolver
	}
	return next(ctx)
}

// The resolvers for the types that have a shape. A field that is in no shape has no resolver here.
type (
	root struct {
		*randomData
		generated.ResolverRoot
	}
	query struct {
		*randomData
		generated.QueryResolver
	}
	mutation struct {
		*randomData
		generated.MutationResolver
	}
	note     struct{ *randomData }
	identity struct{ *randomData }

	noteVersion struct{ *randomData }

	viewer struct {
		*randomData
		generated.ViewerResolver
	}
)

func (r root) Query() generated.QueryResolver             { return query{randomData: r.randomData} }
func (r root) Mutation() generated.MutationResolver       { return mutation{randomData: r.randomData} }
func (r root) Note() generated.NoteResolver               { return note{r.randomData} }
func (r root) Viewer() generated.ViewerResolver           { return viewer{randomData: r.randomData} }
func (r root) NoteVersion() generated.NoteVersionResolver { return noteVersion{r.randomData} }
func (r root) Identity() generated.IdentityResolver       { return identity{r.randomData} }

func (q query) Viewer(context.Context) (*db.Session, error) { return q.viewer, nil }

func (q query) Note(_ context.Context, id string) (*db.Note, error) { return q.byID(id) }

func (w *randomData) byID(id string) (*db.Note, error) {
	switch id {
	case "fails":
		return nil, errResolver
	case "panics":
		panic("a note")
	}
	if len(w.notes) == 0 {
		return nil, nil
	}
	return w.notes[len(id)%len(w.notes)], nil
}

func (q query) Notes(_ context.Context, first *int, after *string, filter *generated.NoteFilter, order *db.NoteOrder) (*page.Connection, error) {
	c := &page.Connection{Notes: q.notes, HasPrevious: after != nil, Cursor: func(n *db.Note) string {
		return fmt.Sprint(n.Title, filter != nil, order != nil) // panics if n is nil
	}}
	switch {
	case first == nil:
	case *first == 0:
		return nil, errResolver
	case *first == 13:
		return nil, nil
	case *first < len(q.notes):
		c.Notes, c.Next = q.notes[:max(*first, 0)], func() string { return "next" }
	}
	return c, nil
}

// change records the name of the root field, so that a test can compare the order.
func (m mutation) change(name, id string) (*generated.NotePayload, error) {
	m.calls = append(m.calls, name)
	n, err := m.byID(id)
	if err != nil {
		return nil, err
	}
	return &generated.NotePayload{Note: n}, nil
}

func (m mutation) CreateNote(_ context.Context, in generated.CreateNoteInput) (*generated.NotePayload, error) {
	return m.change("createNote", in.Title)
}

func (m mutation) UpdateNote(_ context.Context, in generated.UpdateNoteInput) (*generated.NotePayload, error) {
	return m.change("updateNote", in.ID)
}

func (m mutation) TrashNote(_ context.Context, id string) (*generated.NotePayload, error) {
	return m.change("trashNote", id)
}

func (m mutation) RestoreNote(context.Context, string) (*generated.NotePayload, error) {
	m.calls = append(m.calls, "restoreNote")
	return nil, nil
}

func (m mutation) DeleteNote(_ context.Context, id string) (*generated.DeletedPayload, error) {
	m.calls = append(m.calls, "deleteNote")
	return &generated.DeletedPayload{ID: id}, nil
}

func (n note) Tenant(_ context.Context, of *db.Note) (*db.Tenant, error) {
	return n.tenant(of.TenantKey)
}

func (n note) Sealing(_ context.Context, of *db.Note) (generated.Sealing, error) {
	if of.Version%50 == 0 {
		return "", errResolver
	}
	return generated.SealingServer, nil
}

func (m mutation) RestoreVersion(_ context.Context, id string, _ int) (*generated.NotePayload, error) {
	return m.change("restoreVersion", id)
}

func (n note) History(_ context.Context, of *db.Note, first *int) ([]*db.NoteVersion, error) {
	if first == nil || *first == 0 {
		return nil, errResolver
	}
	return []*db.NoteVersion{{Version: of.Version, Title: of.Title, Tags: of.Tags, WrittenAt: of.CreatedAt}}, nil
}

func (v noteVersion) Sealed(context.Context, *db.NoteVersion) (*string, error) { return nil, nil }

func (v viewer) ID(_ context.Context, s *db.Session) (string, error) {
	if s.TenantKey == "fails" {
		return "", errResolver
	}
	return "u_" + s.TenantKey, nil
}

// Identity returns nil, an error or an identity, depending on the viewer's subject.
func (v viewer) Identity(_ context.Context, s *db.Session) (*db.Identity, error) {
	switch s.SubjectHash {
	case "":
		return nil, nil
	case "fails":
		return &db.Identity{}, errResolver
	}
	return &db.Identity{TenantKey: s.TenantKey, Subject: db.Subject{ID: s.SubjectHash, Name: s.DisplayName}, LinkedAt: time.Unix(1, 5000)}, nil
}

func (v viewer) Sealing(_ context.Context, s *db.Session) (generated.AccountSealing, error) {
	if s.TenantKey == "fails" {
		return "", errResolver
	}
	return generated.AccountSealingConverting, nil
}

func (v viewer) Identities(context.Context, *db.Session) ([]*db.Identity, error) { return nil, nil }

func (v viewer) Tenant(_ context.Context, s *db.Session) (*db.Tenant, error) {
	return v.tenant(s.TenantKey)
}

func (i identity) ID(_ context.Context, of *db.Identity) (string, error) { return of.Subject.ID, nil }

func (i identity) Tenant(_ context.Context, of *db.Identity) (*db.Tenant, error) {
	return i.tenant(of.TenantKey)
}

func (i identity) Subject(_ context.Context, of *db.Identity) (string, error) {
	return of.Subject.ID, nil
}

func (i identity) Email(_ context.Context, of *db.Identity) (*string, error) {
	if of.Subject.Name == "" {
		return nil, errResolver
	}
	return nil, nil
}

func (i identity) Name(_ context.Context, of *db.Identity) (*string, error) {
	if of.Subject.ID == "unnamed" {
		return nil, nil
	}
	return &of.Subject.Name, nil
}
