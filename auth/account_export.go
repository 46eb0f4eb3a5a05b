package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

const (
	exportTimeout      = 10 * time.Minute // for the whole archive
	exportWriteTimeout = 30 * time.Second // for each write
)

// exportAccount sends everything that is stored about the signed-in person, who must have confirmed it
// with a passkey: see db.NewArchive.
func (s *Server) exportAccount(w http.ResponseWriter, r *http.Request) {
	a, err := s.newExport(r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	setHeaders(w.Header(), "application/zip", "no-store")
	w.Header().Set("Content-Disposition", `attachment; filename="aside-`+s.now().UTC().Format(time.DateOnly)+`.zip"`)
	// An export may take longer than other requests. If the client has left, the next write fails.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), exportTimeout)
	defer cancel()
	if err := a.Write(ctx, deadlineWriter{w, http.NewResponseController(w)}); err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "archive not sent completely", fault.Attrs(err)...)
		panic(http.ErrAbortHandler) // so that the client notices that it is incomplete
	}
}

func (s *Server) newExport(r *http.Request) (_ *db.Archive, err error) {
	defer fault.Place(&err, "auth.newExport")
	account, err := s.AccountSession(r)
	if err != nil {
		return nil, err
	}
	if account == nil {
		return nil, errSignInFirst
	}
	a, err := s.db.NewArchive(r.Context(), account)
	if errors.Is(err, db.ErrExportedInBrowser) {
		return nil, refuse(http.StatusConflict, "export_in_browser", db.Message(err))
	}
	return a, err
}

// A deadlineWriter gives each write its own timeout.
type deadlineWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w deadlineWriter) Write(b []byte) (int, error) {
	// A writer without deadlines, as in a test, needs none.
	_ = w.control.SetWriteDeadline(time.Now().Add(exportWriteTimeout))
	return w.ResponseWriter.Write(b)
}
