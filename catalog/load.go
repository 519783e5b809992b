package catalog

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"runtime"
	"sort"
	"strings"

	"golang.org/x/sync/errgroup"

	"riskguide/catalog/strictyaml"
)

// LoadOptions says how a folder is loaded. The zero value is ready for use.
type LoadOptions struct {
	// Prefix is put before the path inside the file system in positions, so
	// that a message names the file as the reader knows it: with "content",
	// content/risks/H05.yaml.
	Prefix string
	// MaxFileSize is the size in bytes over which a file is refused; 0 means
	// [DefaultMaxFileSize].
	MaxFileSize int64
}

// DefaultMaxFileSize is the size in bytes over which [Load] refuses a file
// unless told otherwise. The largest file of a guide of 21 risks has 30 KB.
const DefaultMaxFileSize = 1 << 20

// maxNesting is how deep values of a YAML file may be nested. The form needs
// 7, and two more for every level of layers.
const maxNesting = 40

// The names of the files and folders that make up a guide.
const (
	guideFile         = "guide.yaml"
	vulnerabilityFile = "vulnerabilities.yaml"
	retiredFile       = "retired.yaml"
	riskDir           = "risks"
	controlDir        = "controls"
	pageDir           = "pages"
	profileDir        = "profiles"
	schemaDir         = "schemas"
)

// Load reads a guide from a folder in the YAML form and assembles it:
// [LoadSource], then [Assemble]. It reports everything that it finds, sorted by
// file, line and column. The catalog is nil where a problem is an error.
//
// When ctx is done, Load stops and says so in a problem.
func Load(ctx context.Context, fsys fs.FS, opts LoadOptions) (*Catalog, Problems) {
	l := newLoader(ctx, fsys, opts)
	src := l.load()
	if ctx.Err() != nil {
		return nil, l.problems
	}
	a := newAssembler(src)
	a.broken, a.unread = l.broken, l.unread
	c := a.assemble()
	ps := append(l.problems, a.problems...)
	ps.Sort()
	if ps.HasErrors() {
		return nil, ps
	}
	return c, ps
}

// LoadSource reads a guide from a folder in the YAML form without resolving
// references. The problems are those of form: files that are missing, too large,
// not UTF-8 or not YAML, unknown and missing keys, values of a wrong type. The
// source holds what could be read and is never nil; where a problem is an error
// it is not complete.
//
// The folder holds guide.yaml, risks/ID.yaml, controls/CLAUSE.yaml,
// vulnerabilities.yaml, pages/ID.LANG.md and, where ids were retired,
// retired.yaml. The folders profiles and schemas are not looked at. Risks are
// ordered by severity and id, clauses as the guide lists them or by id, pages as
// the guide lists them. A guide that does not treat risks has no risks.
func LoadSource(ctx context.Context, fsys fs.FS, opts LoadOptions) (*Source, Problems) {
	l := newLoader(ctx, fsys, opts)
	src := l.load()
	l.problems.Sort()
	return src, l.problems
}

// unreadable tells what could not be read at all, so that what follows from it
// is not reported: a risk file that is no YAML must not yield an unknown
// reference for every measure in it.
type unreadable struct {
	guide           bool
	vulnerabilities bool
	risks           map[string]bool // by id
	clauses         map[string]bool // by id
	lists           map[riskList]bool
}

// riskList is a list of a risk file that was not read whole.
type riskList struct {
	risk string
	kind kind
}

// hides reports whether an id may well be defined where nothing could be read.
func (u unreadable) hides(k kind, id string) bool {
	switch k {
	case kindSeverity, kindLayer:
		return u.guide
	case kindVulnerability:
		return u.vulnerabilities
	case kindControl:
		return u.clauses[clauseOf(id)] || isNamed(id) && len(u.clauses) > 0
	case kindMeasure, kindObjective, kindThreat, kindResidual:
		return u.risks[riskOf(id)] || u.lists[riskList{riskOf(id), k}]
	case kindRisk:
		return u.risks[id]
	case kindClause:
		return u.clauses[id]
	}
	return false
}

// any reports whether something that cites could not be read.
func (u unreadable) any() bool { return u.guide || len(u.risks) > 0 }

type loader struct {
	ctx     context.Context
	fsys    fs.FS
	prefix  string
	maxSize int64

	lang  Lang
	langs []Lang
	// ofRisks tells that the guide must have risks.
	ofRisks bool

	problems Problems
	broken   map[Position]bool
	unread   unreadable
}

func newLoader(ctx context.Context, fsys fs.FS, opts LoadOptions) *loader {
	l := &loader{
		ctx: ctx, fsys: fsys, prefix: opts.Prefix, maxSize: opts.MaxFileSize,
		lang: Japanese, ofRisks: true,
		broken: map[Position]bool{},
		unread: unreadable{risks: map[string]bool{}, clauses: map[string]bool{}, lists: map[riskList]bool{}},
	}
	if l.maxSize <= 0 {
		l.maxSize = DefaultMaxFileSize
	}
	return l
}

