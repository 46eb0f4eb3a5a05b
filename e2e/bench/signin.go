package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/company-a/aside/e2e/bench/load"
)

// measureSignIn compares whole sign-ins with a passkey at the account origin, offer and
// answer, with all that is stored for them, to go-webauthn verifying an assertion and doing
// nothing else. It compares CPU, since one is a service and the other a loop.
func (b *bench) measureSignIn(ctx context.Context) error {
	bare, err := b.newVerification()
	if err != nil {
		return err
	}
	ceremonies := contender{name: "sign-in", process: b.service.process, slice: func(ctx context.Context, d time.Duration) (load.Result, error) {
		clients := make([]load.Client, b.connection)
		for i := range clients {
			clients[i] = &visitor{bench: b, person: i}
		}
		r, err := load.Run(ctx, b.service.address, d, clients)
		r.Requests = (r.Requests + 1) / 2 // an offer and an answer
		return r, err
	}}
	if _, err := ceremonies.slice(ctx, b.slice/2); err != nil {
		return err
	}
	var own, all, took, rates []float64
	for range b.pairs {
		verification, err := bare.measure(b.slice / 3)
		if err != nil {
			return err
		}
		s, err := b.sample(ctx, ceremonies)
		if err != nil {
			return err
		}
		own = append(own, float64(verification)/float64(s.server))
		all = append(all, float64(verification)/float64(s.total))
		took, rates = append(took, float64(verification)/1000), append(rates, s.rate)
	}
	b.table.set("sign-in", own, "CPU of the service's process; %s sign-ins/s, each committed to disk; a bare verification takes %s µs", number(middle(rates)), number(middle(took)))
	b.table.set("sign-in whole", all, "beside the verification a sign-in is two requests and four round trips to the database")
	return b.profileDuring(ctx, ceremonies, "sign-in")
}

// A visitor signs in again and again, each time as somebody else in a fresh browser.
type visitor struct {
	*bench
	person  int
	answer  []byte // to the offer, once there is one
	cookies string
}

func (v *visitor) Next(buffer []byte) ([]byte, bool) {
	path, body := "/passkeys/login", []byte{}
	if v.answer != nil {
		path, body = "/passkeys/login/finish", v.answer
	}
	return load.Append(buffer, http.MethodPost, hostOf(v.service.account), path, body, load.Header{Name: "Cookie", Value: v.cookies}), true
}

func (v *visitor) Answered(status int, header http.Header, body []byte) error {
	if status != http.StatusOK {
		return load.Refused(status, body)
	}
	if v.answer != nil {
		v.answer, v.cookies = nil, ""
		v.person += v.connection
		return nil
	}
	var offer struct {
		Ceremony string
		Options  struct{ Challenge string }
	}
	if err := json.Unmarshal(body, &offer); err != nil {
		return err
	}
	for _, cookie := range header.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(cookie, ";")
		v.cookies = strings.TrimPrefix(v.cookies+"; "+pair, "; ")
	}
	p := v.people[v.person%len(v.people)]
	v.answer = fmt.Appendf(nil, `{"ceremony":"%s","credential":%s}`, offer.Ceremony, p.assert(v.service.account, offer.Options.Challenge))
	return nil
}

// assert answers a challenge with the person's passkey, as a browser would: an
// AuthenticationResponseJSON (WebAuthn L3 §5.1).
func (p *person) assert(origin, challenge string) []byte {
	encode := base64.RawURLEncoding.EncodeToString
	clientData := fmt.Appendf(nil, `{"type":"webauthn.get","challenge":"%s","origin":"%s","crossOrigin":false}`, challenge, origin)
	rpID, clientHash := sha256.Sum256([]byte(rpIDOf(origin))), sha256.Sum256(clientData)
	const presentVerifiedBackedUp = 1<<0 | 1<<2 | 1<<3 | 1<<4
	data := append(rpID[:], presentVerifiedBackedUp, 0, 0, 0, 0)
	signature := p.key.Assert(append(data[:len(data):len(data)], clientHash[:]...))
	id := encode(p.credential())
	return fmt.Appendf(nil, `{"id":"%s","rawId":"%s","type":"public-key","authenticatorAttachment":"platform","clientExtensionResults":{},`+
		`"response":{"clientDataJSON":"%s","authenticatorData":"%s","signature":"%s","userHandle":"%s"}}`,
		id, id, encode(clientData), encode(data), encode(signature), encode(handle(p.id)))
}

func rpIDOf(origin string) string {
	host, _, _ := strings.Cut(hostOf(origin), ":")
	return host
}

// A verification is go-webauthn's part of a sign-in.
type verification struct {
	relyingParty *webauthn.WebAuthn
	session      webauthn.SessionData
	user         *holder
	assertion    []byte
}

func (b *bench) newVerification() (v *verification, err error) {
	v = &verification{user: &holder{b.people[0]}}
	v.relyingParty, err = webauthn.New(&webauthn.Config{RPID: rpIDOf(b.service.account), RPDisplayName: "bench", RPOrigins: []string{b.service.account}})
	if err != nil {
		return nil, err
	}
	offer, session, err := v.relyingParty.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, err
	}
	v.session, v.assertion = *session, b.people[0].assert(b.service.account, offer.Response.Challenge.String())
	return v, nil
}

// measure returns the CPU that one verification takes, its garbage included.
func (v *verification) measure(d time.Duration) (time.Duration, error) {
	runtime.GC()
	before, err := ownCPU()
	if err != nil {
		return 0, err
	}
	n, started := 0, time.Now()
	for ; time.Since(started) < d; n++ {
		parsed, err := protocol.ParseCredentialRequestResponseBytes(v.assertion)
		if err != nil {
			return 0, err
		}
		find := func([]byte, []byte) (webauthn.User, error) { return v.user, nil }
		if _, _, err := v.relyingParty.ValidatePasskeyLogin(find, v.session, parsed); err != nil {
			return 0, err
		}
	}
	after, err := ownCPU()
	return (after - before) / time.Duration(max(n, 1)), err
}

// ownCPU is the processor time that the bench itself has used.
func ownCPU() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// holder is a person as go-webauthn wants to see one.
type holder struct{ *person }

func (h *holder) WebAuthnID() []byte          { return handle(h.id) }
func (h *holder) WebAuthnName() string        { return "holder" }
func (h *holder) WebAuthnDisplayName() string { return "holder" }

func (h *holder) WebAuthnCredentials() []webauthn.Credential {
	return []webauthn.Credential{{
		ID: h.credential(), PublicKey: h.key.COSE(),
		Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: true, BackupState: true},
		Authenticator: webauthn.Authenticator{AAGUID: make([]byte, 16)},
	}}
}
