package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// baseSettings returns the package's settings; Config.Settings may override them.
func (s *Server) baseSettings() map[string]string {
	return map[string]string{
		// Reachable only through the private socket directory.
		"listen_addresses":        "",
		"unix_socket_directories": s.sockets,
		"unix_socket_permissions": "0700",
		"port":                    port,
		"ssl":                     "off",

		// An answered COMMIT is on disk.
		"fsync":              "on",
		"synchronous_commit": "on",
		"full_page_writes":   "on",

		"max_connections": "100",
		"shared_buffers":  "128MB",
		"max_wal_size":    "512MB",
		"jit":             "off", // slows down short queries; see wanted in download.go
		"timezone":        "GMT",

		// No SQL and no values in the log. The client receives the errors of its statements; in the log, messages
		// ("invalid input … \"text\"") and details ("Failing row contains …") would quote a person's text.
		"log_destination":                   "stderr",
		"logging_collector":                 "off",
		"log_line_prefix":                   "",
		"log_timezone":                      "GMT",
		"lc_messages":                       "C",
		"log_min_messages":                  "log",
		"log_error_verbosity":               "terse",
		"log_statement":                     "none",
		"log_min_error_statement":           "panic",
		"log_min_duration_statement":        "-1",
		"log_parameter_max_length":          "0",
		"log_parameter_max_length_on_error": "0",
		"log_checkpoints":                   "off",

		// In each process's title, which identifies what a killed postmaster has left (see clearLeftovers).
		"cluster_name":         clusterName(s.cluster),
		"update_process_title": "on",
	}
}

// configure writes the cluster's configuration at each start, because the socket and the service's
// user may have changed.
func (s *Server) configure() error {
	who, err := userName(context.Background(), os.Getuid())
	if err != nil {
		return err
	}
	settings := s.baseSettings()
	maps.Copy(settings, s.settings)

	const header = "# Written by Aside at each start.\n"
	conf := header
	for _, k := range slices.Sorted(maps.Keys(settings)) {
		conf += k + " = '" + strings.ReplaceAll(settings[k], "'", "''") + "'\n"
	}
	// The kernel tells PostgreSQL which user connects to the socket. The user that runs the service is
	// admitted as the owner and as the superuser, without a password. Other roles need one.
	hba := header + fmt.Sprintf("local all %s,%s peer map=service\nlocal all all scram-sha-256\n", owner, superuser)
	name := `"` + strings.ReplaceAll(who, `"`, `""`) + `"`
	ident := header + fmt.Sprintf("service %[1]s %[2]s\nservice %[1]s %[3]s\n", name, owner, superuser)
	return errors.Join(
		s.write("postgresql.conf", conf),
		s.write("pg_hba.conf", hba),
		s.write("pg_ident.conf", ident),
	)
}

// write replaces a file of the cluster. PostgreSQL's user owns the directory, and the service may be
// root: a new file and a rename follow no link that the other user may have put there.
func (s *Server) write(name, content string) error {
	path := filepath.Join(s.cluster, name)
	temp := path + unfinishedSuffix
	if err := os.RemoveAll(temp); err != nil {
		return err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	if err == nil && s.account.switchUser {
		err = f.Chown(s.account.uid, s.account.gid)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// unsetEnvironment unsets libpq's variables in this process: PGSERVICE, PGOPTIONS or PGTARGETSESSIONATTRS
// are meant for another server, and drivers read them even when they are given a URL.
func unsetEnvironment() {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "PG") {
			_ = os.Unsetenv(name) // it has a name
		}
	}
}
