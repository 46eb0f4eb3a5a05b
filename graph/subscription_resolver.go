package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/feed"
	"github.com/company-a/aside/graph/generated"
)

var errNoStream = &refusal{Code: BadUserInput, Field: "request", Message: "A subscription is answered as a stream: ask for it with Accept: text/event-stream."}

type subscriptionResolver struct{ *Resolver }

// Subscription resolves the fields of Subscription where nothing streams.
func (r *Resolver) Subscription() generated.SubscriptionResolver { return subscriptionResolver{r} }

// NoteChanged is refused: an answer that ends can't tell of what is to come.
func (r subscriptionResolver) NoteChanged(context.Context) (<-chan *feed.Change, error) {
	return nil, errNoStream
}

// Subscription resolves the fields of Subscription for a stream.
func (s *subscription) Subscription() generated.SubscriptionResolver { return s }

// NoteChanged begins to watch the viewer's notes, and gives what is to be told from then on.
func (s *subscription) NoteChanged(ctx context.Context) (_ <-chan *feed.Change, err error) {
	if s.watch == nil {
		s.watch, err = s.db.Watch(session(ctx))
	}
	return s.change, err
}

type noteEventResolver struct{ *Resolver }

// NoteEvent resolves the fields of NoteEvent.
func (r *Resolver) NoteEvent() generated.NoteEventResolver { return noteEventResolver{r} }

// Note is the note as the viewer reads it now, nil once it is gone.
func (r noteEventResolver) Note(ctx context.Context, c *feed.Change) (*db.Note, error) {
	if c.Kind == feed.Deleted {
		return nil, nil
	}
	n, err := r.db.Note(ctx, session(ctx).Owner(), c.ID)
	if db.IsCode(err, db.CodeNotFound) {
		return nil, nil
	}
	return n, err
}
