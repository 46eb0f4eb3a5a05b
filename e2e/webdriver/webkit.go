package webdriver

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"
)

// WebKit starts a WebKitGTK with a new profile on a display of its own, which nobody looks at.
func WebKit(ctx context.Context) (*Session, error) {
	profile, err := os.MkdirTemp("", "aside-webkit-")
	if err != nil {
		return nil, err
	}
	var quits []func()
	quit := func() {
		for i := range quits {
			quits[len(quits)-1-i]()
		}
		_ = os.RemoveAll(profile)
	}
	display, stop, err := startDisplay(ctx)
	if err != nil {
		quit()
		return nil, err
	}
	quits = append(quits, stop)
	address, stop, err := startDriver(ctx, []string{
		"DISPLAY=" + display, "GDK_BACKEND=x11", "NO_AT_BRIDGE=1", "LIBGL_ALWAYS_SOFTWARE=1", "HOME=" + profile, "XDG_RUNTIME_DIR=" + profile,
		"XDG_CACHE_HOME=" + profile, "XDG_CONFIG_HOME=" + profile, "XDG_DATA_HOME=" + profile,
	})
	if err != nil {
		quit()
		return nil, err
	}
	quits = append(quits, stop)
	// A window is waited for by what it shows.
	p, err := openSession(ctx, address, map[string]any{"pageLoadStrategy": "none"})
	if err != nil {
		quit()
		return nil, fmt.Errorf("WebKit: %w", err)
	}
	return &Session{wire: p, quit: func() { p.close(); quit() }}, nil
}

// startDisplay starts an X server without a screen. It chooses its number and says which.
func startDisplay(ctx context.Context) (display string, stop func(), err error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = reader.Close() }()
	command := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp")
	command.ExtraFiles = []*os.File{writer}
	output, _, stop, err := run(command)
	_ = writer.Close()
	if err != nil {
		return "", nil, err
	}
	var number int
	if _, err := fmt.Fscanln(reader, &number); err != nil { // the end, if it ended
		stop()
		return "", nil, fmt.Errorf("the display of Xvfb: %w: %s", err, output)
	}
	return fmt.Sprintf(":%d", number), stop, nil
}

// startDriver starts WebKitWebDriver and gives its address. It takes no port but one that it is told, which another program may
// have taken meanwhile: then it ends, and the next is tried.
func startDriver(ctx context.Context, env []string) (address string, stop func(), err error) {
	for range 10 {
		var port string
		if port, err = freePort(); err != nil {
			return "", nil, err
		}
		command := exec.CommandContext(ctx, "WebKitWebDriver", "--host=127.0.0.1", "--port="+port)
		command.Env = append(os.Environ(), env...)
		output, ended, stop, started := run(command)
		if started != nil {
			return "", nil, started
		}
		address = "http://" + net.JoinHostPort("127.0.0.1", port)
		if err = listens(ctx, port, ended); err == nil {
			return address, stop, nil
		}
		stop()
		err = fmt.Errorf("WebKitWebDriver: %w: %s", err, output)
	}
	return "", nil, err
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// listens waits until somebody listens at the port: the program, unless that has ended.
func listens(ctx context.Context, port string, ended <-chan struct{}) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return errEnded
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port)); err == nil {
				return conn.Close()
			}
		}
	}
}
