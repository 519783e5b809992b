package document

import "riskguide/catalog"

// Version is the version of OSCAL that this package writes. It reads documents of
// every 1.x version as far as they use what 1.1.3 knows.
const Version = "1.1.3"

// File is one OSCAL document in a file of its own: exactly one of the fields is
// set.
type File struct {
	Schema              string               `json:"$schema,omitempty"`
	Catalog             *Catalog             `json:"catalog,omitempty"`
	Profile             *Profile             `json:"profile,omitempty"`
	ComponentDefinition *ComponentDefinition `json:"component-definition,omitempty"`
}

// Catalog is a collection of controls in groups.
type Catalog struct {
	UUID       string      `json:"uuid" oscal:"required,uuid"`
	Metadata   Metadata    `json:"metadata" oscal:"required"`
	Params     []Param     `json:"params,omitempty"`
	Controls   []Control   `json:"controls,omitempty"`
	Groups     []Group     `json:"groups,omitempty"`
	BackMatter *BackMatter `json:"back-matter,omitempty"`
}

// Group holds controls, other groups, and parts that say something of all of them.
type Group struct {
	Pos      catalog.Position `json:"-"`
	ID       string           `json:"id,omitempty" oscal:"token"`
	Class    string           `json:"class,omitempty" oscal:"token"`
	Title    string           `json:"title" oscal:"required"`
	Params   []Param          `json:"params,omitempty"`
	Props    []Prop           `json:"props,omitempty"`
	Links    []Link           `json:"links,omitempty"`
	Parts    []Part           `json:"parts,omitempty"`
	Groups   []Group          `json:"groups,omitempty"`
	Controls []Control        `json:"controls,omitempty"`
}

// Control is one control; its enhancements are the controls inside it.
type Control struct {
	Pos      catalog.Position `json:"-"`
	ID       string           `json:"id" oscal:"required,token"`
	Class    string           `json:"class,omitempty" oscal:"token"`
	Title    string           `json:"title" oscal:"required"`
	Params   []Param          `json:"params,omitempty"`
	Props    []Prop           `json:"props,omitempty"`
	Links    []Link           `json:"links,omitempty"`
	Parts    []Part           `json:"parts,omitempty"`
	Controls []Control        `json:"controls,omitempty"`
}

// Part is a piece of the text of a control or group. Its prose is Markdown of the
// kind that OSCAL calls markup-multiline; see [Escape].
type Part struct {
	Pos   catalog.Position `json:"-"`
	ID    string           `json:"id,omitempty" oscal:"token"`
	Name  string           `json:"name" oscal:"required,token"`
	NS    string           `json:"ns,omitempty" oscal:"uri"`
	Class string           `json:"class,omitempty" oscal:"token"`
	Title string           `json:"title,omitempty"`
	Props []Prop           `json:"props,omitempty"`
	Prose string           `json:"prose,omitempty"`
	Parts []Part           `json:"parts,omitempty"`
	Links []Link           `json:"links,omitempty"`
}

// Param is a value that stands in prose as {{ insert: param, id }}.
type Param struct {
	Pos         catalog.Position `json:"-"`
	ID          string           `json:"id" oscal:"required,token"`
	Class       string           `json:"class,omitempty" oscal:"token"`
	DependsOn   string           `json:"depends-on,omitempty" oscal:"token"`
	Props       []Prop           `json:"props,omitempty"`
	Links       []Link           `json:"links,omitempty"`
	Label       string           `json:"label,omitempty"`
	Usage       string           `json:"usage,omitempty"`
	Constraints []Constraint     `json:"constraints,omitempty"`
	Guidelines  []Guideline      `json:"guidelines,omitempty"`
	Values      []string         `json:"values,omitempty" oscal:"string"`
	Select      *Selection       `json:"select,omitempty"`
	Remarks     string           `json:"remarks,omitempty"`
}

// Constraint bounds the values of a parameter.
type Constraint struct {
	Description string `json:"description,omitempty"`
	Tests       []Test `json:"tests,omitempty"`
}

