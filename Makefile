# The commands of this project. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO ?= go
TOOL := $(GO) tool -modfile=tools/go.mod
JS_TESTS = $(shell find panel/static -name '*.test.js' -o -name '*.test.mjs')
GO_SOURCES = $(shell find . -name '*.go' -not -path '*/node_modules/*')

# In CI a skipped test is a failure: citest reads go test's own account of each
# test, prints what a person would see, and fails when one was skipped.
GO_TEST_FLAGS := -count=1 -timeout 20m -p 2
ifdef CI
GO_TEST = $(GO) test -json $(GO_TEST_FLAGS) ./... | $(CURDIR)/bin/citest
else
GO_TEST = $(GO) test $(GO_TEST_FLAGS) ./...
endif

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/phonebank
	@$(GO) build -buildvcs=false -o bin/phonebank ./cmd/phonebank

.PHONY: run
run: ## Build and start everything: database, local Twilio, demo campaign
	@scripts/deps.sh run
	@$(MAKE) build
	@exec bin/phonebank demo

.PHONY: test
test: ## Run every test; as root on Debian installs what they need
	@scripts/deps.sh test
	@$(MAKE) check
	@$(MAKE) npm js-test
	@$(MAKE) go-test

.PHONY: check
check: ## Format, vet, staticcheck and the layers; needs no database
	@unformatted=$$(gofmt -l $(GO_SOURCES)); \
		if [ -n "$$unformatted" ]; then printf 'gofmt would change:\n%s\n' "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	$(GO) test -count=1 -run '^TestLayers' .

.PHONY: lint
lint: ## The stricter format (gofumpt), and the scripts' syntax
	@unformatted=$$($(TOOL) gofumpt -l $(GO_SOURCES)); \
		if [ -n "$$unformatted" ]; then printf 'gofumpt would change:\n%s\n' "$$unformatted"; exit 1; fi
	bash -n scripts/*.sh .ci/run

.PHONY: race
race: ## Run the Go tests under the race detector; needs a C compiler
	@scripts/deps.sh test
	@command -v cc >/dev/null || { echo "make race needs a C compiler (Debian: apt-get install gcc libc6-dev)"; exit 1; }
	@$(MAKE) npm
	CGO_ENABLED=1 $(GO) test -race -count=1 -timeout 40m -p 2 ./...

.PHONY: bench
bench: ## Measure against the bars of docs/performance.md (some minutes)
	@scripts/deps.sh test
	@$(GO) run -buildvcs=false ./internal/bench
	@echo; echo "## Hot paths"; echo
	@$(GO) test -run '^$$' -bench . -benchtime 0.5s ./carrier ./script ./webhooks | grep -E '^(Benchmark|FAIL|panic)'

.PHONY: chaos
chaos: ## Break machines, networks and Twilio on purpose; hold every promise (< 10 min; CHAOS="-seed 7 -v")
	@scripts/deps.sh test
	@$(GO) run -buildvcs=false ./internal/chaos $(CHAOS)

.PHONY: chaos-mutants
chaos-mutants: ## Plant one bug after another; the tests must notice each (< 1 h)
	@scripts/deps.sh test
	@$(GO) run -buildvcs=false ./internal/chaos/mutants

.PHONY: screens
screens: ## Photograph every state and page, both sizes, both themes, into docs/screens
	@scripts/deps.sh test
	@$(GO) run -buildvcs=false ./internal/screens

# The parts of `make test`.

.PHONY: go-test
go-test:
ifdef CI
	@cd tools && $(GO) build -o ../bin/citest ./citest
endif
	@cd tools && $(GO_TEST)
	@$(GO_TEST)

.PHONY: js-test
js-test:
	@if [ -n "$(JS_TESTS)" ]; then \
		mkdir -p bin; \
		node --test --test-reporter=tap $(JS_TESTS) >bin/js-test.tap || { cat bin/js-test.tap; exit 1; }; \
		grep -E '^# (tests|pass|fail|skipped) ' bin/js-test.tap; \
		if [ -n "$${CI:-}" ] && ! grep -q '^# skipped 0$$' bin/js-test.tap; then \
			grep -i '# skip' bin/js-test.tap; echo "a skipped test is a failure in CI"; exit 1; fi; \
	fi

.PHONY: npm
npm:
	@for lock in $$(find . -name package-lock.json -not -path '*/node_modules/*'); do \
		dir=$$(dirname "$$lock"); \
		if ! [ "$$dir/node_modules/.package-lock.json" -nt "$$lock" ]; then \
			(cd "$$dir" && npm ci --no-audit --no-fund --ignore-scripts); fi; \
	done
