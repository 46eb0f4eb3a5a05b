package e2e

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// dialog is the person's response when the system asks for a passkey.
type dialog int

const (
	agrees dialog = iota
	cancels
)

// addCredential takes a map, since the driver's own credential type always sends a field that browsers refuse.
var addCredential = cdp.Command[map[string]any, cdp.Empty]{Method: webauthn.CommandAddCredential}

// connectAuthenticator gives a window an authenticator with the person's passkeys, and records the ones that
// are created there.
func (w *window) connectAuthenticator() {
	w.t.Helper()
	keep := func(c *webauthn.Credential) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.passkeys[string(c.CredentialID)] = c
	}
	must(w.t, chromedp.Listen(w.ctx, func(event any) {
		switch e := event.(type) {
		case *webauthn.EventCredentialAdded:
			keep(e.Credential)
		case *webauthn.EventCredentialAsserted:
			keep(e.Credential)
		}
	}))
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, webauthn.Enable, webauthn.EnableParams{})
		return err
	})))
	w.authenticator = w.addAuthenticator(w.device)
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, c := range w.passkeys {
			_, err := cdp.Call(ctx, tab, addCredential, map[string]any{
				"authenticatorId": w.authenticator,
				"credential": map[string]any{
					"credentialId": c.CredentialID, "isResidentCredential": true, "rpId": c.RpID, "privateKey": c.PrivateKey,
					"userHandle": c.UserHandle, "signCount": c.SignCount, "userName": c.UserName, "userDisplayName": c.UserDisplayName,
				},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})))
}

// addAuthenticator attaches an empty authenticator of a kind to the window, besides those that it has.
func (w *window) addAuthenticator(kind webauthn.AuthenticatorTransport) (id webauthn.AuthenticatorID) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		added, err := cdp.Call(ctx, tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
			Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21,
				Transport: kind, HasResidentKey: true, HasUserVerification: true,
				IsUserVerified: w.dialog == agrees, AutomaticPresenceSimulation: true, HasPrf: w.prf,
			},
		})
		if err == nil {
			id = added.AuthenticatorID
		}
		return err
	})))
	return id
}

// disconnectAuthenticator removes the window's authenticator.
func (w *window) disconnectAuthenticator() {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, webauthn.RemoveVirtualAuthenticator, webauthn.RemoveVirtualAuthenticatorParams{AuthenticatorID: w.authenticator})
		return err
	})))
}

// switchDevice replaces the person's authenticator with an empty one.
func (w *window) switchDevice() {
	w.t.Helper()
	w.disconnectAuthenticator()
	w.losePasskeys()
	w.connectAuthenticator()
}

// losePasskeys makes the authenticators of windows that open from now on empty.
func (p *person) losePasskeys() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.passkeys)
}

// answerPrompt sets how the person responds when the system asks for a passkey from now on.
func (w *window) answerPrompt(d dialog) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{
			AuthenticatorID: w.authenticator, IsUserVerified: d == agrees,
		})
		return err
	})))
}

// setPresence sets whether the person touches the authenticator when it asks.
func (w *window) setPresence(id webauthn.AuthenticatorID, yes bool) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, webauthn.SetAutomaticPresenceSimulation, webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: id, Enabled: yes})
		return err
	})))
}
