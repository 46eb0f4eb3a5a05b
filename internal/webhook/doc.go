// Package webhook sends events to the backends of tenants, as Standard Webhooks (standardwebhooks.com) says: signed POST requests.
//
//	Sender    attempts deliveries that are due, on any number of nodes
//	CheckURL  refuses a URL to which nothing can be sent
//
// # Which file
//
//   - adding: url (CheckURL: https, or http on this computer in development)
//   - sending: sender (Sender: when it looks for deliveries, how many at a time, of whom; waiting for those under way),
//     request (an attempt: its headers, its time, the status of the answer), signature (by each secret)
//
// # The outbox
//
// Deliveries are rows of a plain table. They are queued in the transaction of the event, and leased to one node with FOR UPDATE SKIP
// LOCKED. A job queue such as riverqueue/river would bring migrations, a role and a LISTEN connection of its own, which row-level security
// here is not made for, and would store in the clear what a payload says about a visitor.
//
// A delivery is made at least once: a node that stops in an attempt leaves it to another one, with the same webhook-id.
//
// The package connects to public addresses only, except in development, follows no redirect, and reads nothing of an answer but its
// status. It must not reveal why there was no answer. Package db decides what is sent, and when it is attempted again.
package webhook
