// Package deploy tests what operators deploy: the image (make image-test), the Debian package (make deb-test) and the samples for
// proxies. Only those commands run it, since it mounts, changes its root and installs packages, as root.
package deploy
