package auth

import (
	"context"
	"net/http"
	"time"

	"github.com/company-a/aside/db"
)

const (
	archiveTime     = 10 * time.Minute // for all of it, however slow the connection
	archivePatience = 30 * time.Second // for each piece
)

// archive sends whoever is signed in, freshly, everything that is kept of them.
func (s *Server) archive(w http.ResponseWriter, r *http.Request) {
	account, err := s.AccountSession(r)
	if err == nil && account == nil {
		err = errSignInFirst
	}
	var a *db.Archive
	if err == nil {
		a, err = s.db.NewArchive(r.Context(), account)
	}
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="aside-`+s.now().UTC().Format(time.DateOnly)+`.zip"`)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	// It may take longer than a request otherwise may. Whoever leaves is noticed by the next write.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), archiveTime)
	defer cancel()
	if err := a.Write(ctx, patientWriter{w, http.NewResponseController(w)}); err != nil {
		s.log.WarnContext(ctx, "an archive broke off", "error", err)
		panic(http.ErrAbortHandler) // so that nobody takes it for whole
	}
}

// patientWriter gives each write its own time.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w patientWriter) Write(b []byte) (int, error) {
	// A writer that knows no deadlines, as in a test, needs none.
	_ = w.control.SetWriteDeadline(time.Now().Add(archivePatience))
	return w.ResponseWriter.Write(b)
}
