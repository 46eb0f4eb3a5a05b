// Command pin saves today's loader and npm package for tenants that pin them: it copies them to widget/released, under the names that
// never change. Run it from the root of the repository.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/company-a/aside/widget"
)

func main() {
	if err := pin("widget/released"); err != nil {
		fmt.Fprintln(os.Stderr, "pin:", err)
		os.Exit(1)
	}
}

func pin(dir string) error {
	handler, err := widget.New(widget.Config{
		AccountOrigin: "https://aside.example", FrameOrigin: "https://aside-frame.example", Log: slog.Default(),
		Tenant: func(context.Context, string) (*widget.Tenant, error) { return nil, widget.ErrUnavailable },
	})
	if err != nil {
		return err
	}
	type entry struct{ File string }
	var today struct {
		entry
		Package entry
	}
	if err := json.Unmarshal(get(handler, "aside.json"), &today); err != nil {
		return err
	}
	for _, file := range []string{today.File, today.Package.File} {
		if err := os.WriteFile(filepath.Join(dir, file), get(handler, file), 0o644); err != nil { //nolint:gosec // they are public
			return err
		}
		fmt.Println(filepath.Join(dir, file))
	}
	return nil
}

func get(handler http.Handler, file string) []byte {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/"+file, nil))
	return w.Body.Bytes()
}
