# Two commands for a fresh Debian 12 machine with Rust 1.95 and Node 20:
#   make run    builds everything and serves the demo town on http://127.0.0.1:8080
#   make test   every test: Rust on both databases, web unit tests, a real browser
# And one that takes its time: make compare measures the service against its peers on real
# extracts and writes docs/benchmarks.md.
# Both install what is missing from Debian (as root or with sudo).

PLACE ?= nankang
LISTEN ?= 127.0.0.1:8080
BINARY := target/release/wangge

BUILD_PACKAGES := build-essential
TEST_PACKAGES := $(BUILD_PACKAGES) postgresql-15-postgis-3 chromium chromium-sandbox fonts-noto-cjk gdal-bin python3-gdal

WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/e2e/*' -not -path 'web/test-results/*' 2>/dev/null)

.PHONY: help run build test test-rust test-web test-browser fuzz compare growth web-lint clean

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

run: build
	$(BINARY) demo --place $(PLACE) --listen $(LISTEN)

# One file, target/release/wangge: it holds the web page and needs nothing beside it.
build: web/dist/index.html
	@.ci/packages $(BUILD_PACKAGES)
	@echo "== building the server (release; the first time takes some minutes)"
	cargo build --release --locked

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@echo "== installing what the web page is built with"
	@# not 'npm ci': it insists on the linter's builds for other systems, which some registries lack
	cd web && npm install --no-save --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	@echo "== building the web page"
	cd web && npm run build
	@touch $@

test: test-web test-rust test-browser
	@echo "== all tests passed"

test-web: web/node_modules/.package-lock.json
	@echo "== web unit tests"
	cd web && npm test

test-rust: web/dist/index.html
	@.ci/packages $(TEST_PACKAGES)
	@echo "== Rust tests on both databases"
	tests/postgres.sh cargo test --locked

test-browser: build
	@.ci/packages $(TEST_PACKAGES)
	@echo "== browser tests"
	cd web && WANGGE_BIN=../$(BINARY) npm run e2e

# Every address of openapi.json, asked as each role (schemathesis, from PyPI).
fuzz: build
	tests/schemathesis.sh

EXTRACTS ?= ../shared/data/osm/monaco.osm.pbf ../shared/data/osm/malta.osm.pbf

compare: web/dist/index.html
	@.ci/packages $(BUILD_PACKAGES)
	benches/compare/run $(EXTRACTS)

growth: build
	@[ -x target/compare/venv/bin/python ] || { echo "make compare makes the virtualenv that this needs: run it first" >&2; exit 1; }
	target/compare/venv/bin/python benches/compare/growth.py --wangge $(BINARY) $(EXTRACTS)

web-lint: web/node_modules/.package-lock.json
	cd web && npm run check

clean:
	cargo clean
	rm -rf web/dist web/node_modules
