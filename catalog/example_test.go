package catalog_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing/fstest"

	"riskguide/catalog"
)

// Load a guide and read one of its tables.
func ExampleLoad() {
	guide, problems := catalog.Load(context.Background(), os.DirFS("testdata/small"), catalog.LoadOptions{Prefix: "content"})
	for _, p := range problems {
		fmt.Println(p)
	}
	if guide == nil {
		return // a problem is an error
	}
	risk := guide.Risk("M02")
	name, _ := guide.Text(risk.Name, catalog.English)
	fmt.Println(risk.ID, name)
	for _, row := range risk.Rows {
		layer, _ := guide.Text(row.Layer.Name, catalog.English)
		fmt.Printf("  %s: %s", layer, row.Measure.ID)
		for _, c := range row.Measure.Controls.Citations {
			fmt.Print(" ", c.Control.ID)
		}
		fmt.Println()
	}
	// Output:
	// M02 Failing isolation
	//   Resource layer: M02-01 8.6.1.1 8.6.1.2 8.6.1.3
	//   Function layer: M02-02 8.6.1.2
	//   Service management: M02-03 8.6.1.2
}

// Every mistake is reported at once, with its place and, where one is near, what
// was probably meant.
func ExampleLoad_problems() {
	guide := fstest.MapFS{}
	for _, name := range []string{"guide.yaml", "controls/2.1.1.yaml", "controls/8.6.1.yaml", "controls/C.1.1.yaml",
		"risks/H01.yaml", "risks/M02.yaml", "pages/10-purpose.ja.md", "pages/10-purpose.en.md", "pages/20-risks.ja.md"} {
		data, err := os.ReadFile("testdata/small/" + name)
		if err != nil {
			fmt.Println(err)
			return
		}
		guide[name] = &fstest.MapFile{Data: data}
	}
	guide["vulnerabilities.yaml"] = &fstest.MapFile{Data: []byte(`vulnerabilities:
  - {id: V5, label: {ja: ハイパーバイザの脆弱性, en: Hypervisor vulnerabilities}}
  - {id: V6, labels: {ja: リソース分離の欠如, en: Lack of resource isolation}}
`)}
	_, problems := catalog.Load(context.Background(), guide, catalog.LoadOptions{Prefix: "content"})
	fmt.Println(problems)
	// Output:
	// content/pages/20-risks.ja.md:3:1: warning: page 20-risks is not translated into en
	// content/vulnerabilities.yaml:3:14: unknown key "labels" in a vulnerability (did you mean "label"?)
}

// A reader of another form makes a source; it is checked, and written as YAML.
func ExampleWriteFiles() {
	src, _ := catalog.LoadSource(context.Background(), os.DirFS("testdata/small"), catalog.LoadOptions{})
	src.Vulnerabilities = append(src.Vulnerabilities, &catalog.Vulnerability{
		ID:    "U2",
		Label: catalog.NewText(catalog.Japanese, "鍵: 管理の不備"),
	})
	_, problems := catalog.Assemble(src)
	fmt.Println(problems)

	files, err := catalog.WriteFiles(src)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, last, _ := strings.Cut(string(files["vulnerabilities.yaml"]), "Single point of failure\n")
	fmt.Println(last)
	// Output:
	// warning: vulnerability U2 is cited by no row
	// warning: the label of vulnerability U2 is not translated into en
	//   - id: U2
	//     label: "鍵: 管理の不備"
}

// Walk through a guide: what each risk asks for at each layer.
func ExampleCatalog() {
	// Any fs.FS will do: a folder, an embedded one, an archive.
	guide, _ := catalog.Load(context.Background(), os.DirFS("testdata/small"), catalog.LoadOptions{})
	for _, risk := range guide.Risks {
		fmt.Println(risk.ID, risk.Severity.ID, risk.Name.Values[catalog.English])
		for _, m := range risk.Measures {
			fmt.Print("  ", m.ID)
			for _, l := range m.Layers() {
				fmt.Print(" ", l.ID)
			}
			fmt.Println(":", len(m.Controls.Citations), "controls")
		}
	}
	control := guide.Control("8.6.1.2")
	fmt.Print(control.ID, " is cited by")
	for _, m := range control.CitedBy {
		fmt.Print(" ", m.ID)
	}
	fmt.Println()
	// Output:
	// H01 high Spreading failure
	//   H01-01 function physical: 2 controls
	//   H01-02 physical: 2 controls
	//   H01-03 physical: 2 controls
	//   H01-04 service-management: 1 controls
	// M02 medium Failing isolation
	//   M02-01 resource: 3 controls
	//   M02-02 function: 1 controls
	//   M02-03 service-management: 1 controls
	// 8.6.1.2 is cited by M02-01 M02-02 M02-03
}

// A view holds a part of a guide, and renders like the whole.
func ExampleCatalog_Select() {
	guide, _ := catalog.Load(context.Background(), os.DirFS("testdata/small"), catalog.LoadOptions{})
	view := guide.Select(func(m *catalog.Measure) bool { return m.ID == "M02-01" })
	for _, c := range view.Controls() {
		fmt.Println(c.ID)
	}
	// Output:
	// 8.6.1.1
	// 8.6.1.2
	// 8.6.1.3
}
