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

// An sseWriter writes the events of one stream ("GraphQL over Server-Sent Events Protocol", distinct connections mode).
type sseWriter struct {
	io.Writer
	header  http.Header
	conn    net.Conn                 // the hijacked connection, or nil
	w       http.ResponseWriter      // if conn is nil
	control *http.ResponseController // if conn is nil
}

// hijackSSE returns a writer to the hijacked connection of a request, or nil if the connection cannot be hijacked. net/http
// then frees the request, its buffers and its goroutine's stack: about 30 KB.
func hijackSSE(w http.ResponseWriter) *sseWriter {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil
	}
	if buffered.Reader.Buffered() > 0 { // a second request before the first response is not supported
		_ = conn.Close()
	}
	return &sseWriter{Writer: conn, conn: conn, header: w.Header().Clone()}
}

// newSSEWriter returns a writer to the response of a request.
func newSSEWriter(w http.ResponseWriter) *sseWriter {
	return &sseWriter{Writer: w, w: w, control: http.NewResponseController(w), header: w.Header()}
}

// onDisconnect calls f when the client closes a hijacked connection. Without hijacking, net/http cancels the request's context.
func (s *sseWriter) onDisconnect(f func()) {
	if s.conn == nil {
		return
	}
	go func() {
		defer f()
		var b [1]byte
		for {
			if _, err := s.conn.Read(b[:]); err != nil {
				return
			}
		}
	}()
}

func (s *sseWriter) close() {
	if s.conn != nil {
		_ = s.conn.Close()
	}
}

// start sends the header and a comment: from then on, the client gets every change.
func (s *sseWriter) start() error {
	s.header.Set("Content-Type", auth.EventStream)
	s.header.Set("X-Accel-Buffering", "no") // for nginx
	if s.conn == nil {
		_ = s.control.SetReadDeadline(time.Time{}) // the request has been read, and its deadline would end the stream
		s.w.WriteHeader(http.StatusOK)
		return s.heartbeat()
	}
	s.header.Set("Connection", "close") // the body ends with it (RFC 9112 §6.3)
	s.header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	if err := s.header.Write(&b); err != nil {
		return err
	}
	s.header = nil
	b.WriteString("\r\n:\n\n")
	return s.write(b.Bytes())
}

func (s *sseWriter) heartbeat() error { return s.write([]byte(":\n\n")) }
func (s *sseWriter) complete() error  { return s.write([]byte("event: complete\ndata:\n\n")) }

// next sends one result. Our JSON has no line breaks, so it is one line of data.
func (s *sseWriter) next(data []byte, errs gqlerror.List) error {
	b, _ := buffers.Get().(*bytes.Buffer) // holds nothing else
	b.Reset()
	b.WriteString("event: next\ndata: {")
	if len(errs) > 0 {
		encoded, err := json.Marshal(errs)
		if err != nil {
			panic(err) // errors hold only strings and numbers
		}
		b.WriteString(`"errors":`)
		b.Write(encoded)
		b.WriteByte(',')
	}
	b.WriteString(`"data":`)
	b.Write(data)
	b.WriteString("}\n\n")
	err := s.write(b.Bytes())
	if b.Cap() <= maxBuffer {
		buffers.Put(b)
	}
	return err
}

// write writes b, with a write deadline for b alone in place of the server's deadline for the whole response.
func (s *sseWriter) write(b []byte) error {
	if s.conn != nil {
		_ = s.conn.SetWriteDeadline(time.Now().Add(streamWriteTimeout))
		_, err := s.Write(b)
		return err
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(streamWriteTimeout))
	if _, err := s.Write(b); err != nil {
		return err
	}
	return s.control.Flush()
}
