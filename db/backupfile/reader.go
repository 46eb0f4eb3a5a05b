package backupfile

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
)

// NewReader returns these errors for a file that this release cannot read.
var (
	ErrNoBackup = errors.New("the file is no backup of aside, or was cut short")
	ErrNewer    = errors.New("the backup was made by a newer release of aside: restore it with that one")
)

// An AlteredError says which part of a backup was altered.
type AlteredError struct{ Part string }

func (e *AlteredError) Error() string { return "the backup was altered or damaged: " + e.Part }

// A Reader reads a backup.
type Reader struct {
	Manifest Manifest
	digest   []byte // of the manifest
	sealed   []byte // the same digest, sealed when the backup was made
	entries  map[string]*zip.File
}

// maxManifest is the maximum size of the manifest and of the seal, in bytes.
const maxManifest = 16 << 20

// NewReader opens a backup; size is in bytes. It returns ErrNoBackup for a file that is not a backup, ErrNewer
// for the format of a later release, and an AlteredError. It does not verify the manifest: see Authentic and Check.
func NewReader(file io.ReaderAt, size int64) (*Reader, error) {
	z, err := zip.NewReader(file, size)
	if err != nil {
		return nil, ErrNoBackup
	}
	r := &Reader{entries: map[string]*zip.File{}}
	for _, f := range z.File {
		if r.entries[f.Name] != nil {
			return nil, &AlteredError{f.Name + " is there twice"}
		}
		r.entries[f.Name] = f
	}
	text, err := r.small(manifestName)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &r.Manifest); err != nil || r.Manifest.Format < 1 {
		return nil, &AlteredError{manifestName}
	}
	if r.Manifest.Format > Format {
		return nil, ErrNewer
	}
	if r.sealed, err = r.small(sealName); err != nil {
		return nil, err
	}
	if len(r.entries) != len(r.Manifest.Tables)+2 {
		return nil, &AlteredError{"it has more, or less, than " + manifestName + " lists"}
	}
	digest := sha256.Sum256(text)
	r.digest = digest[:]
	return r, nil
}

func (r *Reader) small(name string) ([]byte, error) {
	entry := r.entries[name]
	if entry == nil {
		return nil, ErrNoBackup
	}
	f, err := entry.Open()
	if err != nil {
		return nil, &AlteredError{name}
	}
	b, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, &AlteredError{name}
	}
	return b, nil
}

// Authentic returns an AlteredError unless the manifest has the digest that was sealed. open decrypts the
// sealed digest.
func (r *Reader) Authentic(open func(sealed []byte) ([]byte, error)) error {
	digest, err := open(r.sealed)
	if err != nil || string(digest) != string(r.digest) {
		return &AlteredError{manifestName + " is not what the master key sealed"}
	}
	return nil
}

// Check reads all tables and compares them with the manifest. It returns an AlteredError for the first
// that differs.
func (r *Reader) Check() error {
	for _, t := range r.Manifest.Tables {
		if err := r.Table(t, func(rows io.Reader) error {
			_, err := io.Copy(io.Discard, rows)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// Table calls read with a table's rows, then compares all rows with the manifest. It returns read's error, or an
// AlteredError if the rows cannot be read or differ.
func (r *Reader) Table(t Table, read func(io.Reader) error) (err error) {
	altered := &AlteredError{tablesDir + t.Name}
	entry := r.entries[tablesDir+t.Name]
	if entry == nil {
		return altered
	}
	f, err := entry.Open()
	if err != nil {
		return altered
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	rows := &checkedReader{r: f, sum: sha256.New()}
	err = read(rows)
	if rows.failed != nil {
		return altered
	}
	if err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	if _, err := io.Copy(io.Discard, rows); err != nil || rows.n != t.Bytes || hex.EncodeToString(rows.sum.Sum(nil)) != t.SHA256 {
		return altered
	}
	return nil
}

type checkedReader struct {
	r      io.Reader
	sum    hash.Hash
	n      int64
	failed error
}

func (c *checkedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sum.Write(p[:n]) // never fails
	c.n += int64(n)
	if err != nil && err != io.EOF {
		c.failed = err
	}
	return n, err
}