// name returns the path of a file as it stands in positions.
func (l *loader) name(file string) string {
	if l.prefix == "" {
		return file
	}
	return path.Join(l.prefix, file)
}

func (l *loader) decoder(file string) *decoder {
	return newDecoder(l.name(file), l.lang, l.langs)
}

// job reads one file. Jobs run at the same time and share nothing; their
// results are taken over in order.
type job struct {
	file string
	stem string // file name without folder and extension
	// run decodes the file into one of the results below.
	run func(j *job, d *decoder, data []byte) bool

	d     *decoder
	read  bool // run returned true
	risk  *SourceRisk
	group *Clause
	vulns []*Vulnerability
	gone  []*Retirement
	page  pageFile
}

func (l *loader) load() *Source {
	src := &Source{Guide: &Guide{}}
	l.loadGuide(src)

	jobs := l.list()
	g := new(errgroup.Group)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, j := range jobs {
		g.Go(func() error {
			j.d = l.decoder(j.file)
			if l.ctx.Err() != nil {
				return nil
			}
			if data, ok := l.read(j.d, j.file); ok {
				j.read = j.run(j, j.d, data)
			}
			return nil
		})
	}
	_ = g.Wait() // no job returns an error: they report problems
	if err := l.ctx.Err(); err != nil {
		l.problems.add(LevelError, Position{File: l.name(guideFile)}, ruleRead, "", "loading stopped: %v", err)
		return src
	}

	var pages []pageFile
	for _, j := range jobs {
		l.take(j.d)
		switch path.Dir(j.file) {
		case riskDir:
			if j.read {
				src.Risks = append(src.Risks, j.risk)
				for _, k := range j.d.lossy {
					l.unread.lists[riskList{j.stem, k}] = true
				}
			} else {
				l.unread.risks[j.stem] = true
			}
		case controlDir:
			if j.read {
				src.Clauses = append(src.Clauses, j.group)
			}
			if !j.read || j.d.Lost() {
				l.unread.clauses[j.stem] = true
			}
		case pageDir:
			j.page.pos = Position{File: j.d.file, Line: 1, Column: 1}
			pages = append(pages, j.page)
		default:
			src.Vulnerabilities = append(src.Vulnerabilities, j.vulns...)
			src.Retired = append(src.Retired, j.gone...)
			if j.file == vulnerabilityFile && (!j.read || j.d.Lost()) {
				l.unread.vulnerabilities = true
			}
		}
	}
	src.Pages = gatherPages(pages, src.Guide)
	sortRisks(src)
	sortClauses(src)
	return src
}

// take takes the problems of a file over.
func (l *loader) take(d *decoder) {
	l.problems = append(l.problems, d.problems...)
	for pos := range d.broken {
		l.broken[pos] = true
	}
}

// loadGuide reads guide.yaml, which the other files need: it says which
// languages texts are in.
func (l *loader) loadGuide(src *Source) {
	d := l.decoder(guideFile)
	data, ok := l.read(d, guideFile)
	ok = ok && d.guideFile(data, src.Guide)
	l.take(d)
	if !ok {
		l.unread.guide = true
		return
	}
	l.lang, l.langs = d.lang, d.langs
	l.ofRisks = src.Guide.TreatsRisks() || d.Lost()
}

// sortRisks orders risks by severity, in the guide's order, and id.
func sortRisks(src *Source) {
	rank := func(r *SourceRisk) int {
		for i, s := range src.Guide.Severities {
			if s.ID == r.Severity.ID {
				return i
			}
		}
		return len(src.Guide.Severities)
	}
	sort.SliceStable(src.Risks, func(i, j int) bool {
		a, b := src.Risks[i], src.Risks[j]
		if x, y := rank(a), rank(b); x != y {
			return x < y
		}
		return CompareIDs(a.ID, b.ID) < 0
	})
}

// sortClauses orders clauses as the guide says, and behind those by id.
func sortClauses(src *Source) {
	rank := make(map[string]int, len(src.Guide.ClauseOrder))
	for i, id := range src.Guide.ClauseOrder {
		rank[id] = i - len(src.Guide.ClauseOrder)
	}
	sort.SliceStable(src.Clauses, func(i, j int) bool {
		a, b := src.Clauses[i].ID, src.Clauses[j].ID
		if x, y := rank[a], rank[b]; x != y {
			return x < y
		}
		return CompareIDs(a, b) < 0
	})
}

