package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/render/preview"
	"riskguide/render/publish"
	"riskguide/render/site/engine"
)

func (a *app) serveCommand() *cobra.Command {
	var address, since string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the site on this machine and reload it after each change of the content",
		Long: `Build the site in memory, serve it on this machine only, watch the content (and
the templates folder, if one is given) and reload open pages after each change.
Problems are shown on the page and here; the last good build stays until they
are mended. PDFs and workbooks are made when they are asked for.`,
		Example: `  riskguide serve
  riskguide serve --since v2011.1                          with the page of what changed
  riskguide serve --address localhost:9000 --content my-content`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.config(false)
			if err != nil {
				return err
			}
			if cfg.Engine, err = engine.Embedded(); err != nil {
				return err
			}
			if err := a.since(cmd.Context(), &cfg, since); err != nil {
				return err
			}
			return a.serve(cmd.Context(), cfg, address)
		},
	}
	a.renderFlags(cmd)
	cmd.Flags().StringVar(&address, "address", "localhost:8080", "address to listen on; port 0 takes a free one")
	sinceFlag(cmd, &since)
	return cmd
}

func (a *app) serve(ctx context.Context, cfg publish.Config, address string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("%w (another address can be given: --address localhost:0 takes a free port)", err)
	}
	srv := preview.New(publish.NewPreview(cfg), func(ev preview.Event) {
		if err := a.printProblems(ev.Problems); err != nil {
			fmt.Fprintln(a.env.Stderr, "the last good pages stay until this is mended")
			return
		}
		if ev.Err != nil {
			fmt.Fprintf(a.env.Stderr, "riskguide: %v\n", ev.Err)
			return
		}
		fmt.Fprintf(a.env.Stderr, "%s in %s\n", catalog.Plural(ev.Files, "file"), ev.Took.Round(time.Millisecond))
	})
	folders := []string{a.content}
	if a.templates != "" {
		folders = append(folders, a.templates)
	}
	watching := make(chan error, 1)
	go func() {
		err := srv.Watch(ctx, folders...)
		if err != nil {
			cancel()
		}
		watching <- err
	}()
	fmt.Fprintf(a.env.Stderr, "serving on http://%s/ – stop with Ctrl+C\n", l.Addr())
	err = srv.Serve(ctx, l)
	cancel()
	if werr := <-watching; werr != nil {
		return werr
	}
	return err
}
