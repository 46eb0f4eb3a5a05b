package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Client sends the requests of one connection, one after the other.
type Client interface {
	// Next appends the next request to b, head and body. It returns false when there is
	// none left, which ends the connection before its time.
	Next(b []byte) ([]byte, bool)
	// Answered is told the answer: its status, its header and the whole body, which it may
	// not keep. What it returns ends the run.
	Answered(status int, header http.Header, body []byte) error
}

// A Result is what a run did.
type Result struct {
	Requests int
	Elapsed  time.Duration // until the last answer
}

// Rate is the number of requests in a second.
func (r Result) Rate() float64 { return float64(r.Requests) / r.Elapsed.Seconds() }

// Run has each client send to address on a connection of its own, until it has no more
// requests or d has passed; what is under way then is waited for. It fails with the first
// connection that does, and for an empty run.
func Run(ctx context.Context, address string, d time.Duration, clients []Client) (Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	connections := make([]net.Conn, len(clients))
	for i := range connections {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return Result{}, err
		}
		defer func() { _ = c.Close() }()
		context.AfterFunc(ctx, func() { _ = c.Close() })
		connections[i] = c
	}
	var done sync.WaitGroup
	counts, started := make([]int, len(clients)), time.Now()
	for i, client := range clients {
		done.Go(func() {
			n, err := converse(connections[i], started.Add(d), client)
			if counts[i] = n; err != nil {
				cancel(err)
			}
		})
	}
	done.Wait()
	r := Result{Elapsed: time.Since(started)}
	if err := context.Cause(ctx); err != nil {
		return r, err
	}
	for _, n := range counts {
		r.Requests += n
	}
	if r.Requests == 0 {
		return r, errors.New("load: nothing was asked")
	}
	return r, nil
}

// EventStream is the media type of an answer that does not end.
const EventStream = "text/event-stream"

// Hold opens one connection for each client, sends one request on it, waits for the head of
// the answer and for the body's end unless it is a stream, and keeps all connections open
// until release is called.
func Hold(ctx context.Context, address string, clients []Client) (release func(), err error) {
	var open []net.Conn
	closeAll := func() {
		for _, c := range open {
			_ = c.Close()
		}
	}
	defer func() {
		if err != nil {
			closeAll()
		}
	}()
	for _, client := range clients {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, err
		}
		open = append(open, c)
		request, _ := client.Next(nil)
		if _, err := c.Write(request); err != nil {
			return nil, err
		}
		r, err := http.ReadResponse(bufio.NewReader(c), nil) //nolint:bodyclose // a stream's would wait for its end
		if err != nil {
			return nil, err
		}
		var body []byte
		if !strings.HasPrefix(r.Header.Get("Content-Type"), EventStream) {
			if body, err = io.ReadAll(r.Body); err != nil {
				return nil, err
			}
		}
		if err := client.Answered(r.StatusCode, r.Header, body); err != nil {
			return nil, err
		}
	}
	return closeAll, nil
}

func converse(c net.Conn, until time.Time, client Client) (answered int, err error) {
	r := bufio.NewReaderSize(c, 32<<10)
	var request []byte
	var body bytes.Buffer
	for time.Now().Before(until) {
		var ok bool
		if request, ok = client.Next(request[:0]); !ok {
			break
		}
		if _, err := c.Write(request); err != nil {
			return answered, err
		}
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			return answered, err
		}
		body.Reset()
		_, err = body.ReadFrom(answer.Body)
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			return answered, err
		}
		if err := client.Answered(answer.StatusCode, answer.Header, body.Bytes()); err != nil {
			return answered, err
		}
		answered++
	}
	return answered, nil
}

// A Header is a line of a request's head.
type Header struct{ Name, Value string }

// Append appends a request in HTTP/1.1.
func Append(b []byte, method, host, path string, body []byte, headers ...Header) []byte {
	b = append(append(append(append(b, method...), ' '), path...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, host...), "\r\n"...)
	for _, h := range headers {
		if h.Value != "" {
			b = append(append(append(append(b, h.Name...), ": "...), h.Value...), "\r\n"...)
		}
	}
	if body != nil {
		b = append(b, "Content-Type: application/json\r\nContent-Length: "...)
		b = append(strconv.AppendInt(b, int64(len(body)), 10), "\r\n"...)
	}
	return append(append(b, "\r\n"...), body...)
}

// Refused is the error of an answer that is not the one that was asked for.
func Refused(status int, body []byte) error {
	return fmt.Errorf("load: answered %d %.300s", status, body)
}
