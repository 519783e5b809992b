//go:build js && wasm

// Packengine is the program that makes requirements packs in the browser. The
// site's script engine.js starts it and talks to it through the global object
// packengine, which holds
//
//	bundle          what packs are made from, see package packing; a Uint8Array
//	faces           the first files of the typeface's faces, by weight
//	rest(weight, n) asks for a file with rare characters of a face; a promise
//	ready(error)    is called once the guide is read; error is "" if it was
//	make            set by the program: make(files, name, done) makes a pack of
//	                the profile name; files is an object of texts by name
//	done(result)    gets the pack {name, files: [{name, data}], warnings}, or
//	                {problems}, or {error}
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"runtime/debug"
	"syscall/js"

	"riskguide/catalog"
	"riskguide/render/packing"
	"riskguide/render/pdf/font"
)

func main() {
	// As the command line does: the heap may grow further between collections,
	// within a bound.
	debug.SetGCPercent(300)
	debug.SetMemoryLimit(512 << 20)
	host := js.Global().Get("packengine")
	e, err := start(host)
	if err != nil {
		host.Call("ready", err.Error())
		return
	}
	host.Set("make", js.FuncOf(func(_ js.Value, args []js.Value) any {
		files, name, done := args[0], args[1].String(), args[2]
		// A function that JavaScript calls must not wait.
		go func() { done.Invoke(e.make(files, name)) }()
		return nil
	}))
	host.Call("ready", "")
	select {}
}

// engine is the program once it has read the guide.
type engine struct {
	source packing.Source
	cat    *catalog.Catalog
}

func start(host js.Value) (*engine, error) {
	source, err := packing.OpenBundle(bytesOf(host.Get("bundle")))
	if err != nil {
		return nil, err
	}
	host.Delete("bundle")
	source.Faces = new(font.Faces)
	for w := range font.Weights {
		core := string(bytesOf(host.Get("faces").Index(int(w))))
		source.Faces[w], err = font.ParseSplit(w.FaceName(), core, func(n int) (string, error) { return rest(host, w, n) })
		if err != nil {
			return nil, err
		}
	}
	host.Delete("faces")
	cat, problems := source.Load(context.Background())
	if cat == nil {
		return nil, fmt.Errorf("the guide cannot be read: %v", problems)
	}
	return &engine{source, cat}, nil
}

// rest waits for a file with rare characters of a face.
func rest(host js.Value, w font.Weight, n int) (string, error) {
	type answer struct {
		data string
		err  error
	}
	ch := make(chan answer, 1)
	yes := js.FuncOf(func(_ js.Value, args []js.Value) any {
		ch <- answer{data: string(bytesOf(args[0]))}
		return nil
	})
	defer yes.Release()
	no := js.FuncOf(func(_ js.Value, args []js.Value) any {
		ch <- answer{err: errors.New(args[0].Call("toString").String())}
		return nil
	})
	defer no.Release()
	host.Call("rest", int(w), n).Call("then", yes, no)
	a := <-ch
	return a.data, a.err
}

// make makes a pack and returns the result for JavaScript.
func (e *engine) make(files js.Value, name string) (result any) {
	defer func() {
		if r := recover(); r != nil {
			result = map[string]any{"error": fmt.Sprint(r)}
		}
	}()
	texts := map[string]string{}
	keys := js.Global().Get("Object").Call("keys", files)
	for i := range keys.Length() {
		key := keys.Index(i).String()
		texts[key] = files.Get(key).String()
	}
	m, problems, err := e.source.Make(context.Background(), e.cat, texts, name)
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	if m == nil {
		return map[string]any{"problems": list(problems)}
	}
	var out []any
	archive := ""
	for _, n := range m.Names() {
		data := m.Data(n)
		array := js.Global().Get("Uint8Array").New(len(data))
		js.CopyBytesToJS(array, data)
		out = append(out, map[string]any{"name": n, "data": array})
		if path.Ext(n) == ".zip" {
			archive = n
		}
	}
	return map[string]any{"name": archive, "files": out, "warnings": list(problems)}
}

// list returns problems as an array of objects.
func list(problems catalog.Problems) any {
	type problem struct {
		File    string `json:"file"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Level   string `json:"level"`
		Rule    string `json:"rule"`
		Message string `json:"message"`
		Hint    string `json:"hint"`
		Text    string `json:"text"`
	}
	ps := []problem{}
	for _, p := range problems {
		ps = append(ps, problem{p.Pos.File, p.Pos.Line, p.Pos.Column, string(p.Level), p.Rule, p.Message, p.Hint, p.String()})
	}
	data, err := json.Marshal(ps)
	if err != nil {
		return []any{}
	}
	return js.Global().Get("JSON").Call("parse", string(data))
}

// bytesOf returns the bytes of a Uint8Array.
func bytesOf(v js.Value) []byte {
	b := make([]byte, v.Length())
	js.CopyBytesToGo(b, v)
	return b
}
