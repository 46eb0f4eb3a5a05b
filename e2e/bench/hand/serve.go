package hand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/internal/secret"
)

// Config is what Serve needs.
type Config struct {
	DatabaseURL   string // of the owner, as the service has it: for looking sessions up
	SuperuserURL  string // of the same database, without row-level security: for notes
	AccountOrigin string // of the service, as the proofs of its clients name them
	FrameOrigin   string
	Keys          *seal.Keyring
}

// Serve answers on a port of its own until ctx ends. It announces the address on w by one
// line, "ready <address>".
func Serve(ctx context.Context, c Config, w io.Writer) error {
	store, err := db.Open(ctx, c.DatabaseURL, c.Keys, db.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	config, err := pgxpool.ParseConfig(c.SuperuserURL)
	if err != nil {
		return err
	}
	config.MaxConns = 16 // as the service
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	who, err := auth.New(auth.Config{DB: store, Keys: c.Keys, AccountOrigin: c.AccountOrigin, FrameOrigin: c.FrameOrigin})
	if err != nil {
		return err
	}

	notes := &notes{pool: pool, cursors: cursors{key: c.Keys.Derive("cursor")}, limits: db.DefaultLimits}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /page", notes.list)
	routes.HandleFunc("POST /note/{id}", notes.read)
	routes.HandleFunc("POST /create", notes.create)
	routes.HandleFunc("POST /update/{id}", notes.update)
	mux := http.NewServeMux()
	mux.Handle("/", who.AuthenticateWidget(routes))
	mux.HandleFunc("GET /memory", memory)
	mux.Handle("/plain/", http.StripPrefix("/plain", plain(store, routes)))

	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	fmt.Fprintf(w, "ready %s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// plain finds who is asking without a proof: by the token, and the thumbprint of the key
// that a proof would have named.
func plain(store *db.DB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const scheme = "DPoP "
		token := r.Header.Get("Authorization")
		if len(token) <= len(scheme) {
			http.Error(w, "who is asking?", http.StatusUnauthorized)
			return
		}
		parsed, err := store.ParseToken(secret.Of(token[len(scheme):]))
		var session *db.Session
		if err == nil {
			session, err = store.LookUpSession(r.Context(), parsed, r.Header.Get("Key"))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(auth.WithPrincipal(r.Context(), &auth.Principal{Session: session})))
	})
}

// memory answers what this process has allocated.
func memory(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	body, err := json.Marshal(map[string]uint64{"Mallocs": m.Mallocs, "TotalAlloc": m.TotalAlloc})
	if err != nil {
		panic(err) // two numbers
	}
	answer(w, body)
}
