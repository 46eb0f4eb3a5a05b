//go:build !linux

package postgres

import "syscall"

// dieWithParent does nothing: only Linux tells children of a parent's death.
// PostgreSQL then outlives a killed service, and the next start says so.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// clusterProcesses can't tell here.
func clusterProcesses(string, account) (master int, sessions []int, known bool) {
	return 0, nil, false
}
