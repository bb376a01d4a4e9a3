/*
 * unpack.h: a sink that holds a format to the contract of spill/unpack.h.
 */
#ifndef SPILL_FUZZ_UNPACK_H
#define SPILL_FUZZ_UNPACK_H

#include <spill/unpack.h>

#include "fuzz.h"

struct checker {
	bool open, wanted, stopped, told;
	uint64_t got, all, most;
};

/* Every byte of a span can be read. */
static inline void
touch(struct spill_span s)
{
	volatile char x = 0;

	for (size_t i = 0; i < s.len; i++)
		x = (char)(x ^ s.p[i]);
}

static inline int
check_begin(void *ctx, const struct spill_member_info *m)
{
	struct checker *c = ctx;

	must(!c->open);
	c->open = c->told = true;
	c->got = 0;
	c->stopped = false;
	touch(m->name);
	touch(m->title);
	touch(m->target);
	touch(m->mime);
	touch(m->note);
	must(m->mode <= 07777);
	c->wanted = c->all < c->most;
	return c->wanted ? SPILL_OK : SPILL_END;
}

static inline int
check_data(void *ctx, const void *p, size_t n)
{
	struct checker *c = ctx;

	must(c->open && c->wanted && !c->stopped && n > 0);
	touch((struct spill_span){ p, n });
	c->got += n;
	c->all += n;
	c->stopped = c->got > 1 << 20;
	return c->stopped ? SPILL_END : SPILL_OK;
}

static inline int
check_end(void *ctx, enum spill_member_end how, const char *why)
{
	struct checker *c = ctx;

	must(c->open);
	c->open = false;
	must(!c->stopped || how == SPILL_MEMBER_SKIPPED);
	if (how == SPILL_MEMBER_ENCRYPTED || how == SPILL_MEMBER_UNSUPPORTED)
		must(c->got == 0);
	if (why != NULL)
		touch((struct spill_span){ why, strlen(why) });
	return SPILL_OK;
}

static inline int
check_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct checker *c = ctx;

	(void)offset;
	(void)length;
	must(code != NULL && detail != NULL);
	touch((struct spill_span){ detail, strlen(detail) });
	c->told = true;
	return SPILL_OK;
}

static inline void
check_format(const struct spill_unpack *u, struct spill_span bytes)
{
	static const struct spill_unpack_conf conf = { .memory = 16 << 20 };
	struct checker c = { .most = 4 << 20 };
	struct spill_unpack_sink sink = { check_begin, check_data, check_end,
		check_flaw, &c };
	struct spill_src src = spill_src_of(bytes);
	int rc = u->run(&src, &conf, &sink);

	must(rc == SPILL_OK || rc == SPILL_EFORMAT || rc == SPILL_ENOMEM);
	must(!c.open);
	must(rc != SPILL_EFORMAT || !c.told);
}

#endif
