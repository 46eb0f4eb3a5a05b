package graph

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"github.com/company-a/aside/db"
)

const (
	tenantCardsKept = 1024
	tenantCardLife  = time.Minute // how long a changed name may stay unseen
)

// tenantCards remembers tenants for a moment, so that a page of notes, each of which says
// where it was written, asks the database once and not once a note.
type tenantCards struct {
	load  func(context.Context, string) (*db.Tenant, error)
	now   func() time.Time
	cards *lru.Cache[string, tenantCard]
	loads singleflight.Group
}

type tenantCard struct {
	tenant *db.Tenant
	until  time.Time
}

func newTenantCards(load func(context.Context, string) (*db.Tenant, error)) *tenantCards {
	cards, err := lru.New[string, tenantCard](tenantCardsKept)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return &tenantCards{load: load, now: time.Now, cards: cards}
}

// get finds a tenant by its key. It returns what load does.
func (t *tenantCards) get(ctx context.Context, key string) (*db.Tenant, error) {
	if card, ok := t.cards.Get(key); ok && t.now().Before(card.until) {
		return card.tenant, nil
	}
	found, err, _ := t.loads.Do(key, func() (any, error) {
		// Others wait for this load: it must not end because the first of them leaves.
		tenant, err := t.load(context.WithoutCancel(ctx), key)
		if err == nil {
			t.cards.Add(key, tenantCard{tenant, t.now().Add(tenantCardLife)})
		}
		return tenant, err
	})
	tenant, _ := found.(*db.Tenant) // it can be nothing else
	return tenant, err
}
