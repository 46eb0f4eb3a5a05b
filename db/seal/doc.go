// Package seal encrypts what the database stores (envelope encryption).
//
// A master key (MasterKey) wraps the keys that encrypt everything else. It is in this process or in a
// key-management service. A Keyring holds the master keys: the first one wraps, all of them unwrap. Each
// person has a data key (Key), stored wrapped, for their notes and names. A keyring also derives keys for
// single purposes (Derive, MAC) from the root secret of the database.
//
// Every ciphertext is bound to its row by additional authenticated data: a Text by its Place, a Field by its
// column, tenant and row. It does not open in another row.
//
// Formats, each byte string after its length as a uvarint:
//
//	under a master key   1 | key id (4) | what MasterKey.Wrap returned
//	under a Key          1 | nonce (12) | AES-256-GCM ciphertext and tag
//	plaintext of a Text  title | body | number of tags | tag …
//
// A Text that only its author's devices can open begins with 2, and its plaintext is what a device has sealed.
//
// # Which file
//
//   - keys: master_key (MasterKey, KeyID, and the one in this process),
//     keyring (all keys below: wrapping and resealing, what a wrapped key is bound to; the root secret, Derive, MAC; data keys:
//     AES-256-GCM, nonce, Hash, keys derived by HKDF; ErrUnsealed)
//   - what is sealed: text (a note's title, body and tags; its Place; strings with their length),
//     field (a column of a row)
//
// The package must not know SQL, sessions or people: it takes ids and bytes.
package seal
