package postgres

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestADeletedDataDirectoryBeginsAnew(t *testing.T) {
	dir := dataDir(t)
	s := serve(t, dir)
	execute(t, s.URL(), `CREATE TABLE old ()`)
	stop(t, s)
	t.Cleanup(func() { removeCluster(t, s.cluster) }) // when run as root, nothing refers to the cluster after RemoveAll
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}

	again := serve(t, dir)
	if got := query(t, again.URL(), `SELECT count(*)::text FROM pg_tables WHERE tablename = 'old'`); got != "0" {
		t.Error("the old cluster is served, to a service that has lost the keys to it")
	}
}

func TestAMovedDataDirectoryKeepsItsCluster(t *testing.T) {
	dir := dataDir(t)
	s := serve(t, dir)
	execute(t, s.URL(), `CREATE TABLE kept ()`)
	stop(t, s)
	moved := dir + "-moved"
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Remove(moved); err != nil {
			t.Error(err)
		}
	})
	query(t, serve(t, moved).URL(), `SELECT count(*)::text FROM kept`)
}

func TestRootFollowsNoPlantedLink(t *testing.T) {
	for name, target := range map[string]string{
		"elsewhere":    "/etc",
		"out of there": rootClusters + "/../../../etc",
		"gone":         rootClusters + "/0000000000000000",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Symlink(target, filepath.Join(dir, "postgres")); err != nil {
				t.Fatal(err)
			}
			if err := (&clusterLocation{dataDir: dir}).resolveRoot(); err == nil || !strings.Contains(err.Error(), target) {
				t.Errorf("a link to %s: %v", target, err)
			}
		})
	}
}

func TestForeignDirectoriesAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ file, content, says string }{
		"too old":          {"PG_VERSION", "9.6\n", "PostgreSQL 9.6"},
		"without programs": {"PG_VERSION", "99\n", "PostgreSQL 99"},
		"no cluster":       {"thesis.txt", "", "no PostgreSQL cluster"},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := t.TempDir()
			if err := os.WriteFile(filepath.Join(cluster, test.file), []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			major, err := clusterMajor(cluster)
			if err == nil {
				t.Setenv("PATH", t.TempDir()) // no packaging tools
				_, err = thisMachine.findOrInstall(t.Context(), cluster, account{}, major, nil)
			}
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("it was taken: %v", err)
			}
		})
	}
}

func removeCluster(t *testing.T, cluster string) {
	for _, path := range []string{cluster, cluster + ".lock"} {
		if err := os.RemoveAll(path); err != nil {
			t.Error(err)
		}
	}
}
