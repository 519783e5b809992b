// Riskguide turns a security guide kept as YAML into a website, workbooks, PDFs
// and, from a tailoring profile, the requirements pack for a supplier.
//
// # Exit status
//
//	0  done
//	1  the input has errors, or the work failed; messages are on standard error
//	2  the command line is wrong
//
// Standard output carries only what was asked for (a report, a schema);
// messages and progress go to standard error.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	// A build allocates much and lives shortly: let the heap grow further
	// between collections, within a bound.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(2 << 30)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := Run(ctx, Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Args: os.Args[1:],
	})
	stop()
	os.Exit(code)
}
