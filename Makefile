# spillkit: `make demo` and `make check` do everything on a fresh Debian 12.
# Output goes under build/<mode>/ in the shape of an installation.

MODE	?= release
PREFIX	?= /usr/local
DESTDIR	?=
CC	?= cc
B	:= build/$(MODE)
Q	= $(if $(V),,@)
JOBS	?= $(shell nproc 2>/dev/null || echo 2)

# What the build and the tools need; what `make check` and `make demo` need
# beyond that; what `make fuzz` and the long tests use where it is there.
DEPS		= gcc libarchive-dev libc6-dev libcsv-dev libdeflate-dev \
		  libgmime-3.0-dev libhyperscan-dev libicu-dev liblzma-dev libmagic-dev \
		  libpoppler-glib-dev poppler-data \
		  libsqlite3-dev libssl-dev libtsk-dev libxml2-dev \
		  libxxhash-dev pkg-config tzdata zlib1g-dev
DEPS_CHECK	= libcmocka-dev sleuthkit e2fsprogs mtools dosfstools mandoc \
		  clang-format zsh bash-completion \
		  ntfs-3g ntfs-3g-dev exfatprogs ewf-tools strace \
		  genisoimage makefs p7zip-full python3 zip lz4 zstd
DEPS_FULL	= clang libclang-rt-14-dev

WARN	= -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	  -Wmissing-prototypes -Wpointer-arith -Wvla
CPPFLAGS = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Iinclude \
	  -include spill/banned.h
CFLAGS_release	= -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE \
	  -flto=auto -ffat-lto-objects
CFLAGS_debug	= -O0 -g3 -fPIE
CFLAGS_san	= -O1 -g -fno-omit-frame-pointer \
	  -fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS_release	= -pie -Wl,-z,relro,-z,now
LDTOOL_release	= -O2 -flto=auto # tests go without: they link faster
LDFLAGS_debug	= -pie
LDFLAGS_san	= -fsanitize=address,undefined
ifeq ($(CFLAGS_$(MODE)),)
$(error MODE is release, debug or san, not '$(MODE)')
endif
CFLAGS	= -std=c17 $(WARN) $(CFLAGS_$(MODE)) -pthread
LDFLAGS	= $(LDFLAGS_$(MODE)) -pthread
LIBS	= -lcsv -lcrypto
# Beyond that, what a binary that reads images needs.
LIBS_IMAGE = -ldeflate
# What unpacks containers.
# (Asked when it is needed: `make deps` may come first.)
LIBS_UNPACK = -larchive -lz -llzma $(shell pkg-config --libs gmime-3.0)
# What reads the text of documents.
LIBS_TEXT = -lxml2 -licui18n -licuuc
# What looks for markings.
LIBS_MARKING = -lhs
LIBS_TEST  = $(LIBS) $(LIBS_IMAGE) $(LIBS_UNPACK) $(LIBS_TEXT) $(LIBS_MARKING) -lmagic -lsqlite3 -lm
# Each program links what it needs beyond LIBS and no more: LIBS_NAME, for
# workers LIBS_worker-NAME, by its family.
LIBS_spill-type = -lsqlite3 -lm
LIBS_worker-fs = -ltsk $(LIBS_IMAGE)
LIBS_worker-pdf = $(shell pkg-config --libs poppler-glib) -lmagic $(LIBS_UNPACK) \
	$(LIBS_TEXT) $(LIBS_MARKING) -lm
LIBS_worker-sqlite = -lsqlite3 -lmagic $(LIBS_UNPACK) $(LIBS_TEXT) \
	$(LIBS_MARKING) -lm
LIBS_worker-content = -lmagic $(LIBS_UNPACK) $(LIBS_TEXT) $(LIBS_MARKING) -lm

