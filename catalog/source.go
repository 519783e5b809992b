package catalog

// Source is a guide as it is written down: ids where [Catalog] has pointers.
// A reader of a form (YAML folder, published text, workbook, …) makes a Source;
// [Assemble] checks it and resolves it; [WriteFiles] writes it as a folder in
// the YAML form. All ids keep the place where they stand.
type Source struct {
	Guide           *Guide // Guide.Layers and so on are complete; nothing in it is cited by id
	Pages           []*Page
	Risks           []*SourceRisk
	Clauses         []*Clause // with their controls, not yet linked
	Vulnerabilities []*Vulnerability
	Retired         []*Retirement
}

// Ref is an id in a source, with its place.
type Ref struct {
	ID  string
	Pos Position
}

// SourceRisk is a risk file, risks/H05.yaml.
type SourceRisk struct {
	Pos           Position
	ID            string
	Severity      Ref
	Name          Text
	Description   []Text
	Notes         []Text
	ENISA         []int
	AddedByGroup  bool
	Objectives    []*Objective
	Threats       []*Threat
	Residuals     []*Residual
	Measures      []*SourceMeasure
	NotApplicable []Ref // layer ids
	Rows          []*SourceRow
}

// SourceMeasure is an entry of a risk file's measures.
type SourceMeasure struct {
	Pos  Position
	ID   string
	Text Text
	// WordingOf names the measure whose wording this one shares; then Text is zero.
	WordingOf Ref
	Controls  []SourceControlCitation
	// ControlsOf names the measure with which this one shares one printed
	// control cell; then Controls is empty.
	ControlsOf Ref
	Residuals  []Ref
	Tags       []string
	Gaps       []Gap
}

// SourceControlCitation is one entry of a measure's controls: one control, or a
// run of neighbouring ones.
type SourceControlCitation struct {
	Pos     Position
	ID      string // "8.6.1.1"
	Through string // "8.6.1.19" in a run "8.6.1.1..8.6.1.19"; else empty
	Variant Text
	Note    Text
}

// SourceVulnerabilityCitation is one entry of a row's vulnerabilities.
type SourceVulnerabilityCitation struct {
	Pos     Position
	ID      string
	Variant Text
	Note    Text
}

// SourceRow is an entry of a risk file's rows.
type SourceRow struct {
	Pos             Position
	Layer           Ref
	Objective       Ref
	Threats         []Ref
	Vulnerabilities []SourceVulnerabilityCitation
	Measure         Ref
	Remark          Text
}