// Test is an expression that a value must fulfil.
type Test struct {
	Expression string `json:"expression" oscal:"required,string"`
	Remarks    string `json:"remarks,omitempty"`
}

// Guideline says how to choose a value.
type Guideline struct {
	Prose string `json:"prose" oscal:"required"`
}

// Selection lists the values among which one is to be chosen.
type Selection struct {
	HowMany string   `json:"how-many,omitempty" oscal:"token"` // "one", "one-or-more"
	Choice  []string `json:"choice,omitempty"`
}

// Prop is a name with a value, in a namespace: NIST's where NS is empty.
type Prop struct {
	Pos     catalog.Position `json:"-"`
	Name    string           `json:"name" oscal:"required,token"`
	UUID    string           `json:"uuid,omitempty" oscal:"uuid"`
	NS      string           `json:"ns,omitempty" oscal:"uri"`
	Value   string           `json:"value" oscal:"required,string"`
	Class   string           `json:"class,omitempty" oscal:"token"`
	Group   string           `json:"group,omitempty" oscal:"token"`
	Remarks string           `json:"remarks,omitempty"`
}

// Link points to something: "#id" in the document itself, or an address.
type Link struct {
	Pos              catalog.Position `json:"-"`
	Href             string           `json:"href" oscal:"required,reference"`
	Rel              string           `json:"rel,omitempty" oscal:"token"`
	MediaType        string           `json:"media-type,omitempty" oscal:"string"`
	ResourceFragment string           `json:"resource-fragment,omitempty" oscal:"string"`
	Text             string           `json:"text,omitempty"`
}

// Metadata is what every OSCAL document says of itself.
type Metadata struct {
	Pos                catalog.Position   `json:"-"`
	Title              string             `json:"title" oscal:"required"`
	Published          string             `json:"published,omitempty" oscal:"datetime"`
	LastModified       string             `json:"last-modified" oscal:"required,datetime"`
	Version            string             `json:"version" oscal:"required,string"`
	OSCALVersion       string             `json:"oscal-version" oscal:"required,string"`
	Revisions          []Revision         `json:"revisions,omitempty"`
	DocumentIDs        []DocumentID       `json:"document-ids,omitempty"`
	Props              []Prop             `json:"props,omitempty"`
	Links              []Link             `json:"links,omitempty"`
	Roles              []Role             `json:"roles,omitempty"`
	Locations          []Location         `json:"locations,omitempty"`
	Parties            []Party            `json:"parties,omitempty"`
	ResponsibleParties []ResponsibleParty `json:"responsible-parties,omitempty"`
	Actions            []Action           `json:"actions,omitempty"`
	Remarks            string             `json:"remarks,omitempty"`
}

// Revision is an entry of a document's history.
type Revision struct {
	Title        string `json:"title,omitempty"`
	Published    string `json:"published,omitempty" oscal:"datetime"`
	LastModified string `json:"last-modified,omitempty" oscal:"datetime"`
	Version      string `json:"version" oscal:"required,string"`
	OSCALVersion string `json:"oscal-version,omitempty" oscal:"string"`
	Props        []Prop `json:"props,omitempty"`
	Links        []Link `json:"links,omitempty"`
	Remarks      string `json:"remarks,omitempty"`
}

// DocumentID names all versions of one document.
type DocumentID struct {
	Scheme     string `json:"scheme,omitempty" oscal:"uri"`
	Identifier string `json:"identifier" oscal:"required,string"`
}

// Role is what a party does for a document.
type Role struct {
	ID          string `json:"id" oscal:"required,token"`
	Title       string `json:"title" oscal:"required"`
	ShortName   string `json:"short-name,omitempty" oscal:"string"`
	Description string `json:"description,omitempty"`
	Props       []Prop `json:"props,omitempty"`
	Links       []Link `json:"links,omitempty"`
	Remarks     string `json:"remarks,omitempty"`
}

