# SPDX-License-Identifier: Apache-2.0
#
# Each target calls a script; what it does is written there.

.DEFAULT_GOAL := help
.PHONY: help setup run test test-long bench weights fuzz chain-specs clean-data

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## install what building and testing needs (scripts/setup --help)
	@scripts/setup

run: ## set up, build, and run a development chain on this machine
	@exec scripts/run

test: ## set up, then lints, unit, integration and end-to-end tests
	@exec scripts/test

test-long: ## the full sizes of everything, with evidence written to docs/evidence
	@exec scripts/test-long

bench: ## print the tables that docs/benchmarks.md quotes
	@exec scripts/bench

weights: ## measure the weights of every pallet again (PALLETS="..", STEPS, REPEAT)
	@exec scripts/weights $(PALLETS)

fuzz: ## run the fuzz targets (FUZZ_SECONDS each)
	@exec scripts/fuzz

chain-specs: ## write chain-specs/*.json
	@exec scripts/chain-specs

clean-data: ## forget the development chain of `make run`
	@exec scripts/clean-data
