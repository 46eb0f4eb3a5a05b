package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/feed"
	"github.com/company-a/aside/graph/generated"
)

var errNoStream = &apiError{Code: BadUserInput, Field: "request", Message: "A subscription needs a stream: send Accept: text/event-stream."}

type subscriptionResolver struct{ *Resolver }

// Subscription returns the resolvers of Subscription for a request without a stream.
func (r *Resolver) Subscription() generated.SubscriptionResolver { return subscriptionResolver{r} }

// NoteChanged is Subscription.noteChanged. It returns BAD_USER_INPUT: it needs a stream.
func (r subscriptionResolver) NoteChanged(context.Context) (<-chan *feed.Change, error) {
	return nil, errNoStream
}

// NoteChanged opens the watch of the viewer's notes, and returns the channel of their changes.
func (s *subscription) NoteChanged(ctx context.Context) (_ <-chan *feed.Change, err error) {
	if s.watch == nil {
		s.watch, err = s.db.Watch(session(ctx))
	}
	return s.change, err
}

type noteEventResolver struct{ *Resolver }

// NoteEvent returns the resolvers of NoteEvent.
func (r *Resolver) NoteEvent() generated.NoteEventResolver { return noteEventResolver{r} }

// Note is NoteEvent.note. It returns the note as it is now, or null if it is deleted.
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
