package feed

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// sessionCheck is how often Follow checks which of the watching sessions are live.
	sessionCheck = 1500 * time.Millisecond
	// sessionsUnknown is how long Follow continues without an answer. Every node must act on a
	// revocation within 5 s.
	sessionsUnknown = 4500 * time.Millisecond
	// maxSilence is how long a connection may receive nothing before it is checked.
	maxSilence = 3 * time.Second

	connectTimeout = 10 * time.Second
	firstPause     = 100 * time.Millisecond
	longestPause   = 5 * time.Second
)

var errSessionsUnknown = errors.New("feed: the database does not say which sessions are live")

// Follow receives the changes from all nodes on one connection, and passes them to this node's watches
// until ctx ends. When the connection is lost, all watches end, and Follow opens another connection.
func (f *Feed) Follow(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { f.watches.setFollowing(false) })
	defer stop()
	for failures := 0; ctx.Err() == nil; failures++ {
		began := time.Now()
		err := f.followOnce(ctx)
		f.watches.setFollowing(false)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > maxSilence {
			failures = 0
		}
		f.source.Failed(ctx, err)
		pause := min(firstPause<<min(failures, 6), longestPause)
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // not a secret: spreads the nodes' retries
		}
	}
}

// followOnce is Follow with one connection. It returns the error that ended the connection.
func (f *Feed) followOnce(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	replaced := f.source.Replaced()
	c, err := f.listen(ctx)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = c.Close(closing)
	}()
	go func() {
		select {
		case <-ctx.Done():
		case <-replaced:
			stop(ErrReplaced)
		}
	}()
	f.watches.setFollowing(true)
	checked := make(chan struct{})
	go func() {
		defer close(checked)
		stop(f.checkSessions(ctx))
	}()
	defer func() { <-checked }()
	for {
		err := f.receive(ctx, c)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			stop(err)
			return err
		}
	}
}

func (f *Feed) listen(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	c, err := f.source.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, `LISTEN `+Channel); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	return c, nil
}

// receive waits for a notification and passes it on. After a silence it checks the connection instead.
func (f *Feed) receive(ctx context.Context, c *pgx.Conn) error {
	waiting, cancel := context.WithTimeout(ctx, maxSilence)
	notification, err := c.WaitForNotification(waiting)
	cancel()
	if err != nil {
		if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			asking, cancel := context.WithTimeout(ctx, maxSilence)
			defer cancel()
			return c.Ping(asking)
		}
		return err
	}
	changes, err := decode(notification.Payload)
	if err != nil { // for example from a node with a newer release
		changes = []*Change{{Kind: Missed}}
	}
	for _, change := range changes {
		f.watches.send(change)
	}
	return nil
}

// checkSessions ends the watches of ended sessions until ctx ends. It returns errSessionsUnknown when
// the database does not answer in time; all watches end then.
func (f *Feed) checkSessions(ctx context.Context) error {
	tick := time.NewTicker(sessionCheck)
	defer tick.Stop()
	known := time.Now()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		asked := f.watches.sessions()
		asking, cancel := context.WithDeadline(ctx, known.Add(sessionsUnknown))
		began := time.Now()
		live, err := f.source.LiveSessions(asking, asked)
		cancel()
		switch {
		case err == nil:
			known = began
			f.watches.endNotLive(asked, live)
		case ctx.Err() == nil && time.Since(known) > sessionsUnknown-sessionCheck: // the next check would come too late
			return errSessionsUnknown
		}
	}
}
