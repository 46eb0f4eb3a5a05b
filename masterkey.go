package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/company-a/aside/db"
)

// generatedKey reads the master key in a file of the data directory, and makes one there the
// first time. It is on disk for good before anything is sealed with it.
func generatedKey(name string) (string, error) {
	b, err := os.ReadFile(name)
	if err == nil {
		return string(b), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	key := make([]byte, db.KeySize)
	if _, err := rand.Read(key); err != nil {
		return "", err
	}
	text := base64.StdEncoding.EncodeToString(key) + "\n"
	temporary, err := os.CreateTemp(filepath.Dir(name), "master.key.")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	if _, err := temporary.WriteString(text); err != nil {
		return "", err
	}
	if err := errors.Join(temporary.Sync(), temporary.Close()); err != nil {
		return "", err
	}
	if err := os.Link(temporary.Name(), name); errors.Is(err, fs.ErrExist) { // another start was faster
		b, err := os.ReadFile(name)
		return string(b), err
	} else if err != nil {
		return "", err
	}
	directory, err := os.Open(filepath.Dir(name))
	if err != nil {
		return "", err
	}
	return text, errors.Join(directory.Sync(), directory.Close())
}