LIBSRC	:= $(sort $(wildcard common/*/*.c))
WORKERSRC := $(sort $(wildcard tools/worker-*.c))
TOOLSRC	:= $(filter-out $(WORKERSRC),$(sort $(wildcard tools/*.c)))
TESTWORKERSRC := $(sort $(wildcard tests/worker/worker-*.c))
UNITSRC	:= $(sort $(wildcard tests/unit/*_test.c))
FUZZSRC	:= $(sort $(wildcard tests/fuzz/*_fuzz.c))
BENCHSRC := $(sort $(wildcard tests/bench/*_bench.c))
TOOLS	:= $(TOOLSRC:tools/%.c=$(B)/bin/%)
WORKERS	:= $(WORKERSRC:tools/%.c=$(B)/libexec/spillkit/%)
TESTWORKERS := $(TESTWORKERSRC:tests/worker/%.c=$(B)/tests/libexec/%)
UNITS	:= $(UNITSRC:tests/unit/%.c=$(B)/tests/%)
REPLAYS	:= $(FUZZSRC:tests/fuzz/%.c=$(B)/tests/%)
BENCHES	:= $(BENCHSRC:tests/bench/%.c=$(B)/tests/%)
LIB	:= $(B)/lib/libspill.a
MANS	:= $(foreach p,$(wildcard man/*.[157]),$(B)/share/man/man$(patsubst .%,%,$(suffix $(p)))/$(notdir $(p)))
NAMES	:= $(TOOLSRC:tools/%.c=%)
COMPS	:= $(NAMES:%=$(B)/share/bash-completion/completions/%) \
	   $(NAMES:%=$(B)/share/zsh/site-functions/_%)

.PHONY: all check check-long check-deps check-run demo demo-run bench fuzz \
	lint install uninstall deps deps-check deps-full clean tests
.DELETE_ON_ERROR:
.SECONDARY:

all: $(TOOLS) $(WORKERS) $(MANS) $(COMPS)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/obj/common/content/mail_gmime.o: CPPFLAGS += \
	$(shell pkg-config --cflags gmime-3.0)

$(B)/obj/common/text/xml.o $(B)/obj/common/text/html.o: CPPFLAGS += $(shell pkg-config --cflags libxml-2.0)

$(patsubst %,$(B)/obj/common/text/%.o,pdf pdf_annot pdf_page pdf_place pdf_slant pdf_attach): CPPFLAGS += \
	$(shell pkg-config --cflags poppler-glib libxml-2.0)

# Tables, turned into C on this machine.
$(B)/host/gen: common/data/gen/gen.c
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) -std=c17 $(WARN) -O1 -o $@ $<

$(B)/data/%_i.h: common/data/%.csv $(B)/host/gen
	@mkdir -p $(@D)
	$(Q)$(B)/host/gen $< >$@

$(B)/host/embed: common/data/gen/embed.c
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) -std=c17 $(WARN) -O1 -o $@ $<

$(B)/host/fold: common/data/gen/fold.c common/marking/fold_i.h
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) -std=c17 $(WARN) -O1 -Icommon/marking -o $@ $< -licui18n -licuuc

$(B)/data/fold_table_i.h: $(B)/host/fold
	@mkdir -p $(@D)
	$(Q)$< >$@

$(B)/data/markings_i.h: common/data/markings.csv $(B)/host/embed
	@mkdir -p $(@D)
	$(Q)$(B)/host/embed $< markings_csv >$@

# It chooses the words by what the tools themselves do with them.
TRIGGER_OBJ = $(patsubst %,$(B)/obj/common/marking/%.o,normal vocab vocab_print \
	vocab_row vocab_trie trigger_db trigger_keys) \
	$(patsubst %.c,$(B)/obj/%.o,$(wildcard common/base/*.c))
$(B)/obj/common/data/gen/trigger.o: CPPFLAGS += -Icommon/marking
$(B)/host/trigger: $(B)/obj/common/data/gen/trigger.o $(TRIGGER_OBJ)
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_MARKING) $(LIBS)

$(B)/data/trigger_table_i.h: $(B)/host/trigger
	@mkdir -p $(@D)
	$(Q)$< >$@

$(patsubst %,$(B)/obj/common/marking/%.o,normal trigger vocab): CPPFLAGS += -I$(B)/data
$(B)/obj/common/marking/normal.o: $(B)/data/fold_table_i.h
$(B)/obj/common/marking/trigger.o: $(B)/data/trigger_table_i.h
$(B)/obj/common/marking/vocab.o: $(B)/data/markings_i.h

$(B)/obj/common/content/sniff_ext.o: CPPFLAGS += -I$(B)/data
$(B)/obj/common/content/sniff_ext.o: $(B)/data/ext_i.h

$(LIB): $(LIBSRC:%.c=$(B)/obj/%.o)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)gcc-ar rcs $@ $^

$(B)/bin/%: $(B)/obj/tools/%.o $(LIB)
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) $(LDFLAGS) $(LDTOOL_$(MODE)) -o $@ $^ $(LIBS_$*) $(LIBS)

$(B)/libexec/spillkit/%: $(B)/obj/tools/%.o $(LIB)
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(LIBS_$*) $(LIBS)

# Workers that misbehave on purpose: never installed.
$(B)/tests/libexec/%: $(B)/obj/tests/worker/%.o $(LIB)
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) $(LDFLAGS) -Wl,--as-needed -o $@ $(filter %.o,$^) $(LIB) $(LIBS)

$(B)/tests/%_test: $(B)/obj/tests/unit/%_test.o $(B)/obj/tests/unit/util.o $(LIB)
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) -lcmocka $(LIBS_TEST)

$(B)/tests/ewf_test $(B)/tests/ewf_damage_test $(B)/tests/ewf_hostile_test $(B)/tests/image_test: $(B)/obj/tests/unit/ewf_make.o

$(B)/tests/archive_test $(B)/tests/archive_data_test $(B)/tests/archive_words_test $(B)/tests/zip_test $(B)/tests/ole_test $(B)/tests/mail_test $(B)/tests/label_bytes_test: $(B)/obj/tests/unit/unpack_util.o
$(B)/tests/grammar_table_test: $(B)/obj/tests/unit/unpack_util.o
$(B)/tests/ole_test: $(B)/obj/fixtures/ole.o

$(B)/tests/libexec/worker-bad: $(B)/obj/tests/worker/attacks.o

$(B)/tests/pdf_fuzz: LIBS_TEST += $(shell pkg-config --libs poppler-glib)

# A fuzz target without a fuzzer: it runs the files it is given.
$(B)/tests/%_fuzz: $(B)/obj/tests/fuzz/%_fuzz.o $(B)/obj/tests/fuzz/replay.o $(LIB)
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TEST)

$(B)/tests/walk_bench: LIBS_TEST += -ltsk
$(B)/tests/%_bench: $(B)/obj/tests/bench/%_bench.o $(LIB)
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TEST)

$(B)/tests/%.so: tests/preload/%.c
	@mkdir -p $(@D); echo '  CC   $@'
	$(Q)$(CC) -D_GNU_SOURCE -Iinclude -std=c17 $(WARN) -O1 -g -fPIC -shared -o $@ $< -ldl

# Manual pages: the lines .\"SYNOPSIS, .\"OPTIONS and .\"SCHEMAS are replaced
# by what the tools themselves print of their tables.
define man_rule
$(B)/share/man/man$(1)/%.$(1): man/%.$(1) tests/lint/fill-man $(TOOLS)
	@mkdir -p $$(@D)
	$(Q)tests/lint/fill-man $(B)/bin $$< >$$@
endef
$(foreach s,1 5 7,$(eval $(call man_rule,$(s))))

$(B)/share/bash-completion/completions/%: $(B)/bin/%
	@mkdir -p $(@D)
	$(Q)$< --spill-docs=bash >$@

$(B)/share/zsh/site-functions/_%: $(B)/bin/%
	@mkdir -p $(@D)
	$(Q)$< --spill-docs=zsh >$@

tests: all $(UNITS) $(REPLAYS) $(BENCHES) $(TESTWORKERS) \
	$(patsubst tests/preload/%.c,$(B)/tests/%.so,$(wildcard tests/preload/*.c))

check: deps-check
	+@$(MAKE) -j$(JOBS) MODE=$(MODE) tests
	@tests/run $(MODE)

check-long: deps-check
	+@$(MAKE) -j$(JOBS) MODE=$(MODE) tests
	@tests/run $(MODE) long

check-deps lint: all
	@tests/lint/$@ $(MODE)

demo: deps-check
	+@$(MAKE) -j$(JOBS) MODE=$(MODE) all
	@fixtures/demo $(B)

# BENCH=timeline, walk or ewf: that one alone.
bench: deps-check
	+@$(MAKE) -j$(JOBS) MODE=release tests
	@tests/bench/run build/release $(BENCH)

fuzz: deps-full
	+@tests/fuzz/run

deps:
	@tests/lint/need $(DEPS)
deps-check: deps
	@tests/lint/need $(DEPS_CHECK)
deps-full: deps-check
	@tests/lint/need $(DEPS_FULL)

# Below $(B).
INSTALLED = $(patsubst $(B)/%,%,$(TOOLS) $(WORKERS)) $$(find share -type f)

install: all
	install -d $(DESTDIR)$(PREFIX)
	cd $(B) && for f in $(INSTALLED); do \
	    case $$f in bin/* | libexec/*) m=755;; *) m=644;; esac; \
	    install -D -m $$m "$$f" "$(DESTDIR)$(PREFIX)/$$f" || exit 1; done

uninstall:
	cd $(B) && for f in $(INSTALLED); do \
	    rm -f "$(DESTDIR)$(PREFIX)/$$f"; done

clean:
	rm -rf build

-include $(LIBSRC:%.c=$(B)/obj/%.d) $(TOOLSRC:%.c=$(B)/obj/%.d) \
	$(WORKERSRC:%.c=$(B)/obj/%.d) $(TESTWORKERSRC:%.c=$(B)/obj/%.d) \
	$(UNITSRC:%.c=$(B)/obj/%.d) $(B)/obj/tests/unit/ewf_make.d \
	$(B)/obj/tests/unit/util.d $(B)/obj/tests/unit/unpack_util.d \
	$(B)/obj/fixtures/ole.d $(FUZZSRC:%.c=$(B)/obj/%.d) \
	$(B)/obj/tests/worker/attacks.d \
	$(BENCHSRC:%.c=$(B)/obj/%.d)
