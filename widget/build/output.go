package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// write makes dir hold exactly files, with the compressed forms that tools/compress.mjs has made of them, and prints the weight of each.
func write(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a directory of the repository
		return err
	}
	old, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, o := range old {
		if _, kept := files[strings.TrimSuffix(o.Name(), ".gz")]; !kept {
			if err := os.RemoveAll(filepath.Join(dir, o.Name())); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(dir, name), files[name], 0o644); err != nil { //nolint:gosec // files of the repository
			return err
		}
		fmt.Printf("%-44s %7d bytes %7d gzip\n", filepath.Join(dir, name), len(files[name]), weight(files[name]))
	}
	return nil
}

func weight(content []byte) int {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	if _, err := z.Write(content); err != nil {
		panic(err) // a bytes.Buffer takes all
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return buf.Len()
}

// hashedName puts the content's hash into a file's name, so that the file may be cached forever.
func hashedName(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

// chunkName matches the name of a file that entry points load, which has a hash already (bundle.split).
var chunkName = regexp.MustCompile(`\.[0-9A-Z]{8}\.js$`)
