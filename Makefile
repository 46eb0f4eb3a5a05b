# Everything a person runs. Recipes are short; what takes more than a few
# lines is a script in tools/.
.DEFAULT_GOAL := help
.PHONY: help run build test test-download test-postgres check format lint types vulnerabilities generate pin drift screenshots e2e bench setup soak fuzz failover

# Pure Go: the same binary with and without a C compiler on the machine.
export CGO_ENABLED := 0

# Where tools/setup puts programs for a user who cannot install packages.
export PATH := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/aside/debian/bin:$(PATH)

TOOL := go tool -modfile=tools/go.mod
GENERATED := graph/generated web/dist widget/dist widget/npm/dist docs/element.md

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## serve Aside and a demo shop on this machine; ARGS="…" are flags of aside serve
	@ASIDE_DEMO=$${ASIDE_DEMO:-true} ASIDE_GRAPHQL_OPEN=$${ASIDE_GRAPHQL_OPEN:-true} exec bin/aside serve $(ARGS)

# The binary says which commit it is of, whatever GOFLAGS are, where git can tell: not in an archive, nor in a checkout of another
# user's. In a linked worktree git can and go cannot.
COMMIT = $(shell git rev-parse HEAD 2>/dev/null)
STAMP = -buildvcs=$(if $(COMMIT),true,false) -ldflags '-X main.commit=$(COMMIT)'
BINARY := bin/aside

build:
	@go build $(STAMP) -o $(BINARY) .

# The tests with WebKit are among them where WebKit is: tools/setup installs it, and says so where it cannot.
WEBKIT = $(if $(shell command -v WebKitWebDriver),$(if $(shell command -v Xvfb),-tags webkit))

test: setup ## run all tests, browser included; installs what they need
	go test $(WEBKIT) -timeout 40m ./...
	tools/test-js

test-download: ## have a user without rights download PostgreSQL, as aside serve does where there is none
	go test -tags download -count=1 -run '^TestDownload$$' ./db/postgres

POSTGRES ?= 16 17 18
test-postgres: setup ## run the suites of db, auth and graph on other versions of PostgreSQL, POSTGRES ("16 17 18")
	tools/test-postgres $(POSTGRES)

# Every proof that SECURITY.md names, in its long form where it has one; then the races, many times over.
FUZZ ?= 1m
PROOFS = $(shell grep -oE '`(Test|Fuzz)[A-Za-z]+`' SECURITY.md | tr -d '`' | sort -u | paste -sd '|' -)
RACES := TestManyTriesAtOnce|AtTwoProcesses|RacedByAHundred|TestOneOf|ManyTimesAtOnce|TestACeremonyIsAnsweredOnce|TestNoTwoActs|WhileServing|LostInAMerge

soak: setup ## run the proofs of SECURITY.md in their long form: kills, cancels, races; takes about twenty minutes
	ASIDE_SOAK=1 go test -count=1 -timeout 4h -run '^($(PROOFS)|TestHotStatementsTouchFewPages)$$' ./...
	go test -count=20 -timeout 4h -run '$(RACES)' ./db ./auth ./e2e

fuzz: setup ## fuzz everything that parses what strangers send, FUZZ (1m) each
	tools/fuzz $(FUZZ)

failover: ## kill, freeze and switch over a PostgreSQL under two nodes, ten times, and check what people saw; takes about ten minutes
	tools/failover

e2e: setup ## run the browser tests alone
	go test $(WEBKIT) -count=1 -timeout 40m ./e2e/...

screenshots: setup ## leave pictures of what people see in scratch/screenshots
	go test -count=1 -timeout 40m ./e2e -pictures ../scratch/screenshots -run "$$(grep -lE 'inOrder\(|pictures?\(' e2e/*_test.go | \
		xargs sed -n 's/^func \(Test[A-Za-z0-9]*\).*/^\1$$/p' | paste -sd '|')"

bench: build ## measure Aside beside a handler written by hand, PostGraphile and PostgreSQL itself (docs/performance.md); ARGS="-short" takes two minutes
	@go build $(addprefix -pgo=,$(wildcard default.pgo)) -o bin/bench ./e2e/bench
	@exec bin/bench $(ARGS)

check: format lint types drift vulnerabilities ## what must hold before tests: format, vet, lint, types, generated files, known vulnerabilities

format:
	@files=$$(gofmt -l $$(find . -name node_modules -prune -o -name '*.go' -print)); if [ -n "$$files" ]; then echo "gofmt -w" $$files; exit 1; fi

lint:
	go vet ./...
	$(TOOL) golangci-lint run

types: setup
	npm run --silent check

generate: setup ## make generated code and the browser bundles anew
	$(TOOL) gqlgen generate
	go run -modfile=tools/go.mod widget/build/main.go
	npx tsc -p widget/npm
	node tools/element.mjs

pin: ## keep today's loader and npm package for tenants that pin them; part of a release
	go run ./widget/pin

drift: generate
	@changed=$$(git status --porcelain -- $(GENERATED)); if [ -n "$$changed" ]; then \
		git --no-pager diff --stat -- $(GENERATED); \
		echo "generated files differ from what is committed; commit what make generate wrote:"; echo "$$changed"; exit 1; fi

vulnerabilities:
	@tools/vulnerabilities

setup:
	@tools/setup
