package e2e

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// A dialog says what the person does when the system asks for their passkey.
type dialog int

const (
	agrees dialog = iota
	cancels
)

// The driver's own type for a credential always sends a field that browsers refuse.
var addCredential = cdp.Command[map[string]any, cdp.Empty]{Method: webauthn.CommandAddCredential}

// plugIn gives a window an authenticator with the person's passkeys, and records the ones that
// are created there.
func (w *window) plugIn() {
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
	w.authenticator = w.adds(w.device)
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

// adds adds an empty authenticator of a kind to the window's.
func (w *window) adds(kind webauthn.AuthenticatorTransport) (id webauthn.AuthenticatorID) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		added, err := cdp.Call(ctx, tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
			Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21,
				Transport: kind, HasResidentKey: true, HasUserVerification: true,
				IsUserVerified: w.dialog == agrees, AutomaticPresenceSimulation: true,
			},
		})
		if err == nil {
			id = added.AuthenticatorID
		}
		return err
	})))
	return id
}

// unplug takes the window's authenticator away.
func (w *window) unplug() {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, webauthn.RemoveVirtualAuthenticator, webauthn.RemoveVirtualAuthenticatorParams{AuthenticatorID: w.authenticator})
		return err
	})))
}

// changesDevice takes the person's authenticator away and gives them an empty one.
func (w *window) changesDevice() {
	w.t.Helper()
	w.unplug()
	w.mu.Lock()
	clear(w.passkeys)
	w.mu.Unlock()
	w.plugIn()
}

// answer changes what the person does when the system asks again.
func (w *window) answer(d dialog) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{
			AuthenticatorID: w.authenticator, IsUserVerified: d == agrees,
		})
		return err
	})))
}

// touches sets whether the person touches an authenticator that asks for it.
func (w *window) touches(id webauthn.AuthenticatorID, yes bool) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, webauthn.SetAutomaticPresenceSimulation, webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: id, Enabled: yes})
		return err
	})))
}
