package db

import (
	"database/sql"
	"errors"
)

// requireRow returns errNotFound if a statement changed no row.
func requireRow(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = errNotFound
	}
	return err
}

// changedRow reports whether a statement changed a row.
func changedRow(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
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

// ifNoRows replaces sql.ErrNoRows with the error instead. It returns any other err unchanged.
func ifNoRows(err error, instead error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return instead
	}
	return err
}
