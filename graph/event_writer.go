package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/company-a/aside/auth"
)

// An eventWriter writes the events of one stream ("GraphQL over Server-Sent Events Protocol",
// distinct connections mode).
type eventWriter struct {
	io.Writer
	head     http.Header
	conn     net.Conn                 // of a request that was taken over; nil for one that is being answered
	response http.ResponseWriter      // of that one
	control  *http.ResponseController // likewise
}

// takeOver makes the connection of a request the stream's own, nil where it can't be had. net/http
// then lets go of the request, its buffers and the stack that it was answered on: some 30 KB.
func takeOver(w http.ResponseWriter) *eventWriter {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil
	}
	if buffered.Reader.Buffered() > 0 { // nobody sends a second request before the first is answered
		_ = conn.Close()
	}
	return &eventWriter{Writer: conn, conn: conn, head: w.Header().Clone()}
}

// answerWriter writes the answer to a request as usual.
func answerWriter(w http.ResponseWriter) *eventWriter {
	return &eventWriter{Writer: w, response: w, control: http.NewResponseController(w), head: w.Header()}
}

// watch calls gone when the reader has left. The context of a request that is being answered ends by itself.
func (e *eventWriter) watch(gone func()) {
	if e.conn == nil {
		return
	}
	go func() {
		defer gone()
		var b [1]byte
		for {
			if _, err := e.conn.Read(b[:]); err != nil {
				return
			}
		}
	}()
}

func (e *eventWriter) close() {
	if e.conn != nil {
		_ = e.conn.Close()
	}
}

// begin sends the head, and something to read: whoever subscribed knows then that they hear of
// everything from here on.
func (e *eventWriter) begin() error {
	e.head.Set("Content-Type", auth.EventStream)
	e.head.Set("X-Accel-Buffering", "no") // for nginx
	if e.conn == nil {
		_ = e.control.SetReadDeadline(time.Time{}) // the request has been read; else it would end the stream
		e.response.WriteHeader(http.StatusOK)
		return e.beat()
	}
	e.head.Set("Connection", "close") // the body ends with it (RFC 9112 §6.3)
	e.head.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	if err := e.head.Write(&b); err != nil {
		return err
	}
	e.head = nil
	b.WriteString("\r\n:\n\n")
	return e.write(b.Bytes())
}

func (e *eventWriter) beat() error     { return e.write([]byte(":\n\n")) }
func (e *eventWriter) complete() error { return e.write([]byte("event: complete\ndata:\n\n")) }

// next sends one answer. It is one line, as JSON of ours is.
func (e *eventWriter) next(data []byte, errs gqlerror.List) error {
	b, _ := buffers.Get().(*bytes.Buffer) // it holds nothing else
	b.Reset()
	b.WriteString("event: next\ndata: {")
	if len(errs) > 0 {
		encoded, err := json.Marshal(errs)
		if err != nil {
			panic(err) // errors are made of strings and numbers
		}
		b.WriteString(`"errors":`)
		b.Write(encoded)
		b.WriteByte(',')
	}
	b.WriteString(`"data":`)
	b.Write(data)
	b.WriteString("}\n\n")
	err := e.write(b.Bytes())
	if b.Cap() <= maxBuffer {
		buffers.Put(b)
	}
	return err
}

// write takes the deadline for the whole answer away, and gives the reader one for this part.
func (e *eventWriter) write(b []byte) error {
	if e.conn != nil {
		_ = e.conn.SetWriteDeadline(time.Now().Add(streamPatience))
		_, err := e.Write(b)
		return err
	}
	_ = e.control.SetWriteDeadline(time.Now().Add(streamPatience))
	if _, err := e.Write(b); err != nil {
		return err
	}
	return e.control.Flush()
}
