package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"riskguide/catalog"
)

// progress shows on a terminal that work goes on, once it has taken a second.
// Elsewhere it shows nothing.
type progress struct {
	files atomic.Int64
	stop  chan struct{}
	once  sync.Once
	ended sync.WaitGroup
}

// startProgress begins; end must be called before anything else is printed.
func (a *app) startProgress(what string) *progress {
	p := &progress{stop: make(chan struct{})}
	if !a.isTerminal(a.env.Stderr) {
		return p
	}
	p.ended.Add(1)
	go func() {
		defer p.ended.Done()
		begin := time.Now()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		shown := false
		for {
			select {
			case <-tick.C:
				fmt.Fprintf(a.env.Stderr, "\r\033[K%s … %s, %d s", what, catalog.Plural(int(p.files.Load()), "file"), int(time.Since(begin).Seconds()))
				shown = true
				tick.Reset(200 * time.Millisecond)
			case <-p.stop:
				if shown {
					fmt.Fprint(a.env.Stderr, "\r\033[K")
				}
				return
			}
		}
	}()
	return p
}

// written counts a file.
func (p *progress) written(string, int) { p.files.Add(1) }

// end stops the display and clears its line.
func (p *progress) end() {
	p.once.Do(func() { close(p.stop) })
	p.ended.Wait()
}
