package db

import "context"

func (k *Keyring) SealSecret(ctx context.Context, secret, aad []byte) ([]byte, error) {
	return k.seal(ctx, secret, aad)
}

func (k *Keyring) OpenSecret(ctx context.Context, sealed, aad []byte) ([]byte, error) {
	return k.open(ctx, sealed, aad)
}

// SealedColumns are all that are known.
func SealedColumns() (names []string) {
	for _, c := range sealedColumns {
		names = append(names, c.table+"."+c.sealed)
	}
	return names
}
