package webdriver

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// wire carries commands to a browser, by the names that Marionette has for them.
type wire interface {
	call(ctx context.Context, command string, params map[string]any) (json.RawMessage, error)
	close()
}

// Session is one browser with a profile of its own.
type Session struct {
	wire
	quit func()
}

// Error is a browser's answer to a command that failed.
type Error struct {
	Command string `json:"-"`
	Code    string `json:"error"`
	Message string `json:"message"`
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s: %s", e.Command, e.Code, e.Message) }

func (e *Error) read(body []byte) error {
	if err := json.Unmarshal(body, e); err != nil {
		return err
	}
	return e
}

// Element is an element of the current frame.
type Element string

const elementKey = "element-6066-11e4-a52e-4f735466cecf" // WebDriver §12.3

// commandTime is what a browser has to answer a command, on a busy machine. One that hangs then fails its test with the command's
// name.
const commandTime = 2 * time.Minute

// do sends a command and reads its answer into result, unless that is nil.
func (s *Session) do(ctx context.Context, command string, params map[string]any, result any) error {
	if params == nil {
		params = map[string]any{}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, commandTime, fmt.Errorf("%s: no answer within %s", command, commandTime))
	defer cancel()
	answer, err := s.call(ctx, command, params)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil || result == nil {
		return err
	}
	return json.Unmarshal(answer, result)
}

// Navigate opens an address in the current window and waits until it has loaded.
func (s *Session) Navigate(ctx context.Context, address string) error {
	return s.do(ctx, "WebDriver:Navigate", map[string]any{"url": address}, nil)
}

// Windows lists the tabs and windows that are open.
func (s *Session) Windows(ctx context.Context) (handles []string, err error) {
	var answer json.RawMessage
	if err := s.do(ctx, "WebDriver:GetWindowHandles", nil, &answer); err != nil {
		return nil, err
	}
	return handles, unwrap(answer, &handles)
}

// OpenTab opens an empty tab and returns its handle.
func (s *Session) OpenTab(ctx context.Context) (string, error) {
	var tab struct{ Handle string }
	err := s.do(ctx, "WebDriver:NewWindow", map[string]any{"type": "tab", "focus": true}, &tab)
	return tab.Handle, err
}

// Focus makes a window the current one, with its page as the current frame.
func (s *Session) Focus(ctx context.Context, window string) error {
	return s.do(ctx, "WebDriver:SwitchToWindow", map[string]any{"handle": window, "focus": true}, nil)
}

// Enter makes a frame of the current one the current frame.
func (s *Session) Enter(ctx context.Context, frame Element) error {
	return s.do(ctx, "WebDriver:SwitchToFrame", map[string]any{"element": string(frame)}, nil)
}

// Close closes the current window.
func (s *Session) Close(ctx context.Context) error {
	return s.do(ctx, "WebDriver:CloseWindow", nil, nil)
}

// Evaluate runs the body of a function in the current frame and reads what it returns.
func (s *Session) Evaluate(ctx context.Context, body string, result any, args ...any) error {
	return s.evaluate(ctx, "WebDriver:ExecuteScript", body, result, args)
}

// Await does the same with a function that calls back: by the last of its arguments.
func (s *Session) Await(ctx context.Context, body string, result any, args ...any) error {
	return s.evaluate(ctx, "WebDriver:ExecuteAsyncScript", body, result, args)
}

func (s *Session) evaluate(ctx context.Context, command, body string, result any, args []any) error {
	var answer json.RawMessage
	if args == nil {
		args = []any{}
	}
	if err := s.do(ctx, command, map[string]any{"script": body, "args": args}, &answer); err != nil {
		return err
	}
	return unwrap(answer, result)
}

// Find runs the body of a function that returns an element, and returns that: "" for null.
func (s *Session) Find(ctx context.Context, body string, args ...any) (Element, error) {
	var found map[string]string
	err := s.Evaluate(ctx, body, &found, args...)
	return Element(found[elementKey]), err
}

// Click clicks in the middle of an element, with a mouse.
func (s *Session) Click(ctx context.Context, e Element) error {
	return s.do(ctx, "WebDriver:ElementClick", map[string]any{"id": string(e)}, nil)
}

// Type types into an element.
func (s *Session) Type(ctx context.Context, e Element, text string) error {
	return s.do(ctx, "WebDriver:ElementSendKeys", map[string]any{"id": string(e), "text": text}, nil)
}

// AddAuthenticator gives the browser a passkey provider of its own that agrees to everything.
func (s *Session) AddAuthenticator(ctx context.Context) error {
	return s.do(ctx, "WebAuthn:AddVirtualAuthenticator", map[string]any{
		"protocol": "ctap2_1", "transport": "internal", "hasResidentKey": true,
		"hasUserVerification": true, "isUserVerified": true, "isUserConsenting": true,
	}, nil)
}

// Quit ends the browser and removes its profile.
func (s *Session) Quit() { s.quit() }

// unwrap reads an answer that Marionette gives as {"value": …} in some commands and as it is in others.
func unwrap(answer json.RawMessage, result any) error {
	var wrapped struct{ Value json.RawMessage }
	if json.Unmarshal(answer, &wrapped) == nil && wrapped.Value != nil {
		answer = wrapped.Value
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer, result)
}
