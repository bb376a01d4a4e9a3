/*
 * unpack.h: a sink for fuzz targets of containers. It holds a format to the
 * contract of unpack.h.
 */
#ifndef SPILL_FUZZ_UNPACK_H
#define SPILL_FUZZ_UNPACK_H

#include <spill/unpack.h>

#include "fuzz.h"

#define FUZZ_ENOUGH ((uint64_t)4 << 20) /* bytes; more is a bomb */

struct fuzz_sink {
	bool open, wanted, any;
	unsigned members;
	uint64_t bytes;
	unsigned char sum; /* so that each byte is looked at */
};

static inline void
fuzz_touch(struct fuzz_sink *f, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		f->sum ^= ((const unsigned char *)p)[i];
}

static inline int
fuzz_begin(void *ctx, const struct spill_member_info *m)
{
	struct fuzz_sink *f = ctx;

	must(!f->open && m->kind <= SPILL_MEMBER_ATTACHMENT);
	f->open = f->any = true;
	fuzz_touch(f, m->name.p, m->name.len);
	fuzz_touch(f, m->title.p, m->title.len);
	fuzz_touch(f, m->target.p, m->target.len);
	fuzz_touch(f, m->mime.p, m->mime.len);
	fuzz_touch(f, m->note.p, m->note.len);
	/* Every seventh is not wanted. */
	f->wanted = ++f->members % 7 != 0 && f->bytes < FUZZ_ENOUGH;
	return f->wanted ? SPILL_OK : SPILL_END;
}

static inline int
fuzz_data(void *ctx, const void *p, size_t n)
{
	struct fuzz_sink *f = ctx;

	must(f->open && f->wanted && n > 0);
	fuzz_touch(f, p, n);
	f->bytes += n;
	/* And of every fifth only the first piece is. */
	f->wanted = f->members % 5 != 0 && f->bytes < FUZZ_ENOUGH;
	return f->wanted ? SPILL_OK : SPILL_END;
}

static inline int
fuzz_end(void *ctx, enum spill_member_end how, const char *why)
{
	struct fuzz_sink *f = ctx;

	must(f->open);
	must(f->wanted || how == SPILL_MEMBER_SKIPPED);
	if (why != NULL)
		fuzz_touch(f, why, strlen(why));
	f->open = false;
	return SPILL_OK;
}

static inline int
fuzz_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct fuzz_sink *f = ctx;

	(void)offset;
	(void)length;
	must(!f->open && code != NULL && detail != NULL);
	fuzz_touch(f, detail, strlen(detail));
	f->any = true;
	return SPILL_OK;
}

/* Runs a format; at most so many bytes may come out. Returns its members. */
static inline unsigned
fuzz_unpack(
    const struct spill_unpack *u, struct spill_span bytes, uint64_t most)
{
	const struct spill_unpack_conf conf = { .memory = 16 << 20 };
	struct fuzz_sink f = { 0 };
	struct spill_unpack_sink sink = { fuzz_begin, fuzz_data, fuzz_end,
		fuzz_flaw, &f };
	struct spill_src src = spill_src_of(bytes);
	int rc = u->run(&src, &conf, &sink);

	must(rc == SPILL_OK || rc == SPILL_ENOMEM ||
	     (rc == SPILL_EFORMAT && !f.any));
	must(!f.open && f.bytes <= most);
	return f.members;
}

#endif
