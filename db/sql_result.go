package db

import (
	"database/sql"
	"errors"
)

var errNotThere = &Error{Code: CodeNotFound, Message: "It doesn't exist here, or was already removed."}

// one returns errNotThere if a statement changed no row.
func one(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = errNotThere
	}
	return err
}

func nullBytes(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

func nullString(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// noRows replaces sql.ErrNoRows with the error instead. It returns any other err unchanged.
func noRows(err error, instead error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return instead
	}
	return err
}
