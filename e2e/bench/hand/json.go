package hand

import (
	"strconv"
	"time"

	"github.com/company-a/aside/db"
)

// appendPage appends what GraphQL answers to the widget's query of a list.
func appendPage(b []byte, mark pageMark, notes []db.Note, more bool) []byte {
	b = append(b, `{"data":{"notes":{"edges":[`...)
	for i := range notes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"node":`...)
		b = appendNote(b, &notes[i])
		b = append(b, '}')
	}
	b = append(b, `],"pageInfo":{"hasNextPage":`...)
	b = strconv.AppendBool(b, more)
	b = append(b, `,"endCursor":`...)
	if len(notes) == 0 {
		b = append(b, "null"...)
	} else {
		b = append(b, '"')
		b = append(b, mark.write(db.PinnedFirst.Position(&notes[len(notes)-1]))...)
		b = append(b, '"')
	}
	return append(b, `}}}}`...)
}

// appendNote appends the fields of a note that the widget asks for, in its order.
func appendNote(b []byte, n *db.Note) []byte {
	b = append(b, `{"id":"`...)
	b = append(b, n.ID.String()...)
	b = append(b, `","title":`...)
	b = appendString(b, n.Title)
	b = append(b, `,"body":`...)
	b = appendString(b, n.Body)
	b = append(b, `,"tags":[`...)
	for i, tag := range n.Tags {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, tag)
	}
	b = append(b, `],"pinned":`...)
	b = strconv.AppendBool(b, n.Pinned)
	b = append(b, `,"version":`...)
	b = strconv.AppendInt(b, int64(n.Version), 10)
	b = append(b, `,"updatedAt":`...)
	b = appendTime(b, &n.UpdatedAt)
	b = append(b, `,"trashedAt":`...)
	b = appendTime(b, n.TrashedAt)
	return append(b, `,"sealing":"SERVER","sealed":null,"context":null}`...)
}

func appendTime(b []byte, t *time.Time) []byte {
	if t == nil {
		return append(b, "null"...)
	}
	return t.UTC().AppendFormat(b, `"`+time.RFC3339Nano+`"`)
}

const hexadecimal = "0123456789ABCDEF"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexadecimal[c>>4], hexadecimal[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}
