package webdriver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
)

// endpoints are the commands as the W3C's protocol has them (WebDriver §8.2): a method and a path below the session's.
var endpoints = map[string][2]string{
	"WebDriver:Navigate":           {http.MethodPost, "/url"},
	"WebDriver:GetWindowHandles":   {http.MethodGet, "/window/handles"},
	"WebDriver:NewWindow":          {http.MethodPost, "/window/new"},
	"WebDriver:SwitchToWindow":     {http.MethodPost, "/window"},
	"WebDriver:SwitchToFrame":      {http.MethodPost, "/frame"},
	"WebDriver:CloseWindow":        {http.MethodDelete, "/window"},
	"WebDriver:ExecuteScript":      {http.MethodPost, "/execute/sync"},
	"WebDriver:ExecuteAsyncScript": {http.MethodPost, "/execute/async"},
	"WebDriver:ElementClick":       {http.MethodPost, "/element/{id}/click"},
	"WebDriver:ElementSendKeys":    {http.MethodPost, "/element/{id}/value"},
}

// protocol speaks the W3C's protocol: JSON over HTTP, with a driver on this machine.
type protocol struct {
	session string // its address
	client  http.Client
}

// openSession asks the driver at address for a session with what a browser must be capable of.
func openSession(ctx context.Context, address string, capabilities map[string]any) (*protocol, error) {
	p := &protocol{session: address + "/session"}
	answer, err := p.send(ctx, "WebDriver:NewSession", http.MethodPost, "", map[string]any{"capabilities": map[string]any{"alwaysMatch": capabilities}})
	if err != nil {
		return nil, err
	}
	var opened struct{ SessionID string }
	if err := json.Unmarshal(answer, &opened); err != nil {
		return nil, err
	}
	p.session += "/" + opened.SessionID
	return p, nil
}

func (p *protocol) call(ctx context.Context, command string, params map[string]any) (json.RawMessage, error) {
	endpoint, ok := endpoints[command]
	if !ok {
		return nil, &Error{Command: command, Code: "unknown command", Message: "not among those of the W3C"}
	}
	params = maps.Clone(params)
	path := endpoint[1]
	if id, ok := params["id"].(string); ok {
		path = strings.Replace(path, "{id}", id, 1)
		delete(params, "id")
	}
	if frame, ok := params["element"]; ok {
		params["id"] = map[string]any{elementKey: frame}
		delete(params, "element")
	}
	return p.send(ctx, command, endpoint[0], path, params)
}

func (p *protocol) send(ctx context.Context, command, method, path string, params map[string]any) (json.RawMessage, error) {
	var body io.Reader
	if method == http.MethodPost {
		sent, err := json.Marshal(params)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(sent)
	}
	request, err := http.NewRequestWithContext(ctx, method, p.session+path, body)
	if err != nil {
		return nil, err
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(io.LimitReader(response.Body, maxMessage)).Decode(&answer); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", command, response.Status, err)
	}
	if response.StatusCode != http.StatusOK {
		failure := &Error{Command: command}
		return nil, failure.read(answer.Value)
	}
	return answer.Value, nil
}

func (p *protocol) close() { p.client.CloseIdleConnections() }
