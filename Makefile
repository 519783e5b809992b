# `make` builds bin/riskguide and renders everything into output/.
GO ?= go

.PHONY: all engine build render test check bench fuzz docs release clean

all: render

# The program that makes packs in the browser, which bin/riskguide embeds.
engine:
	GO="$(GO)" $(GO) run ./cmd/engine-build render/site/engine/dist

build: engine
	$(GO) build -trimpath -o bin/riskguide ./cmd/riskguide

# Site, workbook, PDFs and the packs of all profiles in content/profiles/.
render: build
	bin/riskguide build

# Tests that need an outside program say what they miss and skip, unless
# RISKGUIDE_REQUIRE_TOOLS=1.
test:
	$(GO) test -timeout 40m ./...

# What a change must pass beside the tests.
check:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# A minute for every parser of what comes from outside. One input is enough to tell
# where it came from: shrinking each would take most of the time.
FUZZTIME ?= 1m
fuzz:
	@set -e; $(GO) list ./... | while read -r pkg; do \
	  $(GO) test $$pkg -list '^Fuzz' | grep '^Fuzz' | while read -r f; do \
	    echo "$$pkg $$f"; \
	    $(GO) test $$pkg -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x || exit 1; \
	  done; \
	done

# The pictures of docs/, from Chromium, LibreOffice and poppler.
docs:
	$(GO) test ./cmd/riskguide -run TestPictures -pictures ja,en -v

# Archives for people without Go, with checksums and bills of materials: see
# docs/publishing.md.
release: engine
	GO="$(GO)" $(GO) run ./cmd/release

clean:
	find render/site/engine/dist -type f ! -name README.md -delete
	rm -rf bin output/site output/workbook output/pdf output/packs output/release output/SHA256SUMS
