package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/catalog/schema"
	"riskguide/render/staging"
)

func (a *app) schemaCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Write the JSON Schemas of the content's files",
		Long: `Write the JSON Schemas of guide, risk, control, vulnerability, retired,
profile and answers files, and of what riskguide diff --format json,
riskguide collect (report.json), riskguide compare (comparison.json) and
riskguide export json (catalog) write.
Editors that know YAML schemas complete and check while you type:
the first line of each file of the content names its schema.

With a name, that schema goes to standard output; without one, all go into a
folder.`,
		Example: `  riskguide schema                          write all into content/schemas
  riskguide schema risk                     print one
  riskguide schema --out my-content/schemas`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			files := schema.Files()
			if len(args) == 1 {
				for _, f := range files {
					if f.Name == args[0]+".schema.json" {
						_, err := a.env.Stdout.Write(f.Data)
						return err
					}
				}
				return usageError{fmt.Errorf("there is no schema %q", args[0])}
			}
			var all []staging.File
			for _, f := range files {
				all = append(all, staging.File{Name: filepath.Join(out, f.Name), Data: f.Data})
			}
			if err := staging.WriteFiles(all...); err != nil {
				return err
			}
			fmt.Fprintf(a.env.Stderr, "wrote %s into %s\n", catalog.Plural(len(files), "schema"), slash(out))
			return nil
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", filepath.Join("content", "schemas"), "folder to write into")
	return cmd
}
