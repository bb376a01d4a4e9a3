/*
 * doctext.h: what must hold of the text of every document: the contract of
 * spill/doctext.h: lines of UTF-8 without a line break, no longer than a line
 * may be, together no more than the limit; parts and details are texts; each
 * element that opens closes, in the right order; run() ends.
 */
#ifndef SPILL_FUZZ_DOCTEXT_H
#define SPILL_FUZZ_DOCTEXT_H

#include <spill/doctext.h>
#include <spill/utf8.h>

#include "fuzz.h"

#define LIMIT ((uint64_t)1 << 20)

struct seen {
	uint64_t bytes;
	uint64_t open; /* elements */
	bool any;
};

static void
must_text(struct spill_span s)
{
	for (size_t i = 0; i < s.len;) {
		uint32_t cp;
		unsigned n = spill_utf8_decode(s.p + i, s.len - i, &cp);

		must(n > 0 && cp != '\n' && cp != '\r' && cp != 0);
		i += n;
	}
}

static int
on_line(void *ctx, const struct spill_line *l)
{
	struct seen *s = ctx;

	must(l->text.len > 0 && l->text.len <= SPILL_TEXT_LINE);
	must((unsigned)l->role < SPILL_ROLES);
	must_text(l->text);
	s->bytes += l->text.len;
	s->any = true;
	must(s->bytes <= LIMIT);
	return SPILL_OK;
}

static int
on_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct seen *s = ctx;

	(void)offset;
	(void)length;
	must(code[0] != '\0' && detail[0] != '\0');
	s->any = true;
	return SPILL_OK;
}

static int
on_element(void *ctx, const struct spill_element *e, bool opens)
{
	struct seen *s = ctx;

	must(opens || s->open > 0);
	must(e->name.len > 0 && e->text.len <= SPILL_TEXT_LINE);
	must(opens ? e->text.len == 0 : e->nattr == 0);
	s->open += opens ? 1 : UINT64_MAX;
	return SPILL_OK;
}

static inline void
must_keep(const struct spill_doctext *f, struct spill_span all)
{
	const struct spill_doctext_conf conf = { .bytes = LIMIT,
		.memory = (uint64_t)16 << 20 };
	struct seen seen = { 0 };
	const struct spill_doctext_sink sink = { .line = on_line,
		.flaw = on_flaw,
		.ctx = &seen,
		.element = on_element };
	struct spill_src src = spill_src_of(all);
	int rc = f->run(&src, &conf, &sink);

	must(rc != SPILL_OK || seen.open == 0);
	must(rc == SPILL_OK || rc == SPILL_ENOMEM || rc == SPILL_ELIMIT ||
	     (rc == SPILL_EFORMAT && !seen.any));
}

#endif
