// Package e2e tests Aside as users run it: the built binary, a real PostgreSQL, and in
// most tests a real browser with its popup blocker and storage partitioning on. A tenant's
// site has its own origin and port. Tests find elements by the names that people see.
//
// The service under test is in service_test.go, the person's browser in browser_test.go, its keyboard in keyboard_test.go and its
// passkeys in authenticator_test.go, a tenant with a backend in company_test.go, connections that fail in proxy_test.go, and Firefox
// and WebKit in driver_page_test.go. bench measures, failover kills PostgreSQL and upgrades nodes, history checks what was acknowledged, webdriver is the
// protocol of Firefox and WebKit. What a browser does with thousands of encrypted notes is measured in encrypted_notes_bench_test.go.
//
// # Which file
//
//   - programs: audits (GraphQL over HTTP), oauth4webapi (a stock OAuth client)
//   - frameworks/: bundle (a page's script, as its developers would)
//
// As many tests run in parallel as there are processors. Each has its own service and browser.
package e2e
