package main

import (
	"github.com/spf13/cobra"
)

func (a *app) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the guide for other programs: JSON, CSV, Markdown, OSCAL, Excel",
		Long: `Write the guide for other programs and for people without riskguide.

Each form goes into a folder of its own below the output folder, which changes as
a whole or not at all; a workbook is one file. The same content gives the same
bytes.`,
		Example: `  riskguide export json -o output             output/json/catalog.json and its schema
  riskguide export csv --bom                  tables that Japanese Excel opens right
  riskguide export oscal                      NIST's OSCAL, for GRC platforms
  riskguide export workbook --edit -o guide.xlsx   to be edited in Excel`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.exportJSONCommand(), a.exportCSVCommand(), a.exportMarkdownCommand())
	cmd.AddCommand(a.exportOSCALCommand())
	cmd.AddCommand(a.exportWorkbookCommand())
	return cmd
}
