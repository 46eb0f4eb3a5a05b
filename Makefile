# Every command that a developer runs. Recipes are short; longer ones are scripts
# in tools/.
.DEFAULT_GOAL := help
.PHONY: help run build test test-download test-postgres check format lint types vulnerabilities generate pin drift screenshots e2e bench bench-browser setup soak fuzz failover cluster-test upgrade \
	image image-test deb deb-test proxy-test kubernetes release

# Pure Go: the binary is the same with and without a C compiler on the machine.
export CGO_ENABLED := 0

# tools/setup puts programs here for a user who cannot install packages.
export PATH := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/aside/debian/bin:$(PATH)

TOOL := go tool -modfile=tools/go.mod
GENERATED := graph/generated web/dist web/docs/dist widget/dist widget/npm/dist docs/element.md docs/graphql.md

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## serve Aside and a demo shop on this machine; ARGS="…" are flags of aside serve
	@ASIDE_DEMO=$${ASIDE_DEMO:-true} ASIDE_GRAPHQL_OPEN=$${ASIDE_GRAPHQL_OPEN:-true} exec bin/aside serve $(ARGS)

# The commit is stamped into the binary whatever GOFLAGS are, if git knows it: not in an archive, nor in another user's
# checkout. In a linked worktree git knows it and go does not.
COMMIT = $(shell git rev-parse HEAD 2>/dev/null)
STAMP = -buildvcs=$(if $(COMMIT),true,false) -ldflags '-X github.com/company-a/aside/internal/version.commit=$(COMMIT)'
BINARY := bin/aside

build:
	@go build $(STAMP) -o $(BINARY) .

# The tests with WebKit run if WebKit is installed: tools/setup installs it, or says that it cannot.
WEBKIT = $(if $(shell command -v WebKitWebDriver),$(if $(shell command -v Xvfb),-tags webkit))

test: setup ## run all tests, including those in browsers; installs what they need
	go test $(WEBKIT) -timeout 40m ./...
	tools/test-js

test-download: ## download PostgreSQL as a user without rights, as aside serve does if there is none
	go test -tags download -count=1 -run '^TestDownload$$' ./db/postgres

POSTGRES ?= 16 17 18
test-postgres: setup ## run the tests of db, auth and graph on other versions of PostgreSQL, POSTGRES ("16 17 18")
	tools/test-postgres $(POSTGRES)

# Every test that SECURITY.md names, in its long form if it has one; then the races, many times.
FUZZ ?= 1m
PROOFS = $(shell grep -oE '`(Test|Fuzz)[A-Za-z]+`' SECURITY.md | tr -d '`' | sort -u | paste -sd '|' -)
RACES := TestManyTriesAtOnce|AtTwoProcesses|RacedByAHundred|TestOneOf|ManyTimesAtOnce|TestCeremonyIsAnsweredOnce|TestNoTwoActs|WhileServing|LostInAMerge

soak: setup ## run the tests that SECURITY.md names in their long form: kills, cancels, races; takes about twenty minutes
	ASIDE_SOAK=1 go test -count=1 -timeout 4h -run '^($(PROOFS)|TestHotStatementsTouchFewPages)$$' ./...
	go test -count=20 -timeout 4h -run '$(RACES)' ./db ./auth ./e2e

fuzz: setup ## fuzz everything that parses untrusted input, FUZZ (1m) each
	tools/fuzz $(FUZZ)

failover: ## kill, freeze and switch over the PostgreSQL of two nodes, ten times, and check every answer; takes about ten minutes
	tools/failover

# A superuser's URL of a database with the Citus extension on the coordinator. The tests make databases of their own.
# CLUSTER_KILL and CLUSTER_START are commands that stop and start one worker; without them, no test does.
CLUSTER_TESTS := TestTheDatabaseItselfRefusesForeignRows|TestEndedSession|TestRowLevelSecurityAlone|TestOwnerConditionAlone|TestOnlyTheAppRole|TestDistribute$$|TestStatementsOfNotesAskOneShard|TestDeletedIDsStay|TestNothingAcknowledged|TestEverySignInLimits|TestAuditedSignIns|TestNoteLife|TestCreateNote|TestUsageCountsNotes|Version|Context|Webhook
cluster-test: ## run the tests of sessions, notes and changes on a Citus cluster, CLUSTER_URL; no part of make test
	@test -n "$(CLUSTER_URL)" || { echo "usage: make cluster-test CLUSTER_URL=postgres://superuser@coordinator/database [CLUSTER_KILL=… CLUSTER_START=…]"; exit 2; }
	ASIDE_CLUSTER_URL="$(CLUSTER_URL)" ASIDE_CLUSTER_KILL='$(CLUSTER_KILL)' ASIDE_CLUSTER_START='$(CLUSTER_START)' go test -tags cluster -count=1 -timeout 40m \
		-run '$(CLUSTER_TESTS)$(if $(CLUSTER_KILL),|TestADeadWorker)' ./db
	ASIDE_CLUSTER_URL="$(CLUSTER_URL)" go test -count=1 -timeout 40m -skip TestValidCredentialsPassTheAddressLimit ./auth # it counts tries in a time

