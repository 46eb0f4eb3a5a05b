// Package server wires a node together and serves it: configuration, listeners, routes, metrics and the request log.
//
//	request ─ metrics ─ trusted proxies (internal/address) ─ request log, deadline, panics ─ host ─ route ─ auth, graph, web, widget
//
// # Which file
//
//   - a node: server (wiring, listeners, shutdown, periodic work),
//     config (every flag of aside serve but those of the database),
//     retention (a flag in days),
//     demo (the demo shop's tenant)
//   - addresses: routes (hosts, prefixes, default headers, a frame's tenant, the admin listener),
//     host (the Host of a request),
//     origin (our origins by configuration or listener)
//   - around a request: request_log (a line, the deadline, panics),
//     response_writer (status and size of a response),
//     metrics (Prometheus, with the route of a path),
//     readiness (/readyz),
//     log (JSON lines, printable text)
//
// It must not decide who anybody is, hold a rule about notes or tenants, or write SQL.
package server
