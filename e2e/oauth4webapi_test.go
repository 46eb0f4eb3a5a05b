package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// An independent client library completes the flow by redirect, with its own implementation
// of discovery (RFC 8414), pushed requests (RFC 9126), iss (RFC 9207) and DPoP (RFC 9449): once
// with the right time, and once with a clock an hour off, which takes the server's nonces.
func TestAStockClientSignsInByRedirect(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	tenant, _ := a.tenant(t, "The Paper", "paper.localhost")
	page := a.frame + "/embed/" + tenant
	for _, clock := range []struct {
		name string
		skew time.Duration
	}{{"with the right time", 0}, {"an hour ahead", time.Hour}, {"an hour behind", -time.Hour}} {
		t.Run(clock.name, func(t *testing.T) {
			client := runClient(t, a.account, tenant, page, a.frame+"/graphql", fmt.Sprint(int(clock.skew.Seconds())))
			w := newPerson(t).visit(client.line(t))
			w.connectAuthenticator()
			cameBackTo := w.navigations(page + "?")
			w.click("Create an account")
			w.click("Allow")
			client.tell(t, receive(t, cameBackTo))

			var answer struct {
				TokenType string
				Status    int
				Body      json.RawMessage
			}
			must(t, json.Unmarshal([]byte(client.line(t)), &answer))
			const want = `{"data":{"createNote":{"note":{"title":"By a stock client"}}}}`
			if answer.TokenType != "dpop" || answer.Status != 200 || string(answer.Body) != want {
				t.Errorf("a %s token, status %d, %s, want %s", answer.TokenType, answer.Status, answer.Body, want)
			}

			// The page itself saw the code first and ignored it, since it had not started that sign-in.
			w.find("button", "Sign in")
			if strings.Contains(w.text(), "By a stock client") {
				t.Error("the page redeemed a code that it did not ask for")
			}
		})
	}
}

// navigations returns the address of the first document with prefix that a window requests. The address bar doesn't keep it, since
// the page removes the code at once.
func (w *window) navigations(prefix string) <-chan string {
	w.t.Helper()
	address := make(chan string, 1)
	must(w.t, chromedp.Listen(w.ctx, func(event any) {
		e, ok := event.(*network.EventRequestWillBeSent)
		if !ok || e.Type != network.ResourceTypeDocument || !strings.HasPrefix(e.Request.URL, prefix) {
			return
		}
		select {
		case address <- e.Request.URL:
		default: // only the first one counts
		}
	}))
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, network.Enable, network.EnableParams{})
		return err
	})))
	return address
}

// client is the library's running program.
type client struct {
	lines  chan string
	input  *os.File
	stderr *lockedBuffer
}

func runClient(t *testing.T, args ...string) *client {
	t.Helper()
	c := &client{lines: make(chan string, 1), stderr: &lockedBuffer{}}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // t.Context() ends before cleanup
	command := exec.CommandContext(ctx, "node", append([]string{"oauth4webapi.mjs"}, args...)...)
	command.Stderr = c.stderr
	stdout, err := command.StdoutPipe()
	must(t, err)
	read, write, err := os.Pipe()
	must(t, err)
	command.Stdin, c.input = read, write
	must(t, command.Start())
	must(t, read.Close())
	go func() {
		defer close(c.lines)
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			c.lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		defer cancel()
		_ = c.input.Close()
		for range c.lines { // drained so that the program ends
		}
		if err := command.Wait(); err != nil {
			t.Errorf("the client ended with %v:\n%s", err, c.stderr)
		}
	})
	return c
}

// line returns the next line that the client prints.
func (c *client) line(t *testing.T) string {
	t.Helper()
	line := receive(t, c.lines)
	if line == "" {
		t.Fatalf("the client says nothing:\n%s", c.stderr)
	}
	return line
}

func (c *client) tell(t *testing.T, line string) {
	t.Helper()
	_, err := fmt.Fprintln(c.input, line)
	must(t, err)
}

func receive(t *testing.T, from <-chan string) string {
	t.Helper()
	select {
	case s := <-from:
		return s
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came")
		return ""
	}
}
