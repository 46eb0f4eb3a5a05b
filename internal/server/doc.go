// Package server wires a node together and serves it: configuration, listeners, routes, metrics and the request log.
//
//	request ─ metrics ─ trusted proxies (internal/address) ─ request log, deadline, panics ─ host ─ route ─ auth, graph, web, widget
//
// routes.go lists every address that the public listener answers; config.go has every flag of `aside serve` but those
// of the database, which internal/command opens.
//
// It must not decide who anybody is, hold a rule about notes or tenants, or write SQL.
package server
