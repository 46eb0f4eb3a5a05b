// Package webdriver drives the browsers that are not Chromium, by the commands of the W3C's WebDriver: Firefox by its own
// protocol, Marionette, which needs no program in between, and WebKit by WebKitWebDriver. A session has one current window and
// frame, and takes one command at a time.
//
// # Which file
//
//   - commands: session (Session: windows, elements, scripts, errors)
//   - Firefox: firefox (starting it, its preferences),
//     marionette (its protocol)
//   - WebKit: webkit (starting it, its driver, its display),
//     http (commands of WebDriver over HTTP)
//   - both: program (running one, and noticing its end)
package webdriver
