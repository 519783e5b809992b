package publish

import (
	"compress/flate"
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/changes"
	"riskguide/render/packing"
	"riskguide/render/pdf"
	"riskguide/render/preview"
	"riskguide/render/site"
	"riskguide/render/workbook"
)

// Preview builds the site in memory and its downloads when they are asked for.
// It implements [preview.Builder].
type Preview struct {
	config Config

	mu  sync.Mutex
	cat *catalog.Catalog // of the last good build
}

var _ preview.Builder = (*Preview)(nil)

// NewPreview returns a builder for what c describes.
func NewPreview(c Config) *Preview { return &Preview{config: c} }

// Build implements [preview.Builder].
func (p *Preview) Build(ctx context.Context) (*render.Memory, catalog.Problems, error) {
	cat, problems := p.config.load(ctx)
	if cat == nil || problems.HasErrors() || ctx.Err() != nil {
		return nil, problems, ctx.Err()
	}
	langs, err := p.config.langs(cat)
	if err != nil {
		return nil, problems, err
	}
	var w packing.Warnings
	var m render.Memory
	// A preview is made after each change and is not sent far: it takes less time
	// and more bytes.
	e, err := p.config.engine(flate.BestSpeed)
	if err != nil {
		return nil, problems, err
	}
	var since *changes.Report
	if p.config.Since != nil {
		var ps catalog.Problems
		if since, ps = p.config.changes(ctx); len(ps) > 0 {
			return nil, append(problems, ps...), nil
		}
	}
	opts := site.Options{Since: since, Engine: e, Options: p.config.options(cat, langs[0], &w), Langs: langs, PDFs: true, Workbooks: true,
		BaseURL: "/"} // the server answers unknown addresses at any depth with 404.html
	if err := site.Render(ctx, cat, opts, &m); err != nil {
		return nil, w.Sorted(problems), err
	}
	p.mu.Lock()
	p.cat = cat
	p.mu.Unlock()
	return &m, w.Sorted(problems), nil
}

// Download implements [preview.Builder]. The name is as in the downloads folder:
// "H05.pdf", "en/riskguide.pdf".
func (p *Preview) Download(ctx context.Context, name string) ([]byte, error) {
	p.mu.Lock()
	cat := p.cat
	p.mu.Unlock()
	if cat == nil {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	lang := cat.DefaultLang()
	file := name
	if dir, rest := path.Split(name); dir != "" {
		lang, file = catalog.Lang(strings.TrimSuffix(dir, "/")), rest
	}
	var w packing.Warnings
	opts := p.config.options(cat, lang, &w)
	switch risk := cat.Risk(strings.TrimSuffix(file, ".pdf")); {
	case file == render.CatalogWorkbook():
		var m render.Memory
		if err := workbook.Render(ctx, cat, opts, &m); err != nil {
			return nil, err
		}
		return m.Data(file), nil
	case file == render.GuidePDF():
		return pdf.RenderGuide(cat, opts)
	case risk != nil && file == render.RiskPDF(risk.ID):
		return pdf.RenderRisk(cat, risk, opts)
	}
	return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
}
