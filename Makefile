# DeepDecipher. `make run` starts everything on this machine; `make help` lists the rest.
# Every path is relative, so that the checkout may lie in a folder with spaces in its name.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory $(if $(filter 0,$(MAKELEVEL)),-j$(shell nproc 2>/dev/null || echo 2))

# Where programs go. `make san` and `make fuzz` call this file again with another folder and a SANITIZE.
OUT := build
SANITIZE :=
PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share/deepdecipher
PORT ?= 8080
VAR ?= $(if $(filter 8080,$(PORT)),var,var-$(PORT))
PYTHON ?= /usr/bin/python3
FUZZ_SECONDS ?= 60

ifeq ($(origin CC),default)
CC := gcc
endif
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wformat=2 -Wvla -Werror
ifeq ($(SANITIZE),)
CFLAGS ?= -O2 -g
HARDENING := -D_FORTIFY_SOURCE=2
else
CFLAGS ?= -O1 -g -fno-omit-frame-pointer
HARDENING := -fsanitize=$(SANITIZE) -fno-sanitize-recover=undefined
endif
HARDENING += -fstack-protector-strong -fPIE
INCLUDE := -I. -Isql/client -Ifcgi -Iingest -Ibuild/gen

# Asked once, and only when something is compiled: pkg-config may not be there before docker/packages has run.
MODULES := json-c libpq libcurl libdeflate libxxhash zlib
MODULE_FLAGS = $(eval MODULE_FLAGS := $(shell pkg-config --cflags $(MODULES)))$(MODULE_FLAGS)
MODULE_LIBS = $(eval MODULE_LIBS := $(shell pkg-config --libs $(MODULES)))$(MODULE_LIBS)
VERSION = $(eval VERSION := $(shell docker/version))$(VERSION)

COMPILE = $(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(INCLUDE) $(MODULE_FLAGS) $(HARDENING) $(CFLAGS) $(CPPFLAGS)
LINK = $(CC) $(HARDENING) $(CFLAGS) -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS)
LIBS = -lfcgi $(MODULE_LIBS) -lm

objects = $(patsubst %.c,$(OUT)/obj/%.o,$(1))
QUERIES := $(sort $(wildcard sql/query/*.sql))
FCGI := $(call objects,$(sort $(wildcard fcgi/*.c)))
INGEST := $(call objects,$(sort $(wildcard ingest/*.c)))
CLIENT := $(call objects,$(sort $(wildcard sql/client/*.c))) $(OUT)/obj/statement.o
LIBRARY := $(filter-out %/main.o,$(FCGI) $(INGEST) $(CLIENT))
PROGRAMS := $(OUT)/deepdecipher-fcgi $(OUT)/deepdecipher-ingest
UNIT := $(patsubst tests/unit/%.c,$(OUT)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
BENCH := $(patsubst tests/bench/%.c,$(OUT)/bench/%,$(sort $(wildcard tests/bench/bench_*.c)))
FUZZ := $(patsubst tests/fuzz/%.c,$(OUT)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
C_FILES = $(shell find fcgi ingest sql/client tests -name '*.[ch]' | sort)

.PHONY: build run psql test test-docker bench fuzz san lint fmt install clean help FORCE
.PHONY: programs test-programs bench-programs fuzz-programs packages-run packages-test packages-bench packages-fuzz \
	packages-lint packages-docker

build: programs ## the two programs, in build/

run: programs ## start everything on this machine: PORT=8080 VAR=var SAMPLE=1 (the head of docker/local lists all)
	@BIN='$(OUT)' exec docker/local

psql: ## psql on a running copy, as the reader: PORT=8080 VAR=var
	@[ -r '$(VAR)/env' ] || { echo 'make psql: nothing runs with VAR=$(VAR); start it with: make run' >&2; exit 1; }
	@. './$(VAR)/env' 2>/dev/null || . '$(VAR)/env'; exec psql "$$READER_URL"

test: programs test-programs ## all tests: unit, SQL, HTTP and browser
	@BIN='$(OUT)' PYTHON='$(PYTHON)' tests/run

bench: programs bench-programs ## measure, and print a table of ratios
	@BIN='$(OUT)' PYTHON='$(PYTHON)' tests/bench/run

test-docker: packages-docker ## the containers: built, scaled, killed and starved under load; as root, 10 minutes
	@PYTHON='$(PYTHON)' tests/docker/run

fuzz: packages-fuzz ## each parser under libFuzzer: FUZZ_SECONDS=60
	@$(MAKE) OUT=build/fuzz SANITIZE=fuzzer-no-link,address,undefined CC=clang fuzz-programs
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' tests/fuzz/run

san: packages-test ## all tests with AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) OUT=build/san SANITIZE=address,undefined test

lint: packages-lint ## clang-format and cppcheck, without changing anything
	@clang-format --dry-run -Werror $(C_FILES)
	@cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem $(INCLUDE) '-D__attribute__(x)=' -j2 fcgi ingest sql/client

fmt: packages-lint ## format the C sources in place
	@clang-format -i $(C_FILES)

install: programs ## DESTDIR= PREFIX=/usr/local; units of systemd, /etc/deepdecipher: see /doc/operate
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(SHARE)/sql' '$(DESTDIR)$(PREFIX)/lib/systemd/system' \
		'$(DESTDIR)$(PREFIX)/lib/sysusers.d' '$(DESTDIR)/etc/deepdecipher' '$(DESTDIR)/etc/logrotate.d'
	install -m 755 $(PROGRAMS) '$(DESTDIR)$(PREFIX)/bin/'
	rm -rf '$(SHARE)/nginx' '$(SHARE)/sql/migration' '$(SHARE)/sql/function'
	cp -R nginx LICENSE '$(SHARE)/'
	cp -R sql/migrate sql/role.sql sql/migration sql/function '$(SHARE)/sql/'
	for unit in systemd/*.service; do \
		sed 's|@PREFIX@|$(PREFIX)|g' "$$unit" >'$(DESTDIR)$(PREFIX)/lib/systemd/system'/"$${unit##*/}"; done
	install -m 644 systemd/sysusers.conf '$(DESTDIR)$(PREFIX)/lib/sysusers.d/deepdecipher.conf'
	install -m 644 systemd/logrotate.conf '$(DESTDIR)/etc/logrotate.d/deepdecipher'
	for file in systemd/etc/*; do [ -e '$(DESTDIR)/etc/deepdecipher'/"$${file##*/}" ] || \
		install -m 640 "$$file" '$(DESTDIR)/etc/deepdecipher/'; done

