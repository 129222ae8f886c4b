# The workshop. `make` builds and tests what changed, `make run` shows it, `make test` is what a newcomer runs.
.NOTPARALLEL:
.DEFAULT_GOAL := unit

FOR ?= 60
JOBS ?= $(shell nproc)
DEPS := node_modules/.deps
SUITE := third_party/http-cache-tests/node_modules/.deps

# Configures a preset when it is new, then builds the targets: $(call build,PRESET,TARGETS)
build = test build/$(1)/build.ninja -nt CMakePresets.json || cmake --preset $(1) >/dev/null; \
	ninja -C build/$(1) -j$(JOBS) $(2)

.PHONY: deps build install dist tarball run debug unit scenarios conformance test tsan lint format check fuzz bench soak docs clean

deps: $(DEPS)
$(DEPS): package-lock.json tools/debian-packages.txt tools/deps
	tools/deps tools/debian-packages.txt --npm
	touch $@

build: $(DEPS)
	$(call build,release,festina)

# Where `install` puts things, for an ordinary user too; DESTDIR goes in front and is named nowhere.
PREFIX ?= /usr/local
# What is installed; one that was built otherwise can be named.
BINARY ?= build/release/festina
BUILT := $(if $(filter build/release/festina,$(BINARY)),build)

install: $(BUILT)
	tools/install $(BINARY) "$(PREFIX)" "$(DESTDIR)$(PREFIX)"

# A tree that runs wherever it is put. `tarball` packs it.
VERSION = $(shell sed -n 's/^project(festina VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
TREE ?= build/dist/festina-$(VERSION)-linux-$(shell uname -m)
LEVEL ?= 6

dist: $(BUILT)
	tools/dist $(BINARY) "$(TREE)"

tarball: $(BUILT)
	tools/dist $(BINARY) "$(TREE)" $(LEVEL)

run: build
	build/release/festina serve --config examples/site/festina.toml

debug: $(DEPS)
	$(call build,debug,all)

unit: debug
	tools/run_tests --changed unit

scenarios: debug
	tools/run_tests scenario

# The public HTTP cache test suite, both profiles, beside other caches' scores.
$(SUITE): $(DEPS) third_party/http-cache-tests/package-lock.json
	npm ci --prefix third_party/http-cache-tests --ignore-scripts --no-audit --no-fund
	touch $@

conformance: debug $(SUITE)
	tools/conformance

test: debug $(SUITE)
	tools/run_tests unit scenario python

tsan: $(DEPS)
	$(call build,tsan,all)
	tools/run_tests --build build/tsan unit scenario

lint: debug
	tools/lint

format:
	tools/cxx_files | xargs -r clang-format-19 -i

check: lint test

# Long loops, soaks and storms: the scenarios in their long form.
soak: $(DEPS)
	$(call build,release,festina scenarios_test)
	FESTINA_SOAK=1 tools/run_tests --build build/release --limit 7200 scenario

fuzz: $(DEPS)
	$(call build,fuzz,fuzzers)
	tools/fuzz $(FOR)

# Miniflare beside the rest of npm's. Without it `make deps` is content; a newer lock file takes it away again.
BENCH_DEPS := node_modules/.bench
$(BENCH_DEPS): $(DEPS) tools/debian-packages-bench.txt
	tools/deps tools/debian-packages-bench.txt --npm-dev
	touch $(DEPS) $@

bench: $(BENCH_DEPS)
	$(call build,release,festina benchmarks)
	for run in bench/run_*; do $$run || exit 1; done

docs: $(DEPS)
	$(call build,debug,zone_test rules_test scenarios_test festina)
	FESTINA_WRITE_DOCS=1 build/debug/zone_test --gtest_brief=1 --gtest_filter='ConfigKeys.*:CompatPage.*'
	FESTINA_WRITE_DOCS=1 build/debug/rules_test --gtest_brief=1 --gtest_filter='Vocabulary.*'
	FESTINA_WRITE_DOCS=1 PATH=node_modules/.bin:$$PATH build/debug/scenarios_test --gtest_brief=1 --gtest_filter='Confusions.*'
	tools/check_docs

clean:
	rm -rf build
