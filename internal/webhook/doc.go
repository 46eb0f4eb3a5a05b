// Package webhook sends events to tenants' backends: POST requests, signed as Standard Webhooks specifies (standardwebhooks.com).
//
//	Sender    attempts deliveries that are due, on any number of nodes
//	CheckURL  refuses a URL to which nothing can be sent
//
// # Which file
//
//   - adding: url (CheckURL: https, or http on this computer in development)
//   - sending: sender (Sender: taking deliveries that are due, limits of attempts at a time, storing results, waiting at the end
//     for attempts under way; errors are logged, but no outage),
//     request (one attempt: its headers, its time limit, the status of the answer), signature (webhook-signature, by each secret)
//
// # The outbox
//
// Deliveries are rows of a plain table. They are queued in the transaction of the event, and leased to one node with FOR UPDATE SKIP
// LOCKED. A job queue such as riverqueue/river would bring its own migrations, role and LISTEN connection, which do not fit our
// row-level security. It would also store payloads in the clear, although they identify visitors.
//
// A delivery may arrive more than once: if a node stops during an attempt, another node repeats it with the same webhook-id.
//
// Except in development, the package connects only to public addresses. It follows no redirects, and reads only the status of an
// answer. It must not reveal why there was no answer. Package db decides what is sent, and when an attempt is repeated.
package webhook
