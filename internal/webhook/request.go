package webhook

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/company-a/aside/db"
)

// attempt sends one delivery and returns the status of the answer. Without an answer, it waits for the end of the time limit and
// returns 0: the duration must not tell a tenant what our network looks like.
func (s *Sender) attempt(ctx context.Context, v *db.DueDelivery) int {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.timeout)
	defer cancel()
	request, err := newRequest(within, v, s.now())
	if err == nil {
		var response *http.Response
		if response, err = s.client.Do(request); err == nil {
			_ = response.Body.Close() // unread
			return response.StatusCode
		}
	}
	s.log.InfoContext(ctx, "no answer to a webhook", "webhook", v.WebhookID, "delivery", v.ID, "reason", reason(err))
	select {
	case <-within.Done():
	case <-ctx.Done():
	}
	return 0
}

// maxReason is the maximum length of a reason in bytes.
const maxReason = 200

// reason returns an error for the operator's log, without the URL, and without what the server sent: net/http quotes that.
func reason(err error) string {
	if at := (*url.Error)(nil); errors.As(err, &at) {
		err = at.Err
	}
	text, _, _ := strings.Cut(err.Error(), `"`)
	return text[:min(len(text), maxReason)]
}

func newRequest(ctx context.Context, v *db.DueDelivery, now time.Time) (*http.Request, error) {
	id, timestamp := v.ID.String(), strconv.FormatInt(now.Unix(), 10)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.URL, bytes.NewReader(v.Payload))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Aside")
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", timestamp)
	r.Header.Set("webhook-signature", signatures(v.Secrets, id, timestamp, v.Payload))
	return r, nil
}
