package site

import (
	"encoding/json"

	"riskguide/render/site/engine"
)

// Engine is what the site needs to make packs in the browser.
type Engine struct {
	*engine.Engine
	// Bundle is what packs are made from; see package packing.
	Bundle []byte
}

// The scripts of the engine: the one that pages load, and the list of its parts.
const (
	engineScript = "engine.js"
	engineParts  = "engine-parts.js"
)

// engineAssets adds the parts of the engine to the assets. Their names are known
// to the list of parts only.
func (s *Site) engineAssets() {
	if s.opts.Engine == nil {
		return
	}
	bundle, files := engine.Cut("bundle", s.opts.Engine.Bundle)
	s.parts = append(append(s.parts, s.opts.Engine.Parts...), bundle)
	for _, f := range append(files, s.opts.Engine.Files...) {
		s.assets = append(s.assets, asset{f.Name, f.Data})
	}
}

// prepareEngine adds the list of the engine's parts to the data of the language,
// together with what the engine says to the reader.
func (e *edition) prepareEngine() error {
	if e.site.opts.Engine == nil {
		return nil
	}
	words := map[string]string{}
	for _, key := range []string{"engine-unsupported", "engine-load", "engine-start", "engine-ended", "engine-failed", "engine-problems"} {
		words[key] = e.words.Get(key)
	}
	data, err := json.Marshal(map[string]any{"words": words, "starter": e.site.opts.Engine.Starter, "parts": e.site.parts})
	if err != nil {
		return err
	}
	e.addData(engineParts, append(append([]byte("riskguide.engineParts = "), data...), ";\n"...))
	e.onDemand = append(e.onDemand, engineScript, engineParts)
	return nil
}
