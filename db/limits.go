package db

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/company-a/aside/db/seal"
)

// Limits bound what one owner may store.
type Limits struct {
	TitleLength int   // characters
	BodySize    int   // bytes of UTF-8
	SealedSize  int   // bytes of a text that a device has sealed: the largest text with every character escaped, padded
	Tags        int   // tags of one note
	TagLength   int   // characters
	Notes       int   // notes of one owner, including the trash
	DeletedIDs  int   // rows kept for one owner's newest deleted notes; all older ids count as taken
	OwnerSize   int64 // bytes of one owner's notes and their earlier versions as stored

	VersionGap time.Duration // the minimum time between two earlier versions of a note
}

// DefaultLimits are the limits that the product promises.
var DefaultLimits = Limits{TitleLength: 200, BodySize: 64 << 10, SealedSize: 448<<10 + sealedOverhead, Tags: 20, TagLength: 50, Notes: 5000, DeletedIDs: 1000, OwnerSize: 32 << 20, VersionGap: 5 * time.Minute}

// check returns CodeInvalid when t exceeds the limits. Otherwise it returns t with its tags trimmed and
// without duplicates.
func (l Limits) check(t seal.Text) (seal.Text, error) {
	switch {
	case !validText(t.Title) || strings.ContainsAny(t.Title, "\r\n"):
		return t, invalid("title", "A title must be a single line of text.")
	case utf8.RuneCountInString(t.Title) > l.TitleLength:
		return t, invalid("title", "A title can have at most %d characters.", l.TitleLength)
	case !validText(t.Body):
		return t, invalid("body", "A note must be valid UTF-8 text.")
	case len(t.Body) > l.BodySize:
		return t, tooLong("body")
	}
	tags := make([]string, 0, len(t.Tags))
	for _, tag := range t.Tags {
		tag = strings.TrimSpace(tag)
		switch {
		case !validText(tag):
			return t, invalid("tags", "A tag must be valid UTF-8 text.")
		case tag == "" || utf8.RuneCountInString(tag) > l.TagLength:
			return t, invalid("tags", "A tag must have 1 to %d characters.", l.TagLength)
		}
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	if len(tags) > l.Tags {
		return t, invalid("tags", "A note can have at most %d tags.", l.Tags)
	}
	t.Tags = tags
	return t, nil
}

func tooLong(field string) error {
	return &Error{Code: CodeInvalid, Field: field, Reason: "too_long", Message: "This note is too long. Shorten it to save."}
}

// sealedOverhead is how many bytes longer a text is that a device has sealed (widget/src/encryption/aes_gcm.ts).
const sealedOverhead = 12 + 16

// sealedEncoding is that of texts that devices have sealed. Only one string stands for the same bytes.
var sealedEncoding = base64.RawURLEncoding.Strict()

// checkSealed returns what a device has sealed, as text, or CodeInvalid for anything else.
func (l Limits) checkSealed(encoded string) (seal.Text, error) {
	if sealedEncoding.DecodedLen(len(encoded)) > l.SealedSize {
		return seal.Text{}, tooLong("sealed")
	}
	b, err := sealedEncoding.DecodeString(encoded)
	if err != nil || len(b) <= sealedOverhead || strings.ContainsAny(encoded, "\r\n") { // which the decoder skips
		return seal.Text{}, invalid("sealed", "What a device has sealed must be base64url without padding.")
	}
	return seal.Text{Tags: []string{}, Sealed: string(b)}, nil
}

// encodeSealed reverses checkSealed.
func encodeSealed(t seal.Text) string { return sealedEncoding.EncodeToString([]byte(t.Sealed)) }

func validText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