// Location is a place at which a party is.
type Location struct {
	UUID             string            `json:"uuid" oscal:"required,uuid"`
	Title            string            `json:"title,omitempty"`
	Address          *Address          `json:"address,omitempty"`
	EmailAddresses   []string          `json:"email-addresses,omitempty" oscal:"email"`
	TelephoneNumbers []TelephoneNumber `json:"telephone-numbers,omitempty"`
	URLs             []string          `json:"urls,omitempty" oscal:"uri"`
	Props            []Prop            `json:"props,omitempty"`
	Links            []Link            `json:"links,omitempty"`
	Remarks          string            `json:"remarks,omitempty"`
}

// Party is a person or an organisation.
type Party struct {
	Pos                   catalog.Position  `json:"-"`
	UUID                  string            `json:"uuid" oscal:"required,uuid"`
	Type                  string            `json:"type" oscal:"required,string"` // "person", "organization"
	Name                  string            `json:"name,omitempty" oscal:"string"`
	ShortName             string            `json:"short-name,omitempty" oscal:"string"`
	ExternalIDs           []ExternalID      `json:"external-ids,omitempty"`
	Props                 []Prop            `json:"props,omitempty"`
	Links                 []Link            `json:"links,omitempty"`
	EmailAddresses        []string          `json:"email-addresses,omitempty" oscal:"email"`
	TelephoneNumbers      []TelephoneNumber `json:"telephone-numbers,omitempty"`
	Addresses             []Address         `json:"addresses,omitempty"`
	LocationUUIDs         []string          `json:"location-uuids,omitempty" oscal:"uuid"`
	MemberOfOrganizations []string          `json:"member-of-organizations,omitempty" oscal:"uuid"`
	Remarks               string            `json:"remarks,omitempty"`
}

// ExternalID is a party's id elsewhere.
type ExternalID struct {
	Scheme string `json:"scheme" oscal:"required,uri"`
	ID     string `json:"id" oscal:"required,string"`
}

// Address is a postal address.
type Address struct {
	Type       string   `json:"type,omitempty" oscal:"token"`
	AddrLines  []string `json:"addr-lines,omitempty" oscal:"string"`
	City       string   `json:"city,omitempty" oscal:"string"`
	State      string   `json:"state,omitempty" oscal:"string"`
	PostalCode string   `json:"postal-code,omitempty" oscal:"string"`
	Country    string   `json:"country,omitempty" oscal:"string"`
}

// TelephoneNumber is a number and where it rings.
type TelephoneNumber struct {
	Type   string `json:"type,omitempty" oscal:"string"`
	Number string `json:"number" oscal:"required,string"`
}

// ResponsibleParty says which parties have a role.
type ResponsibleParty struct {
	RoleID     string   `json:"role-id" oscal:"required,token"`
	PartyUUIDs []string `json:"party-uuids" oscal:"required,uuid"`
	Props      []Prop   `json:"props,omitempty"`
	Links      []Link   `json:"links,omitempty"`
	Remarks    string   `json:"remarks,omitempty"`
}

// Action is something that was done with a document.
type Action struct {
	UUID               string             `json:"uuid" oscal:"required,uuid"`
	Date               string             `json:"date,omitempty" oscal:"datetime"`
	Type               string             `json:"type" oscal:"required,token"`
	System             string             `json:"system" oscal:"required,uri"`
	Props              []Prop             `json:"props,omitempty"`
	Links              []Link             `json:"links,omitempty"`
	ResponsibleParties []ResponsibleParty `json:"responsible-parties,omitempty"`
	Remarks            string             `json:"remarks,omitempty"`
}

// BackMatter holds what a document refers to.
type BackMatter struct {
	Resources []Resource `json:"resources,omitempty"`
}

// Resource is something that links point to as "#uuid".
type Resource struct {
	Pos         catalog.Position `json:"-"`
	UUID        string           `json:"uuid" oscal:"required,uuid"`
	Title       string           `json:"title,omitempty"`
	Description string           `json:"description,omitempty"`
	Props       []Prop           `json:"props,omitempty"`
	DocumentIDs []DocumentID     `json:"document-ids,omitempty"`
	Citation    *Citation        `json:"citation,omitempty"`
	Rlinks      []Rlink          `json:"rlinks,omitempty"`
	Base64      *Base64          `json:"base64,omitempty"`
	Remarks     string           `json:"remarks,omitempty"`
}