NOTES ?= 1000
upgrade: ## upgrade two nodes of an earlier release, EARLIER (its binary), while people work, and check every answer; NOTES (1000) are there before
	go test -tags failover -count=1 -timeout 1h -v -run '^TestUpgrade$$' ./e2e/failover -args -earlier '$(abspath $(EARLIER))' -notes $(NOTES)

e2e: setup ## run only the browser tests
	go test $(WEBKIT) -count=1 -timeout 40m ./e2e/...

screenshots: setup ## write screenshots of what people see to scratch/screenshots
	go test -count=1 -timeout 40m ./e2e -screenshots ../scratch/screenshots -run "$$(grep -lE 'checkPage\(|screenshots?\(' e2e/*_test.go | \
		xargs sed -n 's/^func \(Test[A-Za-z0-9]*\).*/^\1$$/p' | paste -sd '|')"

bench: build ## compare Aside with a handwritten handler, PostGraphile and plain PostgreSQL (docs/performance.md); ARGS="-short" takes two minutes
	@go build -o bin/bench ./e2e/bench
	@exec bin/bench $(ARGS)

bench-browser: setup ## measure a browser with 5,000 end-to-end encrypted notes: the list, searches, memory (docs/performance.md)
	go test -count=1 -timeout 20m -run '^$$' -bench '^BenchmarkEncryptedNotes$$' -benchtime 3x ./e2e

# What operators deploy: docs/deploying.md.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
ARCHITECTURE = $(shell go env GOARCH)
DEPLOY_TEST := go test -tags deploy -count=1 -timeout 30m ./e2e/deploy

image: ## write an image of Aside, VERSION, to bin, without a Docker daemon
	@tools/image '$(VERSION)'

image-test: image ## unpack the image and run it as uid 12345 with a read-only root, as root
	$(DEPLOY_TEST) -run '^TestImage$$' -image '$(abspath bin/aside-$(VERSION)-$(ARCHITECTURE).image.tar)'

deb: ## write a Debian package, VERSION, to bin
	@tools/deb '$(VERSION)'

deb-test: deb ## install, start and remove the Debian package in a fresh Debian, as root with debootstrap
	$(DEPLOY_TEST) -run '^TestDebianPackage$$' -deb '$(abspath bin/aside_$(VERSION:v%=%)_$(ARCHITECTURE).deb)'

proxy-test: ## serve Aside behind nginx and Caddy with the samples in deploy, with nginx and caddy installed
	$(DEPLOY_TEST) -run '^(TestNginx|TestCaddy)$$'

kubernetes: ## check deploy/kubernetes against the schemas of Kubernetes
	$(TOOL) kubeconform -strict -summary -schema-location 'deploy/kubernetes/schemas/{{.ResourceKind}}{{.KindSuffix}}.json' deploy/kubernetes/*.yaml

release: ## write binaries, images, packages, an SBOM, checksums and notes of a VERSION in CHANGELOG.md to bin/release
	@tools/release '$(VERSION)'

check: format lint types drift kubernetes vulnerabilities ## check format, vet, lint, types, generated files and known vulnerabilities; CI runs this before the tests

format:
	@files=$$(gofmt -l $$(find . -name node_modules -prune -o -name '*.go' -print)); if [ -n "$$files" ]; then echo "gofmt -w" $$files; exit 1; fi

lint:
	go vet ./...
	$(TOOL) golangci-lint run

types: setup
	npm run --silent check

generate: setup ## regenerate generated code and the browser bundles
	$(TOOL) gqlgen generate
	go run ./widget/build
	node tools/compress.mjs
	npx tsc -p widget/npm
	node tools/element.mjs
	go run ./web/docs

pin: ## keep the current loader and npm package for tenants that pin them; part of a release
	go run ./widget/pin

drift: generate
	@changed=$$(git status --porcelain -- $(GENERATED)); if [ -n "$$changed" ]; then \
		git --no-pager diff --stat -- $(GENERATED); \
		echo "generated files differ from the committed ones; commit what make generate wrote:"; echo "$$changed"; exit 1; fi

vulnerabilities:
	@tools/vulnerabilities

setup:
	@tools/setup
