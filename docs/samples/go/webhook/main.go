// Command webhook receives webhooks, and answers requests that Aside has not signed with 400.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// An Event is the body of a webhook.
type Event struct {
	Type      string
	Timestamp time.Time
	Data      struct {
		Tenant  string
		Subject string // your id of the visitor; "" for events about no visitor
	}
}

// Verify returns the event of a request, or an error if it was not signed with the secret, whsec_…, within the last five minutes.
func Verify(r *http.Request, secret string) (*Event, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		return nil, err
	}
	id, timestamp := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return nil, errors.New("the time is missing, or more than five minutes from ours")
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)
	for signature := range strings.FieldsSeq(r.Header.Get("webhook-signature")) { // there are two while a secret is being replaced
		text, ok := strings.CutPrefix(signature, "v1,")
		given, err := base64.StdEncoding.DecodeString(text)
		if ok && err == nil && hmac.Equal(given, mac.Sum(nil)) {
			event := &Event{}
			return event, json.Unmarshal(body, event)
		}
	}
	return nil, errors.New("no signature is valid")
}

func receive(w http.ResponseWriter, r *http.Request) {
	event, err := Verify(r, os.Getenv("ASIDE_WEBHOOK_SECRET")) // from the console
	if err != nil {
		log.Print(err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	// The same webhook-id may arrive twice: store it with the result of your work. If that takes long, answer first.
	fmt.Println(r.Header.Get("webhook-id"), event.Type, event.Data.Subject)
	w.WriteHeader(http.StatusNoContent)
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "3000"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: http.HandlerFunc(receive), ReadTimeout: 10 * time.Second}
	log.Fatal(server.Serve(listener))
}
