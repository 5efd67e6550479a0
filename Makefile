# Larder's targets. `make` lists them; the text after ## is what it prints.

SHELL         := bash
.SHELLFLAGS   := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS     += --no-builtin-rules

GO ?= go

# Tools are pinned in a module of their own, so that their dependencies are none of the program's;
# a binary carries the version it was built from, so that a new pin is a new file.
LINT_VERSION := $(shell awk '$$1 ~ /golangci-lint\/v2$$/ && $$2 ~ /^v/ { print $$2 }' tools/go.mod)
SQLC_VERSION := $(shell awk '$$1 ~ /sqlc-dev\/sqlc$$/ && $$2 ~ /^v/ { print $$2 }' tools/go.mod)
LINT := bin/golangci-lint-$(LINT_VERSION)
SQLC := bin/sqlc-$(SQLC_VERSION)

# The race detector watches our code and not SQLite's: a translated C library is 23 times slower
# under it, and keeps its own locks. Only that package is left out: an instance of sync.Map that the
# linker took from a package without the detector would look like a race wherever reflect uses one.
# The detector needs cgo, the program does not.
RACE := CGO_ENABLED=1 $(GO) test -race -gcflags='modernc.org/sqlite/lib=-race=false' -timeout 20m

# The binary carries its commit; where git is absent or refuses the folder (a container that mounts
# somebody else's clone), it does without.
STAMP = $(shell git status --porcelain >/dev/null 2>&1 || echo -buildvcs=false)

# Options of the program for `make demo`, for instance ARGS=--once.
ARGS ?=
# Load of `make bench`.
RATE     ?= 20
DURATION ?= 60
# Seeds of `make simulate`, and the visits of each.
SEEDS  ?= 1 2 3
VISITS ?= 10000
# Seed of `make accuracy`, from 10000 on; empty is today's date, at which nobody has looked.
SEED ?=
# Kills of `make torture`.
KILLS    ?= 100
# Time for each fuzz target of `make fuzz`.
FUZZTIME ?= 60s

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## build, then serve the demo: simulated cabinets, one page to shop at (ARGS=--once: one purchase, no browser)
	bin/larder demo $(ARGS)

.PHONY: test
test: ## run every test under the race detector
	@scripts/need go gcc postgres
	@scripts/need strace mkfs.ext4 || echo "without them, failing syncs and power cuts are not tried" >&2
	$(RACE) ./...
	@scripts/nested $(GO) test ./...

.PHONY: check
check: format vet tidy lint short drift ## what to run before a commit: format, vet, modules, lint, short tests, generated code

.PHONY: format
format:
	@scripts/need go git
	@unformatted=$$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 gofmt -l); \
	if [[ -n $$unformatted ]]; then echo "not formatted, run gofmt -w:"; echo "$$unformatted"; exit 1; fi

.PHONY: vet
vet:
	@scripts/need go
	$(GO) vet ./...

.PHONY: tidy
tidy:
	@scripts/need go git
	@scripts/tidy

.PHONY: lint
lint: $(LINT) ## run the linters (the first time builds them: minutes)
	$(LINT) run ./...

.PHONY: short
short:
	@scripts/need go gcc postgres
	$(RACE) -short ./...

.PHONY: generate
generate: $(SQLC) ## make the generated code again: protobuf bodies, SQL queries
	@ln -sf $(notdir $(SQLC)) bin/sqlc
	PATH="$(CURDIR)/bin:$$PATH" $(GO) generate ./...

.PHONY: drift
drift: $(SQLC)
	@scripts/need git
	@scripts/drift $(MAKE) --no-print-directory generate

.PHONY: build
build: ## build bin/larder, pure Go
	@scripts/need go
	CGO_ENABLED=0 $(GO) build -trimpath $(STAMP) -o bin/larder ./cmd/larder

.PHONY: bench
bench: build ## measure purchases (RATE a second for DURATION seconds), one JSON object
	bin/larder bench purchase --rate $(RATE) --seconds $(DURATION) --json

.PHONY: simulate
simulate: build ## simulate VISITS for each of SEEDS, with all faults; what fired goes into docs/faults.md
	@scripts/need go
	@for seed in $(SEEDS); do bin/larder sim --seed $$seed --sessions $(VISITS) --json | tee bin/sim-$$seed.json; done
	@mkdir -p docs/faults
	@sed 's/.*"fired":\({[^}]*}\).*/\1/' bin/sim-$(firstword $(SEEDS)).json > docs/faults/fired.json
	$(GO) generate ./test/catalog

.PHONY: accuracy
accuracy: ## measure the recognizer on 20,000 sessions of each model and write docs/accuracy.md (minutes; SEED=… repeats one)
	@scripts/need go git
	$(GO) run ./test/accuracy/write -n 20000 -part 5000 $(if $(SEED),-seed $(SEED))

.PHONY: accuracy-long
accuracy-long: ## the same on 200,000, for a night
	@scripts/need go git
	$(GO) run ./test/accuracy/write -n 200000 -part 20000 $(if $(SEED),-seed $(SEED))

.PHONY: fuzz
fuzz: ## fuzz each target for FUZZTIME (60s)
	@scripts/need go
	@scripts/fuzz $(FUZZTIME)

.PHONY: torture
torture: ## the long checks of a night: kills, failing syncs and power cuts, KILLS of each, with counts and losses
	@scripts/need go strace mkfs.ext4
	$(GO) test ./test/crash -v -count=1 -kills $(KILLS) -timeout 6h

.PHONY: mutants
mutants: ## plant known mistakes one at a time and show which test finds each (minutes)
	@scripts/need go
	$(GO) run ./test/mutants $(if $(ONLY),-only "$(ONLY)")

.PHONY: clean
clean: ## remove what was built
	rm -rf bin

$(LINT):
	@scripts/need go
	CGO_ENABLED=0 $(GO) -C tools build -trimpath -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(SQLC):
	@scripts/need go
	CGO_ENABLED=0 $(GO) -C tools build -trimpath -o ../$@ github.com/sqlc-dev/sqlc/cmd/sqlc
