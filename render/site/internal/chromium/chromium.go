// Package chromium drives a headless Chromium for tests: it opens pages, runs
// scripts in them and records what they write to the console and what they
// request. It speaks the DevTools protocol over the browser's own pipe
// (--remote-debugging-pipe), so that it needs neither a port nor a library.
//
// A [Page] is for one goroutine at a time; several pages may be used side by side.
package chromium

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Browser is a running Chromium.
type Browser struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	done chan struct{} // closed when the pipe from the browser ends

	mu     sync.Mutex
	nextID int
	calls  map[int]chan reply
	pages  map[string]*Page // by session
}

type message struct {
	ID        int    `json:"id,omitempty"`
	SessionID string `json:"sessionId,omitempty"`
	Method    string `json:"method,omitempty"`
	Params    any    `json:"params,omitempty"`
}

type incoming struct {
	ID        int             `json:"id"`
	SessionID string          `json:"sessionId"`
	Method    string          `json:"method"`
	Params    json.RawMessage `json:"params"`
	Result    json.RawMessage `json:"result"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error"`
}

type reply struct {
	result json.RawMessage
	err    error
}

// Start starts the program with a profile of its own in dir, which must be empty.
func Start(program, dir string, flags ...string) (*Browser, error) {
	fromUs, toBrowser, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	fromBrowser, toUs, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, fromUs.Close(), toBrowser.Close())
	}
	cmd := exec.Command(program, append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--hide-scrollbars", "--user-data-dir=" + dir, "--remote-debugging-pipe"}, append(flags, "about:blank")...)...)
	cmd.ExtraFiles = []*os.File{fromUs, toUs} // the browser's descriptors 3 and 4
	err = cmd.Start()
	err = errors.Join(err, fromUs.Close(), toUs.Close())
	if err != nil {
		return nil, errors.Join(err, toBrowser.Close(), fromBrowser.Close())
	}
	b := &Browser{cmd: cmd, in: toBrowser, done: make(chan struct{}), calls: map[int]chan reply{}, pages: map[string]*Page{}}
	go b.read(fromBrowser)
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := b.call(ctx, "", "Browser.close", nil)
	if err != nil {
		err = b.cmd.Process.Kill()
	}
	b.in.Close()
	<-b.done
	// Chromium ends itself with a status of its own choosing.
	_ = b.cmd.Wait()
	return err
}

