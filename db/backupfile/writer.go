package backupfile

import (
	"archive/zip"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
)

// A Writer writes a backup. The backup is incomplete until Close returns.
type Writer struct {
	zip    *zip.Writer
	tables []Table
}

// NewWriter makes a Writer.
func NewWriter(w io.Writer) *Writer {
	z := zip.NewWriter(w)
	// Most of a backup is ciphertext, which does not compress.
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return &Writer{zip: z}
}

// Table writes a table. rows writes the table's rows and returns their number.
func (w *Writer) Table(name string, columns []Column, rows func(io.Writer) (int64, error)) error {
	entry, err := w.zip.Create(tablesDir + name)
	if err != nil {
		return err
	}
	sum := sha256.New()
	counted := &countingWriter{w: io.MultiWriter(entry, sum)}
	n, err := rows(counted)
	if err != nil {
		return err
	}
	w.tables = append(w.tables, Table{Name: name, Columns: columns, Rows: n, Bytes: counted.n, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// Close adds the tables to the manifest, and writes it and its digest as sealed by seal.
func (w *Writer) Close(m *Manifest, seal func(digest []byte) ([]byte, error)) error {
	m.Format, m.Tables = Format, w.tables
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := w.entry(manifestName, text); err != nil {
		return err
	}
	digest := sha256.Sum256(text)
	sealed, err := seal(digest[:])
	if err != nil {
		return err
	}
	if err := w.entry(sealName, sealed); err != nil {
		return err
	}
	return w.zip.Close()
}

func (w *Writer) entry(name string, content []byte) error {
	entry, err := w.zip.Create(name)
	if err != nil {
		return err
	}
	_, err = entry.Write(content)
	return err
}

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
