# What CI runs (.ci/run) and what a contributor runs are the same targets.
.DEFAULT_GOAL := help
.PHONY: help run test race check format vet tidy imports ferret fuzz bench bench-full walkthrough

# FerretDB speaks MongoDB's protocol. It is a module of its own, since it needs
# much that the server does not.
FERRET_TAGS = ferretdb_no_postgresql,ferretdb_no_mysql

# A count: what is bound by time can end in "context deadline exceeded" when the
# machine is busy.
FUZZTIME ?= 20000x

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-14s %s\n", $$1, $$2}'

run: ## start the server at http://127.0.0.1:8080/fhir
	go run ./server

test: ## run all tests
	go test ./...

race: ## run all tests with the race detector
	go test -race -timeout 15m ./...
	go test -count=1 -run RacesLeaveOne ./server

check: format vet tidy imports race ferret fuzz bench walkthrough ## everything CI runs

format: ## fail if a file is not formatted
	@unformatted=$$(gofmt -l . .ci); test -z "$$unformatted" || { echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; }

vet: ## find suspicious code
	go vet ./... ./.ci/walkthrough

tidy: ## fail if go.mod does not say what is used
	go mod tidy -diff
	go mod verify

imports: ## fail if a package imports what the table does not allow
	go test -count=1 -run 'Import|Documented|Clock|Chance|Interfaces|Readme' ./server

ferret: ## run the engine contract and the worked cases on FerretDB
	cd storage/mongo/ferret && go mod tidy -diff && go vet -tags $(FERRET_TAGS) ./... && \
		go test -tags $(FERRET_TAGS) -timeout 10m ./... -rapid.checks=5 && \
		go build -tags $(FERRET_TAGS) -o ferret.test .
	storage/mongo/ferret/ferret.test go test -count=1 ./server -run WorkedCases

fuzz: ## run every fuzz target for a short while (FUZZTIME=20000x)
	@grep -rlE --include='*_test.go' '^func Fuzz' . | while read -r file; do \
		for target in $$(grep -oE '^func Fuzz[A-Za-z0-9_]*' "$$file" | cut -d' ' -f2); do \
			echo "$$(dirname "$$file") $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1000x "$$(dirname "$$file")" </dev/null || exit 1; \
		done; \
	done

bench: ## run the benchmarks once, in short
	go test -short -run '^$$' -bench . -benchtime 1x ./...

bench-full: ## $evaluate with 100,000 persons (takes minutes)
	TAHTO_BENCH_PERSONS=100000 go test ./server -run '^$$' -bench 'OverHTTP' -benchtime 1x -timeout 1h
	TAHTO_BENCH_PERSONS=100000 go test ./server -run '^$$' -bench 'ByPersons|ThousandItems' -timeout 1h

walkthrough: ## do what README.md tells a newcomer to do
	go run ./.ci/walkthrough
