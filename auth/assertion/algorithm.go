package assertion

// The algorithms that sign assertions (RFC 7518 §3.1, RFC 8037 §3.1). A key keeps its algorithm
// for life (RFC 8725 §3.1).
const (
	algES256 = "ES256"
	algEdDSA = "EdDSA"
	algRS256 = "RS256"
	algPS256 = "PS256"
	algHS256 = "HS256"
)

// algEd25519 is another name for EdDSA with Ed25519 (RFC 9864 §2.2), which is the only curve
// supported here.
const algEd25519 = "Ed25519"

var signingAlgorithms = []string{algES256, algEdDSA, algRS256, algPS256, algHS256}

// The algorithms that encrypt assertions (RFC 7518 §4.1, §5.1): none with a shared key or a
// password, and none that distinguishes a wrong key from wrong padding.
const (
	algECDHES  = "ECDH-ES"
	algRSAOAEP = "RSA-OAEP-256"
	encA256GCM = "A256GCM"
)

// algorithmOf returns the signing algorithm that a header or a key names.
func algorithmOf(alg any) string {
	if alg == algEd25519 {
		return algEdDSA
	}
	name, _ := alg.(string)
	return name
}
