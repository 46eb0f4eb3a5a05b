package installation

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/db"
)

// Limits of a request for a page.
const (
	timeout     = 5 * time.Second // in all
	maxPageSize = 2 << 20
	maxURLSize  = 2000
)

// A Check is one check of a page, for the tenant's developer.
type Check struct {
	Name   string
	OK     bool
	Detail string // what the check found, and how to fix it
}

// A Checker checks pages with the widget.
type Checker struct {
	client      *http.Client
	frameOrigin string
	delay       func(context.Context) // hides why there was no answer: it takes the same time for each reason
}

// New returns a checker for the widget of a frame origin. With development, it also fetches pages of this computer.
func New(frameOrigin string, development bool) *Checker {
	return &Checker{client: assertion.NewClient(development), frameOrigin: frameOrigin, delay: func(ctx context.Context) { <-ctx.Done() }}
}

// Check fetches a page of a tenant and returns what it found. A page that cannot be fetched has one check, which fails.
func (c *Checker) Check(ctx context.Context, t *db.Tenant, address string) []Check {
	failed := func(name, format string, args ...any) []Check {
		return []Check{{Name: name, Detail: fmt.Sprintf(format, args...)}}
	}
	u, err := url.Parse(address)
	if err != nil || len(address) > maxURLSize || u.Host == "" || u.User != nil {
		return failed("Address", "Enter the full address of the page, as the address bar shows it: https://www.your.example/article.")
	}
	origin, err := db.ParseOrigin(u.Scheme + "://" + u.Host)
	if err != nil {
		return failed("Address", "%s", db.Message(err))
	}
	switch {
	case t.SuspendedAt != nil:
		return failed("Tenant", "It is suspended, so nobody can use the widget. Ask the operator.")
	case !t.Embeds(origin):
		return failed("Embed origin", "%s is not listed, so its pages can’t show the widget. Add it under Embed origins.", origin)
	}
	u.Fragment = ""
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return failed("Address", "This is not an address.")
	}
	request.Header.Set("Accept", "text/html")
	request.Header.Set("User-Agent", "Aside")
	response, err := c.client.Do(request)
	if err != nil {
		c.delay(ctx)
		return failed("Page", "It could not be fetched: there is no server for it at a public address, or it didn’t answer in time. A page behind a log-in or on your own network can’t be checked from here.")
	}
	defer func() { _ = response.Body.Close() }()
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch {
	case response.StatusCode >= 300 && response.StatusCode < 400:
		return failed("Page", "It answers with a redirect (%d). Enter the address that it leads to.", response.StatusCode)
	case response.StatusCode != http.StatusOK:
		return failed("Page", "It answers with the status %d, so there is nothing to check. Enter the address of a page that exists and needs no log-in.", response.StatusCode)
	case media != "text/html" && media != "application/xhtml+xml":
		return failed("Page", "It is no HTML page.")
	}
	found, err := readPage(io.LimitReader(response.Body, maxPageSize), c.frameOrigin)
	if err != nil {
		c.delay(ctx)
		return failed("Page", "It ended before it was complete. Try again.")
	}
	return append([]Check{
		{"Page", true, "It answers with the status 200."},
		{"Embed origin", true, origin + " is listed, so its pages can show the widget."},
	}, found.checks(t.Key, c.frameOrigin, response.Header.Values("Content-Security-Policy"))...)
}