// list makes the jobs, and reports files of which the form knows nothing.
func (l *loader) list() []*job {
	var jobs []*job
	known := []string{guideFile, vulnerabilityFile, retiredFile}
	for _, e := range l.dir(".", false) {
		name := e.Name()
		switch {
		case e.IsDir():
			folders := []string{riskDir, controlDir, pageDir, profileDir, schemaDir}
			if hint := didYouMean(name, folders); hint != "" && !contains(folders, name) {
				l.strayFolder(name, hint)
			}
		case name == guideFile:
		case name == vulnerabilityFile:
			jobs = append(jobs, &job{file: name, run: func(j *job, d *decoder, data []byte) (ok bool) {
				j.vulns, ok = d.vulnerabilityFile(data)
				return ok
			}})
		case name == retiredFile:
			jobs = append(jobs, &job{file: name, run: func(j *job, d *decoder, data []byte) (ok bool) {
				j.gone, ok = d.retiredFile(data)
				return ok
			}})
		case isYAML(name):
			l.unlisted(name, didYouMean(name, known))
		}
	}
	risks := 0
	for _, e := range l.dir(riskDir, true) {
		file := path.Join(riskDir, e.Name())
		if !strings.HasSuffix(file, ".yaml") || e.IsDir() {
			l.stray(file, e)
			continue
		}
		risks++
		jobs = append(jobs, &job{file: file, stem: stem(file), run: func(j *job, d *decoder, data []byte) (ok bool) {
			j.risk, ok = d.riskFile(data, j.stem)
			return ok
		}})
	}
	if risks == 0 && l.ofRisks {
		l.problems.add(LevelError, Position{File: l.name(riskDir)}, ruleMissing, "", "the guide has no risks: there is no file such as %s", l.name(riskDir+"/H01.yaml"))
	}
	clauses := 0
	for _, e := range l.dir(controlDir, true) {
		file := path.Join(controlDir, e.Name())
		if !strings.HasSuffix(file, ".yaml") || e.IsDir() {
			l.stray(file, e)
			continue
		}
		clauses++
		jobs = append(jobs, &job{file: file, stem: stem(file), run: func(j *job, d *decoder, data []byte) (ok bool) {
			j.group, ok = d.controlFile(data, j.stem)
			return ok
		}})
	}
	if clauses == 0 && !l.ofRisks {
		l.problems.add(LevelError, Position{File: l.name(controlDir)}, ruleMissing, "a guide of risks names severities, layers and columns in guide.yaml",
			"the guide has neither risks nor controls: there is no file such as %s", l.name(controlDir+"/ac.yaml"))
	}
	for _, e := range l.dir(pageDir, true) {
		file := path.Join(pageDir, e.Name())
		if !strings.HasSuffix(file, ".md") || e.IsDir() {
			l.stray(file, e)
			continue
		}
		jobs = append(jobs, &job{file: file, stem: stem(file), run: func(j *job, d *decoder, data []byte) bool {
			j.page = d.pageFile(data, j.stem)
			return true
		}})
	}
	return jobs
}

// dir lists a folder without hidden files, by name. A folder that does not
// exist is empty where that is allowed.
func (l *loader) dir(name string, mayMiss bool) []fs.DirEntry {
	entries, err := fs.ReadDir(l.fsys, name)
	if err != nil && !(mayMiss && errors.Is(err, fs.ErrNotExist)) {
		l.problems.add(LevelError, Position{File: l.name(name)}, ruleRead, "", "cannot read the folder: %v", strictyaml.WithoutPath(err))
	}
	out := entries[:0]
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			out = append(out, e)
		}
	}
	return out
}

// stray reports a YAML or Markdown file that would otherwise be passed over in
// silence. Other files, such as a picture, are let be.
func (l *loader) stray(file string, e fs.DirEntry) {
	switch {
	case e.IsDir():
		l.strayFolder(file, "")
	case strings.HasSuffix(strings.ToLower(file), ".yml") || strings.HasSuffix(file, ".YAML"):
		l.unlisted(file, "name it "+stem(file)+".yaml")
	case isYAML(file):
		l.unlisted(file, "")
	}
}

func (l *loader) strayFolder(name, hint string) {
	l.problems.add(LevelWarning, Position{File: l.name(name)}, ruleUnlisted, hint, "the folder is not part of a guide and is not read")
}

func (l *loader) unlisted(file, hint string) {
	l.problems.add(LevelWarning, Position{File: l.name(file)}, ruleUnlisted, hint, "the file is not part of a guide and is not read")
}

func isYAML(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml":
		return true
	}
	return false
}

func stem(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// read reads a file and checks what can be said of its bytes. A byte order mark
// is left out.
func (l *loader) read(d *decoder, file string) ([]byte, bool) {
	data, err := strictyaml.ReadFile(l.fsys, file, l.maxSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.problems.add(LevelError, Position{File: d.file}, ruleMissing, "", "the file is missing")
	case err != nil:
		d.problems.add(LevelError, Position{File: d.file}, ruleRead, "", "cannot read the file: %v", err)
	default:
		return d.Check(data, l.maxSize)
	}
	return nil, false
}
