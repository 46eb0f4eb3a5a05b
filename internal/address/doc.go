// Package address finds the client's network address in a request. Proxies.Resolve puts it into RemoteAddr and
// removes the headers that proxies add; Of reads it there, for limits and for the audit log.
//
// # Which file
//
//   - a request: address (Of: where it comes from; Subscriber, its /64; Network, the prefix of so many bits),
//     proxies (Proxies, Resolve: X-Forwarded-For, trusted peers)
//
// No other package reads X-Forwarded-* headers or RemoteAddr. It must not count or refuse anything: package auth
// has the limits. It imports nothing of ours.
package address
