package backupfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// errRows is returned for input that COPY … (FORMAT binary) does not write.
var errRows = errors.New("these are no rows of a binary COPY")

// EachRow parses the output of a binary COPY (PostgreSQL, COPY, Binary Format) and calls do with the fields
// of each row. A field is nil for NULL, and valid until do returns. EachRow returns the number of rows.
func EachRow(rows io.Reader, do func(fields [][]byte) error) (n int64, err error) {
	in := bufio.NewReaderSize(rows, 64<<10)
	const signature = "PGCOPY\n\xff\r\n\x00"
	head := make([]byte, len(signature)+8)
	if _, err := io.ReadFull(in, head); err != nil || string(head[:len(signature)]) != signature {
		return 0, errRows
	}
	extension := binary.BigEndian.Uint32(head[len(signature)+4:])
	if _, err := io.CopyN(io.Discard, in, int64(extension)); err != nil {
		return 0, errRows
	}
	var fields [][]byte
	var buffer []byte
	for {
		count, err := readInt(in, 2)
		if err != nil {
			return n, err
		}
		if count == -1 { // the trailer
			return n, nil
		}
		fields, buffer = fields[:0], buffer[:0]
		for range count {
			size, err := readInt(in, 4)
			if err != nil {
				return n, err
			}
			if size == -1 {
				fields = append(fields, nil)
				continue
			}
			if size < 0 || size > 1<<30 { // PostgreSQL's largest field
				return n, errRows
			}
			from := len(buffer)
			if buffer, err = appendN(buffer, in, size); err != nil {
				return n, errRows
			}
			fields = append(fields, buffer[from:len(buffer):len(buffer)])
		}
		if err := do(fields); err != nil {
			return n, err
		}
		n++
	}
}

func readInt(r io.Reader, size int) (int, error) {
	var b [4]byte
	if _, err := io.ReadFull(r, b[:size]); err != nil {
		return 0, errRows
	}
	if size == 2 {
		return int(int16(binary.BigEndian.Uint16(b[:]))), nil //nolint:gosec // the trailer is -1
	}
	return int(int32(binary.BigEndian.Uint32(b[:]))), nil //nolint:gosec // NULL is -1
}

// appendN appends size bytes of r to dst. It allocates in steps, so that an altered length cannot use
// up the memory.
func appendN(dst []byte, r io.Reader, size int) ([]byte, error) {
	for size > 0 {
		step := min(size, 1<<20)
		from := len(dst)
		dst = append(dst, make([]byte, step)...)
		if _, err := io.ReadFull(r, dst[from:]); err != nil {
			return dst, err
		}
		size -= step
	}
	return dst, nil
}
