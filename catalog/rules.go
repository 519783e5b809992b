package catalog

import (
	"fmt"
	"sort"

	"riskguide/catalog/strictyaml"
)

// Rule is one of the checks that loading and assembling a guide make. Its name
// is stable: people write it in scripts and look it up.
type Rule struct {
	Name    string
	Level   Level
	Summary string // one sentence
}

// The names of the rules, as they stand in [Problem].Rule.
const (
	ruleRead       = "read"
	ruleMissing    = "missing-file"
	ruleUnlisted   = "unknown-file"
	ruleFileName   = "file-name"
	ruleFileSize   = strictyaml.RuleFileSize
	ruleEncoding   = strictyaml.RuleEncoding
	ruleCharacter  = strictyaml.RuleCharacter
	ruleSyntax     = strictyaml.RuleSyntax
	ruleAnchor     = strictyaml.RuleAnchor
	ruleTag        = strictyaml.RuleTag
	ruleNesting    = strictyaml.RuleNesting
	ruleUnknownKey = strictyaml.RuleUnknownKey
	ruleMissingKey = strictyaml.RuleMissingKey
	ruleTwiceKey   = strictyaml.RuleTwiceKey
	ruleType       = strictyaml.RuleType
	ruleValue      = strictyaml.RuleValue

	ruleEmptyText   = strictyaml.RuleEmptyText
	ruleWhiteSpace  = "white-space"
	ruleLanguage    = strictyaml.RuleLanguage
	ruleTranslation = "missing-translation"
	ruleTwiceText   = "duplicate-text"
	ruleIDForm      = "id-form"
	ruleTwiceID     = "duplicate-id"
	ruleReference   = "unknown-reference"
	ruleCycle       = "cycle"
	ruleUncited     = "uncited"
	ruleTwiceCited  = "duplicate-citation"
	ruleRetired     = "retired"
	ruleOrder       = "order"
	ruleLayer       = "layer"
	ruleRow         = "row"
	ruleMeasureRow  = "measure-row"
	ruleControls    = "controls"
	ruleGap         = "gap"
	ruleWording     = "wording"
	ruleENISA       = "enisa"
	ruleColumn      = "column"
	rulePlaceholder = "placeholder"
	rulePage        = "page"
	ruleDirective   = "directive"
	ruleEdition     = "edition"
)

// Rules lists all rules of this package, by name.
func Rules() []Rule {
	rules := []Rule{
		{ruleRead, LevelError, "A file or folder can be read."},
		{ruleMissing, LevelError, "The folder holds guide.yaml and at least one risk or, where the guide treats no risks, one control."},
		{ruleUnlisted, LevelWarning, "Every YAML file of the folder is one that the loader reads."},
		{ruleFileName, LevelError, "A file bears the id that it defines as its name."},
		{ruleFileSize, LevelError, "No file is larger than the limit."},
		{ruleEncoding, LevelError, "Files are UTF-8."},
		{ruleCharacter, LevelError, "Files and texts hold no control characters and no line breaks that editors do not show."},
		{ruleSyntax, LevelError, "Files are YAML, one document each."},
		{ruleAnchor, LevelError, "YAML anchors, aliases and merge keys are not used: a text stands once and is cited by id."},
		{ruleTag, LevelError, "YAML tags are not used."},
		{ruleNesting, LevelError, "Values are not nested deeper than the form needs."},
		{ruleUnknownKey, LevelError, "Every key is one that the form knows."},
		{ruleMissingKey, LevelError, "Every required key is there."},
		{ruleTwiceKey, LevelError, "No key is given twice in one mapping."},
		{ruleType, LevelError, "Every value is of the type that the form asks for."},
		{ruleValue, LevelError, "A value is one of those that the form allows."},
		{ruleEmptyText, LevelError, "No text is empty."},
		{ruleWhiteSpace, LevelWarning, "No text begins or ends with white space."},
		{ruleLanguage, LevelError, "Texts are in languages of the guide."},
		{ruleTranslation, LevelWarning, "Every text is there in every language of the guide."},
		{ruleTwiceText, LevelWarning, "No text is written twice."},
		{ruleIDForm, LevelError, "Every id has the form of its kind."},
		{ruleTwiceID, LevelError, "No id is given twice."},
		{ruleReference, LevelError, "Every id that is cited exists."},
		{ruleCycle, LevelError, "Chains of references end."},
		{ruleUncited, LevelWarning, "Every objective, threat, vulnerability, control and residual risk is cited."},
		{ruleTwiceCited, LevelWarning, "One cell does not cite the same thing twice."},
		{ruleRetired, LevelError, "A retired id is not in use, and what replaced it exists."},
		{ruleOrder, LevelError, "Rows stand in the order of the layers, columns in printed order, editions from the newest on."},
		{ruleLayer, LevelError, "Every layer in scope has rows or is not applicable, and not both."},
		{ruleRow, LevelError, "Every row says something, and measures of its own risk answer it."},
		{ruleMeasureRow, LevelError, "Every measure stands in a row."},
		{ruleControls, LevelError, "A measure has one list of controls, of its own or shared."},
		{ruleWording, LevelError, "A measure has one wording, of its own or shared."},
		{ruleGap, LevelError, "A measure lacks a cell exactly where it says so."},
		{ruleENISA, LevelError, "A risk names the corresponding risks of ENISA 2009 or says that the group added it."},
		{ruleColumn, LevelError, "A guide that treats risks describes every column of their tables."},
		{rulePlaceholder, LevelWarning, "A {placeholder} in a statement is a parameter of its control, and every parameter has its placeholder."},
		{rulePage, LevelError, "Every page is listed in the guide, exists and begins with its title."},
		{ruleDirective, LevelError, "Every {{directive}} of a page is known and stands alone in its paragraph."},
		{ruleEdition, LevelError, "The history of editions begins with the guide's own edition and date."},
	}
	sort.Slice(rules, func(i, j int) bool { return rules[i].Name < rules[j].Name })
	return rules
}

// add appends a problem.
func (ps *Problems) add(level Level, pos Position, rule, hint, format string, args ...any) {
	*ps = append(*ps, Problem{
		Pos: pos, Level: level, Rule: rule,
		Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}