// Citation is a bibliographic entry.
type Citation struct {
	Text  string `json:"text" oscal:"required"`
	Props []Prop `json:"props,omitempty"`
	Links []Link `json:"links,omitempty"`
}

// Rlink is an address at which a resource is.
type Rlink struct {
	Href      string `json:"href" oscal:"required,reference"`
	MediaType string `json:"media-type,omitempty" oscal:"string"`
	Hashes    []Hash `json:"hashes,omitempty"`
}

// Hash is a digest of a resource.
type Hash struct {
	Algorithm string `json:"algorithm" oscal:"required,string"`
	Value     string `json:"value" oscal:"required,string"`
}

// Base64 is a resource inside the document.
type Base64 struct {
	Filename  string `json:"filename,omitempty" oscal:"token"`
	MediaType string `json:"media-type,omitempty" oscal:"string"`
	Value     string `json:"value" oscal:"required,base64"`
}

// Profile selects controls of catalogs or of other profiles and changes them.
type Profile struct {
	UUID       string      `json:"uuid" oscal:"required,uuid"`
	Metadata   Metadata    `json:"metadata" oscal:"required"`
	Imports    []Import    `json:"imports" oscal:"required"`
	Merge      *Merge      `json:"merge,omitempty"`
	Modify     *Modify     `json:"modify,omitempty"`
	BackMatter *BackMatter `json:"back-matter,omitempty"`
}

// Import names a catalog or a profile and what is taken of it: everything where
// neither IncludeAll nor IncludeControls is given.
type Import struct {
	Pos             catalog.Position `json:"-"`
	Href            string           `json:"href" oscal:"required,reference"`
	IncludeAll      *Empty           `json:"include-all,omitempty"`
	IncludeControls []SelectControls `json:"include-controls,omitempty"`
	ExcludeControls []SelectControls `json:"exclude-controls,omitempty"`
}

// Empty is an object that says something by being there.
type Empty struct{}

// SelectControls names controls by id or by patterns of ids.
type SelectControls struct {
	Pos               catalog.Position `json:"-"`
	WithChildControls string           `json:"with-child-controls,omitempty" oscal:"token"` // "yes", "no"
	WithIDs           []string         `json:"with-ids,omitempty" oscal:"token"`
	Matching          []Matching       `json:"matching,omitempty"`
}

// Matching is a pattern with * and ? (a glob) that ids fit.
type Matching struct {
	Pattern string `json:"pattern,omitempty" oscal:"string"`
}

// Merge says how what was selected is arranged.
type Merge struct {
	Combine *Combine `json:"combine,omitempty"`
	Flat    *Empty   `json:"flat,omitempty"`
	AsIs    bool     `json:"as-is,omitempty"`
	Custom  *Custom  `json:"custom,omitempty"`
}

// Combine says what becomes of a control that is selected twice.
type Combine struct {
	Method string `json:"method,omitempty" oscal:"string"` // "use-first", "merge", "keep"
}

// Custom arranges controls in groups of the profile's own.
type Custom struct {
	Groups         []ProfileGroup   `json:"groups,omitempty"`
	InsertControls []InsertControls `json:"insert-controls,omitempty"`
}

// ProfileGroup is a group of a custom arrangement.
type ProfileGroup struct {
	ID             string           `json:"id,omitempty" oscal:"token"`
	Class          string           `json:"class,omitempty" oscal:"token"`
	Title          string           `json:"title" oscal:"required"`
	Params         []Param          `json:"params,omitempty"`
	Props          []Prop           `json:"props,omitempty"`
	Links          []Link           `json:"links,omitempty"`
	Parts          []Part           `json:"parts,omitempty"`
	Groups         []ProfileGroup   `json:"groups,omitempty"`
	InsertControls []InsertControls `json:"insert-controls,omitempty"`
}

