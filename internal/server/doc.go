// Package server wires a node together and serves it: configuration, listeners, routes, metrics and the request log.
//
//	request ─ metrics ─ trusted proxies (internal/address) ─ request log, deadline, panics ─ host ─ route ─ auth, graph, web, widget
//
// # Which file
//
//   - a node: server (wiring, listeners, their timeouts, shutdown, periodic work: usage, sweep),
//     config (every flag of aside serve but those of the database),
//     retention (a flag in days),
//     demo (the demo shop's tenant, its key and secret)
//   - addresses: routes (hosts, prefixes, default headers, redirects to https, a frame's tenant, the admin listener),
//     host (the Host of a request: name and port, normal form, localhost only),
//     origin (our origins by configuration or listener; are both on one site?)
//   - around a request: request_log (a line, the id, the deadline, panics),
//     response_writer (status and size of a response; reads what is left of the request),
//     metrics (Prometheus, with the route of a path),
//     readiness (/readyz, an answer for everybody for a moment, recorded),
//     log (JSON lines; text made printable: QuoteToGraphic for what is invisible, shortened)
//
// It must not decide who anybody is, hold a rule about notes or tenants, or write SQL.
package server
