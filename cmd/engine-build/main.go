// Engine-build makes the program for the browser that riskguide embeds; see package
// enginebuild. It is run from the folder of the repository before riskguide is
// built:
//
//	go run ./cmd/engine-build render/site/engine/dist
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"riskguide/render/site/engine/enginebuild"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: engine-build FOLDER")
		os.Exit(2)
	}
	tool := os.Getenv("GO")
	if tool == "" {
		tool = "go"
	}
	out, err := filepath.Abs(os.Args[1])
	if err == nil {
		err = enginebuild.Build(context.Background(), ".", tool, out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "engine-build:", err)
		os.Exit(1)
	}
}