// InsertControls puts selected controls into a group.
type InsertControls struct {
	Order           string           `json:"order,omitempty" oscal:"token"` // "keep", "ascending", "descending"
	IncludeAll      *Empty           `json:"include-all,omitempty"`
	IncludeControls []SelectControls `json:"include-controls,omitempty"`
	ExcludeControls []SelectControls `json:"exclude-controls,omitempty"`
}

// Modify changes what was selected.
type Modify struct {
	SetParameters []SetParameter `json:"set-parameters,omitempty"`
	Alters        []Alter        `json:"alters,omitempty"`
}

// SetParameter replaces what a parameter says; an empty field stays as it is.
type SetParameter struct {
	Pos         catalog.Position `json:"-"`
	ParamID     string           `json:"param-id" oscal:"required,token"`
	Class       string           `json:"class,omitempty" oscal:"token"`
	DependsOn   string           `json:"depends-on,omitempty" oscal:"token"`
	Props       []Prop           `json:"props,omitempty"`
	Links       []Link           `json:"links,omitempty"`
	Label       string           `json:"label,omitempty"`
	Usage       string           `json:"usage,omitempty"`
	Constraints []Constraint     `json:"constraints,omitempty"`
	Guidelines  []Guideline      `json:"guidelines,omitempty"`
	Values      []string         `json:"values,omitempty" oscal:"string"`
	Select      *Selection       `json:"select,omitempty"`
}

// Alter changes one control.
type Alter struct {
	Pos       catalog.Position `json:"-"`
	ControlID string           `json:"control-id" oscal:"required,token"`
	Removes   []Remove         `json:"removes,omitempty"`
	Adds      []Add            `json:"adds,omitempty"`
}

// Remove takes away what fits all that it names.
type Remove struct {
	ByName     string `json:"by-name,omitempty" oscal:"token"`
	ByClass    string `json:"by-class,omitempty" oscal:"token"`
	ByID       string `json:"by-id,omitempty" oscal:"token"`
	ByItemName string `json:"by-item-name,omitempty" oscal:"token"` // "param", "prop", "link", "part"
	ByNS       string `json:"by-ns,omitempty" oscal:"token"`
}

// Add puts something into a control, or beside or into the item with the id.
type Add struct {
	Position string  `json:"position,omitempty" oscal:"token"` // "before", "after", "starting", "ending"
	ByID     string  `json:"by-id,omitempty" oscal:"token"`
	Title    string  `json:"title,omitempty"`
	Params   []Param `json:"params,omitempty"`
	Props    []Prop  `json:"props,omitempty"`
	Links    []Link  `json:"links,omitempty"`
	Parts    []Part  `json:"parts,omitempty"`
}

// ComponentDefinition says how components meet controls.
type ComponentDefinition struct {
	UUID                       string                      `json:"uuid" oscal:"required,uuid"`
	Metadata                   Metadata                    `json:"metadata" oscal:"required"`
	ImportComponentDefinitions []ImportComponentDefinition `json:"import-component-definitions,omitempty"`
	Components                 []Component                 `json:"components,omitempty"`
	Capabilities               []Capability                `json:"capabilities,omitempty"`
	BackMatter                 *BackMatter                 `json:"back-matter,omitempty"`
}

// ImportComponentDefinition names another component definition.
type ImportComponentDefinition struct {
	Href string `json:"href" oscal:"required,reference"`
}

// Component is a service, a software, a policy, …
type Component struct {
	UUID                   string                  `json:"uuid" oscal:"required,uuid"`
	Type                   string                  `json:"type" oscal:"required,string"`
	Title                  string                  `json:"title" oscal:"required"`
	Description            string                  `json:"description" oscal:"required"`
	Purpose                string                  `json:"purpose,omitempty"`
	Props                  []Prop                  `json:"props,omitempty"`
	Links                  []Link                  `json:"links,omitempty"`
	ResponsibleRoles       []ResponsibleRole       `json:"responsible-roles,omitempty"`
	Protocols              []Protocol              `json:"protocols,omitempty"`
	ControlImplementations []ControlImplementation `json:"control-implementations,omitempty"`
	Remarks                string                  `json:"remarks,omitempty"`
}

