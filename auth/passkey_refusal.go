package auth

import (
	"bytes"
	"errors"
	"net/http"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
	"github.com/company-a/aside/internal/fault"
)

var (
	errPasskeyChanged = refuse(http.StatusBadRequest, "passkey_changed", "This passkey has changed in a way that can’t be trusted. Use another passkey of your account or a recovery code.")
	errPasskeyRefused = refuse(http.StatusBadRequest, "passkey_refused", "This passkey couldn’t be verified. Try again or use another one.")
	errPasskeyUnknown = refuse(http.StatusNotFound, "passkey_unknown", "This passkey doesn't match any account here. Create an account or use another passkey.")
)

// refusePasskey logs which check failed, without the client's data. It returns the same refusal for
// all checks.
func (s *Server) refusePasskey(r *http.Request, err error) error {
	if r.Context().Err() != nil {
		return err
	}
	var e *protocol.Error
	if errors.As(err, &e) {
		s.log.InfoContext(r.Context(), "passkey refused", "type", e.Type, "details", e.Details)
	}
	return errPasskeyRefused
}

// refusePasskeyAnswer records in the audit log that a passkey's answer did not verify, and returns the
// refusal. The backup-eligible flag must never change (WebAuthn L3 §6.1.3). If it did, a retry cannot
// succeed, so the refusal names other ways to sign in.
func (s *Server) refusePasskeyAnswer(r *http.Request, user *db.PasskeyUser, answer *protocol.ParsedCredentialAssertionData, err error) error {
	refusal := s.refusePasskey(r, err)
	if i := slices.IndexFunc(user.Passkeys, func(p db.Passkey) bool { return bytes.Equal(p.CredentialID, answer.RawID) }); i >= 0 &&
		user.Passkeys[i].BackupEligible != answer.Response.AuthenticatorData.Flags.HasBackupEligible() {
		return s.recordRefusedPasskey(r, user.ID, "its backup-eligible flag changed", errPasskeyChanged)
	}
	return s.recordRefusedPasskey(r, user.ID, "its answer did not verify", refusal)
}

// refuseClonedPasskey refuses a passkey because its signature counter did not increase. The passkey may have
// been cloned (WebAuthn L3 §7.2 step 22).
func (s *Server) refuseClonedPasskey(r *http.Request, user uuid.UUID) error {
	s.log.WarnContext(r.Context(), "passkey refused: its signature counter went back")
	return s.recordRefusedPasskey(r, user, "its signature counter went back", errPasskeyRefused)
}

// recordRefusedPasskey records in the audit log why a passkey of user was refused, and returns the
// refusal.
func (s *Server) recordRefusedPasskey(r *http.Request, user uuid.UUID, reason string, refusal error) (err error) {
	defer fault.Place(&err, "auth.recordRefusedPasskey")
	if err := s.db.RecordRefusedPasskey(r.Context(), user, address.Of(r).String(), reason); err != nil {
		return err
	}
	return refusal
}