clean: ## remove build/ (data in var/ stays)
	rm -rf build

help: ## this list
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

programs: $(PROGRAMS)
test-programs: $(UNIT)
bench-programs: $(BENCH)
fuzz-programs: $(FUZZ)

packages-run packages-bench packages-fuzz packages-lint packages-docker:
	@docker/packages $(@:packages-%=%)
packages-test: packages-run
	@docker/packages test
	@PYTHON='$(PYTHON)' tests/pypi
	@tests/npm

$(OUT)/deepdecipher-fcgi: $(FCGI) $(CLIENT)
$(OUT)/deepdecipher-ingest: $(INGEST) $(CLIENT)
$(PROGRAMS):
	@echo "  link     $@"
	@$(LINK) -o $@ $^ $(LIBS)

$(OUT)/obj/%.o: %.c Makefile | build/gen/statement.h packages-run
	@echo "  compile  $<"
	@mkdir -p $(@D)
	@$(COMPILE) -MMD -MP -c -o $@ $<

$(OUT)/obj/statement.o: build/gen/statement.c build/gen/statement.h Makefile | packages-run
	@mkdir -p $(@D)
	@$(COMPILE) -MMD -MP -c -o $@ $<

# The folder is a prerequisite too: a query that was removed changes nothing else.
build/gen/statement.h build/gen/statement.c: build/gen/statement.%: sql/client/make-statements $(QUERIES) sql/query
	@mkdir -p $(@D)
	@sql/client/make-statements $* $(QUERIES) >$@

build/gen/schema_version.h: sql/client/make-schema $(wildcard sql/migration/*.sql sql/function/*.sql)
	@mkdir -p $(@D)
	@sql/client/make-schema >$@
$(OUT)/obj/ingest/doctor.o: build/gen/schema_version.h

build/gen/version.h: FORCE
	@mkdir -p $(@D)
	@echo '#define DEEPDECIPHER_VERSION "$(VERSION)"' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
# Only these are compiled anew after a commit.
VERSIONED := $(call objects,$(shell grep -l DEEPDECIPHER_VERSION fcgi/*.c ingest/*.c 2>/dev/null))
$(VERSIONED): build/gen/version.h
$(VERSIONED): CPPFLAGS += -include build/gen/version.h

# What unit tests link: everything but the two mains. ld -r refuses two functions of one name.
$(OUT)/obj/library.a: $(LIBRARY)
	@$(LD) -r -o $(OUT)/obj/whole.o $^
	@rm -f $@ $(OUT)/obj/whole.o
	@$(AR) qcs $@ $^

$(OUT)/unit/%: tests/unit/%.c $(OUT)/obj/library.a Makefile | packages-test
	@echo "  link     $@"
	@mkdir -p $(@D)
	@$(COMPILE) -MMD -MP -MF $@.d -pie -o $@ $< $(OUT)/obj/library.a $(LIBS) $$(pkg-config --cflags --libs cmocka)

$(OUT)/bench/%: tests/bench/%.c $(OUT)/obj/library.a Makefile | packages-bench
	@mkdir -p $(@D)
	@$(COMPILE) -MMD -MP -MF $@.d -pie -o $@ $< $(OUT)/obj/library.a $(LIBS)

$(OUT)/fuzz_%: tests/fuzz/fuzz_%.c $(OUT)/obj/library.a Makefile | packages-fuzz
	@echo "  link     $@"
	@$(COMPILE) -fsanitize=fuzzer -MMD -MP -MF $@.d -pie -o $@ $< $(OUT)/obj/library.a $(LIBS)

-include $(wildcard $(OUT)/obj/*.d $(OUT)/obj/*/*.d $(OUT)/obj/*/*/*.d $(OUT)/unit/*.d $(OUT)/bench/*.d $(OUT)/*.d)