// Protocol is how a component is reached.
type Protocol struct {
	UUID       string      `json:"uuid,omitempty" oscal:"uuid"`
	Name       string      `json:"name,omitempty" oscal:"string"`
	Title      string      `json:"title,omitempty"`
	PortRanges []PortRange `json:"port-ranges,omitempty"`
}

// PortRange is a range of ports, both ends included.
type PortRange struct {
	Start     int    `json:"start,omitempty"`
	End       int    `json:"end,omitempty"`
	Transport string `json:"transport,omitempty" oscal:"token"`
}

// Capability is what several components do together.
type Capability struct {
	UUID                   string                  `json:"uuid" oscal:"required,uuid"`
	Name                   string                  `json:"name" oscal:"required,string"`
	Description            string                  `json:"description" oscal:"required"`
	Props                  []Prop                  `json:"props,omitempty"`
	Links                  []Link                  `json:"links,omitempty"`
	IncorporatesComponents []IncorporatesComponent `json:"incorporates-components,omitempty"`
	ControlImplementations []ControlImplementation `json:"control-implementations,omitempty"`
	Remarks                string                  `json:"remarks,omitempty"`
}

// IncorporatesComponent names a component of a capability.
type IncorporatesComponent struct {
	ComponentUUID string `json:"component-uuid" oscal:"required,uuid"`
	Description   string `json:"description" oscal:"required"`
}

// ResponsibleRole says which role answers for something.
type ResponsibleRole struct {
	RoleID     string   `json:"role-id" oscal:"required,token"`
	Props      []Prop   `json:"props,omitempty"`
	Links      []Link   `json:"links,omitempty"`
	PartyUUIDs []string `json:"party-uuids,omitempty" oscal:"uuid"`
	Remarks    string   `json:"remarks,omitempty"`
}

// ControlImplementation says how a component meets the controls of one catalog or
// profile, which Source names.
type ControlImplementation struct {
	UUID                    string                   `json:"uuid" oscal:"required,uuid"`
	Source                  string                   `json:"source" oscal:"required,reference"`
	Description             string                   `json:"description" oscal:"required"`
	Props                   []Prop                   `json:"props,omitempty"`
	Links                   []Link                   `json:"links,omitempty"`
	SetParameters           []ImplementedParameter   `json:"set-parameters,omitempty"`
	ImplementedRequirements []ImplementedRequirement `json:"implemented-requirements" oscal:"required"`
}

// ImplementedParameter is the value that a component gives a parameter.
type ImplementedParameter struct {
	ParamID string   `json:"param-id" oscal:"required,token"`
	Values  []string `json:"values" oscal:"required,string"`
	Remarks string   `json:"remarks,omitempty"`
}

// ImplementedRequirement says how a component meets one control.
type ImplementedRequirement struct {
	UUID             string                 `json:"uuid" oscal:"required,uuid"`
	ControlID        string                 `json:"control-id" oscal:"required,token"`
	Description      string                 `json:"description" oscal:"required"`
	Props            []Prop                 `json:"props,omitempty"`
	Links            []Link                 `json:"links,omitempty"`
	SetParameters    []ImplementedParameter `json:"set-parameters,omitempty"`
	ResponsibleRoles []ResponsibleRole      `json:"responsible-roles,omitempty"`
	Statements       []Statement            `json:"statements,omitempty"`
	Remarks          string                 `json:"remarks,omitempty"`
}

// Statement says how a component meets one part of a control.
type Statement struct {
	StatementID      string            `json:"statement-id" oscal:"required,token"`
	UUID             string            `json:"uuid" oscal:"required,uuid"`
	Description      string            `json:"description" oscal:"required"`
	Props            []Prop            `json:"props,omitempty"`
	Links            []Link            `json:"links,omitempty"`
	ResponsibleRoles []ResponsibleRole `json:"responsible-roles,omitempty"`
	Remarks          string            `json:"remarks,omitempty"`
}
