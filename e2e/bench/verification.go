package main

import (
	"runtime"
	"syscall"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// A verification is go-webauthn's part of a sign-in.
type verification struct {
	relyingParty *webauthn.WebAuthn
	session      webauthn.SessionData
	user         *holder
	assertion    []byte
}

func newVerification(origin string, h *holder) (v *verification, err error) {
	v = &verification{user: h}
	v.relyingParty, err = webauthn.New(&webauthn.Config{RPID: rpIDOf(origin), RPDisplayName: "bench", RPOrigins: []string{origin}})
	if err != nil {
		return nil, err
	}
	offer, session, err := v.relyingParty.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, err
	}
	v.session, v.assertion = *session, h.assert(offer.Response.Challenge.String())
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
