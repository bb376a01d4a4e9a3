/*
 * unpack_util.h: a sink that takes down what a container hands out, one line
 * for each member and each flaw, in order:
 *
 *	file a/b size=5 crc=3610a686 mode=644 modified=2019-...: "hello" ok
 *	dir a/: skipped
 *	link l -> ../x mode=777: skipped
 *	file c size=9 encrypted: encrypted: needs a password
 *	file d size=70000: 70000 bytes partial: CRC-32 is ...
 *	flaw damaged 0x200+512: header ...
 *
 * Names and texts as spill_neutral() has them. It fails the test where a
 * format breaks the contract of unpack.h.
 */
#ifndef SPILL_UNIT_UNPACK_UTIL_H
#define SPILL_UNIT_UNPACK_UTIL_H

#include <spill/unpack.h>

#include "util.h"

struct unpack_log {
	struct spill_buf text; /* the lines */
	struct spill_buf content; /* of the last member, 1 MiB of it */
	unsigned members, flaws;
	uint64_t bytes; /* of all members */
	/* What the test asks for, before the run. */
	bool no_content; /* begin() says SPILL_END to all */
	uint64_t stop; /* data() says SPILL_END after so many bytes, 0: never */
	unsigned fail_at; /* the nth begin() returns SPILL_EIO, from 1 */
	bool quiet; /* no lines: only the counts */
	bool plain; /* lines without modes, owners and times */
	/* While it runs. */
	bool open, wanted, stopped;
	uint64_t got; /* of this member */
	enum spill_member_kind kind;
	enum spill_member_end how; /* of the last member */
};

/* A source that counts what is read of it; without a map, so that all goes
 * through read(). */
struct unpack_counted {
	struct spill_src src;
	struct spill_span bytes;
	uint64_t read, calls;
	uint64_t fail_at; /* the nth call fails with SPILL_EIO, from 1 */
};

struct spill_unpack_sink unpack_log_sink(struct unpack_log *log);
void unpack_log_clear(struct unpack_log *log);
void unpack_log_free(struct unpack_log *log);
/* Runs a format over bytes, which are copied so that overruns are seen. */
int unpack_run(const struct spill_unpack *u, struct spill_span bytes,
    const struct spill_unpack_conf *conf, struct unpack_log *log);
void unpack_counted(struct unpack_counted *c, struct spill_span bytes);
/* The first line that begins so, up to its end; "" if there is none. */
const char *unpack_line(struct unpack_log *log, const char *begin);
/* All of a file below the test data that is shared; false: it is not there. */
bool unpack_shared(const char *name, struct spill_buf *out);

#define assert_unpacked(log, want) \
	assert_string_equal(spill_buf_str(&(log)->text), (want))

#endif
