package widget

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// writeBody sends the packed body if there is one and the client accepts gzip, otherwise the plain one; and no body for HEAD.
func writeBody(w http.ResponseWriter, r *http.Request, plain []byte, packed func() []byte) {
	body := plain
	if packed != nil && AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		w.Header().Set("Content-Encoding", "gzip")
		body = packed()
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that disconnected is no error of ours
	}
}

// AcceptsGzip reports whether a client accepts gzip, by its Accept-Encoding header (RFC 9110 §12.5.3).
func AcceptsGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(coding, ";")
		if name = strings.TrimSpace(name); !strings.EqualFold(name, "gzip") && name != "*" {
			continue
		}
		q, ok := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(params, " ", "")), "q=")
		if !ok {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}

// compress returns the smallest gzip form of a file. It cannot fail: the level is valid, and a buffer takes every write.
func compress(plain []byte) []byte {
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	_, _ = z.Write(plain)
	_ = z.Close()
	return packed.Bytes()
}