// read hands what the browser says to whom it concerns.
func (b *Browser) read(r io.ReadCloser) {
	defer close(b.done)
	defer r.Close()
	br := bufio.NewReaderSize(r, 1<<20)
	for {
		data, err := br.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			for id, ch := range b.calls {
				ch <- reply{err: errors.New("chromium has ended")}
				delete(b.calls, id)
			}
			b.mu.Unlock()
			return
		}
		var m incoming
		if json.Unmarshal(data[:len(data)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		if m.ID != 0 {
			if ch := b.calls[m.ID]; ch != nil {
				delete(b.calls, m.ID)
				rep := reply{result: m.Result}
				if m.Error != nil {
					rep.err = errors.New(m.Error.Message)
				}
				ch <- rep
			}
		} else if p := b.pages[m.SessionID]; p != nil {
			p.event(m.Method, m.Params)
		}
		b.mu.Unlock()
	}
}

func (b *Browser) call(ctx context.Context, session, method string, params any) (json.RawMessage, error) {
	ch := make(chan reply, 1)
	b.mu.Lock()
	b.nextID++
	id := b.nextID
	b.calls[id] = ch
	data, err := json.Marshal(message{ID: id, SessionID: session, Method: method, Params: params})
	if err == nil {
		_, err = b.in.Write(append(data, 0))
	}
	if err != nil {
		delete(b.calls, id)
	}
	b.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	select {
	case rep := <-ch:
		if rep.err != nil {
			return nil, fmt.Errorf("%s: %w", method, rep.err)
		}
		return rep.result, nil
	case <-ctx.Done():
		b.mu.Lock()
		delete(b.calls, id)
		b.mu.Unlock()
		return nil, fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// Page is a tab.
type Page struct {
	b       *Browser
	session string

	mu       sync.Mutex
	loaded   chan struct{} // receives at each load event
	console  []string
	requests []string
}

// params is short for the arguments of a call.
type params = map[string]any

// NewPage opens an empty tab.
func (b *Browser) NewPage(ctx context.Context) (*Page, error) {
	res, err := b.call(ctx, "", "Target.createTarget", params{"url": "about:blank"})
	if err != nil {
		return nil, err
	}
	var target struct{ TargetID string }
	if err := json.Unmarshal(res, &target); err != nil {
		return nil, err
	}
	res, err = b.call(ctx, "", "Target.attachToTarget", params{"targetId": target.TargetID, "flatten": true})
	if err != nil {
		return nil, err
	}
	var att struct{ SessionID string }
	if err := json.Unmarshal(res, &att); err != nil {
		return nil, err
	}
	p := &Page{b: b, session: att.SessionID, loaded: make(chan struct{}, 16)}
	b.mu.Lock()
	b.pages[p.session] = p
	b.mu.Unlock()
	for _, domain := range []string{"Page", "Runtime", "Network", "Log"} {
		if _, err := p.Call(ctx, domain+".enable", nil); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Call sends a command of the protocol.
func (p *Page) Call(ctx context.Context, method string, args any) (json.RawMessage, error) {
	return p.b.call(ctx, p.session, method, args)
}

// event records what the page does.
func (p *Page) event(method string, raw json.RawMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch method {
	case "Page.loadEventFired":
		select {
		case p.loaded <- struct{}{}:
		default:
		}
	case "Network.requestWillBeSent":
		var ev struct{ Request struct{ URL string } }
		if json.Unmarshal(raw, &ev) == nil {
			p.requests = append(p.requests, ev.Request.URL)
		}
	case "Log.entryAdded":
		var ev struct {
			Entry struct{ Level, Text, URL string }
		}
		if json.Unmarshal(raw, &ev) == nil {
			p.console = append(p.console, ev.Entry.Level+": "+ev.Entry.Text+" "+ev.Entry.URL)
		}
	case "Runtime.exceptionThrown":
		p.console = append(p.console, "exception: "+string(raw))
	case "Runtime.consoleAPICalled":
		p.console = append(p.console, "console: "+string(raw))
	}
}

// Open loads a page and waits until it is complete.
func (p *Page) Open(ctx context.Context, url string) error {
	p.drain()
	res, err := p.Call(ctx, "Page.navigate", params{"url": url})
	if err != nil {
		return err
	}
	var nav struct{ ErrorText, LoaderID string }
	if err := json.Unmarshal(res, &nav); err != nil {
		return err
	}
	if nav.ErrorText != "" {
		return fmt.Errorf("%s: %s", url, nav.ErrorText)
	}
	if nav.LoaderID == "" { // another place of the same page
		return nil
	}
	return p.WaitLoad(ctx)
}

// WaitLoad waits for the next load event.
func (p *Page) WaitLoad(ctx context.Context) error {
	select {
	case <-p.loaded:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Page) drain() {
	for {
		select {
		case <-p.loaded:
		default:
			return
		}
	}
}

// Log returns what the page wrote to the console and the addresses that it
// requested since the last call.
func (p *Page) Log() (console, requests []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	console, requests = p.console, p.requests
	p.console, p.requests = nil, nil
	return console, requests
}

// Eval runs an expression in the page, waits for it if it is a promise, and
// decodes its value, as JSON, into result unless that is nil.
func (p *Page) Eval(ctx context.Context, expression string, result any) error {
	res, err := p.Call(ctx, "Runtime.evaluate", params{"expression": expression, "awaitPromise": true, "returnByValue": true})
	if err != nil {
		return err
	}
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := json.Unmarshal(res, &out); err != nil {
		return err
	}
	if out.ExceptionDetails != nil {
		return fmt.Errorf("%s %s", out.ExceptionDetails.Text, out.ExceptionDetails.Exception.Description)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(out.Result.Value, result)
}

// Size sets the size of the window in CSS pixels.
func (p *Page) Size(ctx context.Context, width, height int) error {
	_, err := p.Call(ctx, "Emulation.setDeviceMetricsOverride",
		params{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700})
	return err
}

// Dark chooses the dark or the light scheme.
func (p *Page) Dark(ctx context.Context, dark bool) error {
	v := "light"
	if dark {
		v = "dark"
	}
	_, err := p.Call(ctx, "Emulation.setEmulatedMedia",
		params{"features": []params{{"name": "prefers-color-scheme", "value": v}}})
	return err
}

// Scripts switches JavaScript on or off for pages opened from now on.
func (p *Page) Scripts(ctx context.Context, on bool) error {
	_, err := p.Call(ctx, "Emulation.setScriptExecutionDisabled", params{"value": !on})
	return err
}

// Screenshot returns the page as a PNG, in full length or as much as the window shows.
func (p *Page) Screenshot(ctx context.Context, full bool) ([]byte, error) {
	res, err := p.Call(ctx, "Page.captureScreenshot", params{"format": "png", "captureBeyondViewport": full})
	if err != nil {
		return nil, err
	}
	return decoded(res)
}

// PDF returns the page as it prints, with the paper that the page asks for.
func (p *Page) PDF(ctx context.Context) ([]byte, error) {
	res, err := p.Call(ctx, "Page.printToPDF", params{"preferCSSPageSize": true, "printBackground": true})
	if err != nil {
		return nil, err
	}
	return decoded(res)
}

func decoded(res json.RawMessage) ([]byte, error) {
	var out struct{ Data string }
	if err := json.Unmarshal(res, &out); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(out.Data)
}
