// Package webdriver drives the browsers that are not Chromium, by the commands of the W3C's WebDriver: Firefox by its own
// protocol, Marionette, which needs no program in between, and WebKit by WebKitWebDriver. A session has one current window and
// frame, and takes one command at a time.
package webdriver
