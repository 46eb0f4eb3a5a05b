package auth

import (
	"errors"
	"net/http"

	"github.com/company-a/aside/auth/dpop"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

func badProof(message string) *Error {
	return refuse(http.StatusBadRequest, "invalid_dpop_proof", message)
}

// errUseNonce asks for another proof, with a nonce (RFC 9449 §8).
var errUseNonce = refuseUncounted(http.StatusBadRequest, "use_dpop_nonce", "Create a new proof with the nonce from the DPoP-Nonce header.")

// verifyProof verifies the DPoP proof of a request to path on the frame origin. accessToken is
// the token sent with it, or an empty secret at an OAuth endpoint. A refusal is an *Error.
func (s *Server) verifyProof(r *http.Request, path string, accessToken secret.Text) (*dpop.Proof, error) {
	proof, err := s.proofs.Verify(r, path, accessToken.Reveal())
	var refused *dpop.Error
	switch {
	case errors.Is(err, dpop.ErrUseNonce):
		return nil, errUseNonce
	case errors.As(err, &refused):
		return nil, badProof(refused.Message)
	}
	return proof, err
}

// spendProof uses a proof up at an OAuth endpoint.
func (s *Server) spendProof(r *http.Request, p *dpop.Proof) (err error) {
	defer fault.Place(&err, "auth.spendProof")
	err = s.db.SpendProof(r.Context(), p.Spendable())
	if errors.Is(err, db.ErrProofUsed) {
		return badProof("This DPoP proof was already used. Create a new one for each request.")
	}
	return err
}

// requireProof verifies the proof of a request to the token endpoint and uses it up.
func (s *Server) requireProof(r *http.Request) (*dpop.Proof, error) {
	proof, err := s.verifyProof(r, "/oauth/token", secret.Text{})
	if err != nil {
		return nil, err
	}
	return proof, s.spendProof(r, proof)
}

// offerNonce adds a nonce to the response if err asks for one.
func (s *Server) offerNonce(w http.ResponseWriter, err error) {
	if errors.Is(err, errUseNonce) {
		w.Header().Set("DPoP-Nonce", s.proofs.Nonce())
	}
}
