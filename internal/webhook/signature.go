package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/company-a/aside/internal/secret"
)

// signatures returns the value of webhook-signature: the signature by each secret, separated by spaces.
func signatures(secrets []secret.Key, id, timestamp string, payload []byte) string {
	list := make([]string, len(secrets))
	for i, key := range secrets {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + timestamp + "."))
		mac.Write(payload)
		list[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(list, " ")
}
