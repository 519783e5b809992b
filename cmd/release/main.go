// Release makes what people without Go download: for each platform an archive with
// the program, the guide's content and the documentation, the licences of everything
// that is in it and a bill of materials, and SHA256SUMS over all.
//
//	go run ./cmd/release [-out output/release] [-only linux/amd64,windows/amd64]
//
// It is run from the folder of the repository, after the program for the browser was
// made (make release does both). The version is that of cmd/riskguide; a tag
// riskguide-vVERSION on the commit must say the same, and a commit without such a tag
// adds its hash. (Tags such as v2011.1 name editions of the content.) The only clock
// is SOURCE_DATE_EPOCH or, without it, the commit's date. The same commit and the same
// Go give the same bytes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

func main() {
	out := flag.String("out", "output/release", "folder to write into; what a release wrote there before is replaced")
	only := flag.String("only", "", "platforms, such as linux/amd64,windows/arm64 (default: all)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *only, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out, only string, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%q is not wanted", args[0])
	}
	r := &release{root: ".", tool: os.Getenv("GO"), getenv: os.Getenv}
	if r.tool == "" {
		r.tool = "go"
	}
	targets := platforms()
	if only != "" {
		targets = nil
		for name := range strings.SplitSeq(only, ",") {
			t, err := parseTarget(name)
			if err != nil {
				return err
			}
			targets = append(targets, t)
		}
	}
	names, err := r.make(ctx, out, targets)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "wrote %s into %s\n", strings.Join(names, ", "), out)
	return nil
}
