//go:build !linux

package postgres

import "syscall"

// dieWithParent does nothing: only Linux signals the death of a parent. PostgreSQL then outlives a
// killed service, and the next start reports it.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// clusterProcesses finds nothing, and returns false for known.
func clusterProcesses(string, account) (master int, sessions []int, known bool) {
	return 0, nil, false
}
