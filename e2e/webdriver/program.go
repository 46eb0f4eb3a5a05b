package webdriver

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// errEnded is returned for a program that ends before it can be used.
var errEnded = errors.New("ended before it could be used")

// run starts a program with a process group of its own, which stop ends. The output may be read once it has ended.
func run(command *exec.Cmd) (output *bytes.Buffer, ended <-chan struct{}, stop func(), err error) {
	output = &bytes.Buffer{}
	command.Stdout, command.Stderr = output, output
	command.WaitDelay = 10 * time.Second // should another process have inherited its output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return nil, nil, nil, fmt.Errorf("%s: %w", command.Path, err)
	}
	done := make(chan struct{})
	go func() { _ = command.Wait(); close(done) }()
	stop = func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		<-done
	}
	return output, done, stop, nil
}
