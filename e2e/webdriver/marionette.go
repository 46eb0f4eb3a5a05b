package webdriver

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
)

// marionette speaks Firefox's protocol: JSON arrays over TCP, each with its length in front.
// https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
type marionette struct {
	conn   net.Conn
	reader *bufio.Reader
	last   int // id of the last command
}

const maxMessage = 64 << 20

func dialMarionette(ctx context.Context, port string) (*marionette, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, err
	}
	m := &marionette{conn: conn, reader: bufio.NewReader(conn)}
	if _, err := m.read(); err != nil { // its greeting
		_ = conn.Close()
		return nil, err
	}
	return m, nil
}

// call sends a command and returns what Firefox answers.
func (m *marionette) call(ctx context.Context, command string, params map[string]any) (json.RawMessage, error) {
	deadline, _ := ctx.Deadline()
	if err := m.conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	m.last++
	message, err := json.Marshal([]any{0, m.last, command, params})
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(message), message); err != nil {
		return nil, err
	}
	for {
		answer, err := m.read()
		if err != nil {
			return nil, err
		}
		var parts [4]json.RawMessage // 1, id, error, result
		if err := json.Unmarshal(answer, &parts); err != nil {
			return nil, err
		}
		if string(parts[1]) != strconv.Itoa(m.last) {
			continue // the answer to a command that was given up
		}
		if string(parts[2]) != "null" {
			failure := &Error{Command: command}
			return nil, failure.read(parts[2])
		}
		return parts[3], nil
	}
}

func (m *marionette) read() ([]byte, error) {
	length, err := m.reader.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(length[:len(length)-1])
	if err != nil || n > maxMessage {
		return nil, fmt.Errorf("a message of length %q", length)
	}
	message := make([]byte, n)
	_, err = io.ReadFull(m.reader, message)
	return message, err
}

func (m *marionette) close() { _ = m.conn.Close() }
