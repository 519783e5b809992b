package native

// Format is the value of the property that marks a document as a guide of ours;
// the number changes where an older reader would misunderstand a newer document.
const Format = "guide-1"

// The names of properties, parts and links in riskguide's namespace. docs/oscal.md
// describes them.
const (
	// Properties of the metadata.
	PropFormat     = "format"       // Format
	PropGuide      = "guide"        // id of the guide
	PropEdition    = "edition"      // where version cannot hold it
	PropDate       = "date"         // where published cannot hold it
	PropLanguage   = "language"     // of the guide, in its order
	PropLead       = "lead"         // the language of titles and prose
	PropSubtitle   = "subtitle"     // wordings
	PropPublisher  = "publisher"    // wordings
	PropRights     = "rights"       // wordings
	PropLayerModel = "layer-model"  // wordings
	PropPageOrder  = "page-order"   // ids
	PropClauses    = "clause-order" // ids

	// Properties of groups, controls, parts, parameters and resources.
	PropID        = "id"       // where the id of OSCAL is another one
	PropLabel     = "label"    // where NIST's property of that name cannot hold it
	PropNoTitle   = "no-title" // "yes": the title is made up
	PropSeverity  = "severity" // id
	PropENISA     = "enisa"    // number
	PropAdded     = "added"    // "yes": added by the working group
	PropNA        = "not-applicable"
	PropTag       = "tag"
	PropGap       = "gap"
	PropLayer     = "layer" // id
	PropLetter    = "letter"
	PropScope     = "scope"       // "out"
	PropCross     = "cross-layer" // "yes"
	PropDefault   = "default"     // where values cannot hold it
	PropReplaced  = "replaced-by" // id
	PropPosition  = "position"    // of a citation among the links, from 1
	PropMeasure   = "measure"     // id of a measure that cites the control; for readers
	PropCitation  = "citation-text"
	PropNote      = "note"
	PropSummary   = "summary"
	PropEditorial = "editorial" // ids of what an edition only words otherwise
	PropTitle     = "title"
	PropParamText = "text"     // the wordings of a parameter's label
	PropGuidance  = "guidance" // of a parameter's guidance
	PropChoice    = "choice."  // of a choice, with its number from 1 behind

	// LanguageSuffix behind the name of a text names the property that tells in
	// which language the text is that stands in OSCAL's own place, where that is not
	// the leading one.
	LanguageSuffix = "-language"

	// Parts.
	PartTranslation = "translation" // of the prose of the part around it; its class is the language
	PartTitle       = "title"       // a translation of the title
	PartNote        = "note"
	PartObjective   = "objective"
	PartThreat      = "threat"
	PartResidual    = "residual-risk"
	PartMeasure     = "measure"
	PartRow         = "row"
	PartRemark      = "remark"
	PartCitation    = "citation"
	PartVariant     = "variant"
	PartPage        = "page"
	PartSeverity    = "severity"
	PartLayer       = "layer"
	PartColumn      = "column"
	PartWeakness    = "vulnerability"
	PartRetired     = "retired"

	// Parts of NIST's vocabulary.
	PartOverview  = "overview"
	PartStatement = "statement"
	PartItem      = "item"
	PartGuidance  = "guidance"

	// Links.
	RelControl    = "control"
	RelResidual   = "residual-risk"
	RelWordingOf  = "wording-of"
	RelControlsOf = "controls-of"
	RelObjective  = "objective"
	RelThreat     = "threat"
	RelWeakness   = "vulnerability"
	RelMeasure    = "measure"
	RelEnhances   = "enhances"
	RelRelated    = "related"   // NIST's
	RelReference  = "reference" // NIST's

	// Classes of groups.
	ClassFront      = "front-matter"
	ClassClause     = "clause"
	ClassRisks      = "risks"
	ClassRisk       = "risk"
	ClassWeaknesses = "vulnerabilities"
	ClassStructure  = "structure"
	ClassRetired    = "retired"

	// ClassStatement is the class of controls.
	ClassStatement = "statement"
)

// Yes is the value of properties that say something by being there.
const Yes = "yes"

// Elsewhere is the value of a property whose value OSCAL cannot hold (it must be
// one line): it then stands in remarks.
const Elsewhere = "-"
