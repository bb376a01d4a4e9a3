/*
 * lines.c: lines out of the pieces in which formats have them.
 */
#include <string.h>

#include <spill/utf8.h>
#include <spill/wide.h>

#include "text_i.h"

#define PART_MOST   4096 /* bytes of a part's name */
#define SOFT_HYPHEN 0xad /* nobody sees it within a line */

void
lines_open(struct lines *l, const struct spill_doctext_sink *sink,
    const struct spill_doctext_conf *conf)
{
	*l = (struct lines){ .sink = sink,
		.conf = conf,
		.text = SPILL_BUF_INIT(SPILL_TEXT_LINE + 8),
		.part = SPILL_BUF_INIT(PART_MOST),
		.line = { .offset = UINT64_MAX } };
}

static int
fail(struct lines *l, int rc)
{
	if (l->rc == SPILL_OK)
		l->rc = rc;
	return l->rc;
}

/* --- out ---------------------------------------------------------------- */

static bool
is_blank(struct spill_span s)
{
	for (size_t i = 0; i < s.len;) {
		uint32_t cp;
		unsigned n = spill_utf8_decode(s.p + i, s.len - i, &cp);

		if (n == 0 || (cp > 0x20 && cp != 0xa0 && cp != 0x3000 &&
				  (cp < 0x2000 || cp > 0x200d) && cp != 0xfeff))
			return false;
		i += n;
	}
	return true;
}

static void
tell_limit(struct lines *l)
{
	if (!l->full && l->rc == SPILL_OK) {
		l->full = true;
		fail(l, l->sink->flaw(l->sink->ctx, "limit", 0, 0,
			    "there is more text than the limit of bytes"));
	}
	fail(l, SPILL_ELIMIT);
}

/* The first n bytes of what there is, as a line. */
static void
tell(struct lines *l, size_t n)
{
	const char *p = l->text.p;

	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	l->line.text = (struct spill_span){ p, n };
	l->line.part = spill_buf_as_span(&l->part);
	if (n == 0 || is_blank(l->line.text) || l->rc != SPILL_OK)
		return;
	if (l->conf->bytes > 0 && l->out + n > l->conf->bytes) {
		tell_limit(l);
		return;
	}
	l->out += n;
	fail(l, l->sink->line(l->sink->ctx, &l->line));
}

void
lines_end(struct lines *l)
{
	if (l->text.rc != SPILL_OK)
		fail(l, l->text.rc);
	if (l->text.len > 0)
		tell(l, l->text.len);
	spill_buf_reset(&l->text);
	l->blank = false;
	l->line.offset = UINT64_MAX;
}

/* It is as long as a line may be: a piece of it goes. */
static void
cut(struct lines *l)
{
	size_t n = l->text.len, k = n;
	uint64_t offset = l->line.offset;

	while (k > n / 2 && l->text.p[k - 1] != ' ')
		k--;
	if (k == n / 2)
		k = n;
	tell(l, k);
	memmove(l->text.p, l->text.p + k, n - k);
	l->text.len = n - k;
	l->line.offset = offset == UINT64_MAX ? offset : offset + k;
}

/* --- in ----------------------------------------------------------------- */

static bool
breaks(uint32_t cp)
{
	return (cp >= 0x0a && cp <= 0x0d) || cp == 0x85 || cp == 0x2028 ||
	       cp == 0x2029;
}

static void
add(struct lines *l, const char *p, size_t n)
{
	if (l->blank && l->text.len > 0)
		spill_buf_putc(&l->text, ' ');
	l->blank = false;
	spill_buf_put(&l->text, p, n);
	if (l->text.len >= SPILL_TEXT_LINE - 8)
		cut(l);
}

static inline spill_wide
not_plain(spill_wide v)
{
	return (spill_wide)(v - 0x20 >= 0x5f);
}

/* A stretch that needs no look at each character: its length. */
static size_t
stretch(const struct lines *l, const char *p, size_t n)
{
	size_t i = 0, wide = sizeof(spill_wide);

	n = SPILL_MIN(n, SPILL_TEXT_LINE - 8 - l->text.len);
	while (!l->flow && n - i >= wide &&
	       !spill_wide_any(p + i, wide, not_plain))
		i += wide;
	while (i < n && p[i] > (l->flow ? 0x20 : 0x1f) && p[i] < 0x7f)
		i++;
	return i;
}

static void
put_one(struct lines *l, const char *p, unsigned n, uint32_t cp)
{
	if (l->flow && (cp == ' ' || cp == '\t' || breaks(cp)))
		l->blank = true;
	else if (breaks(cp))
		lines_end(l);
	else if (cp != SOFT_HYPHEN &&
		 (cp >= 0x20 ? cp < 0x7f || cp > 0x9f : cp == '\t'))
		add(l, p, n);
}

void
lines_put(struct lines *l, struct spill_span s)
{
	while (s.len > 0 && l->rc == SPILL_OK) {
		size_t n = stretch(l, s.p, s.len);
		uint32_t cp = 0xfffd;

		if (n > 0) {
			add(l, s.p, n);
		} else {
			n = spill_utf8_decode(s.p, s.len, &cp);
			if (n == 0) {
				add(l, "\xef\xbf\xbd", 3);
				n = 1;
			} else {
				put_one(l, s.p, (unsigned)n, cp);
			}
		}
		s.p += n;
		s.len -= n;
	}
}

void
lines_at(struct lines *l, uint64_t offset)
{
	if (l->text.len == 0)
		l->line.offset = offset;
}

void
lines_place(struct lines *l, struct spill_span part, enum spill_role role,
    uint32_t page)
{
	lines_end(l);
	spill_buf_reset(&l->part);
	part.len = SPILL_MIN(part.len, (size_t)PART_MOST);
	spill_buf_span(&l->part, part);
	l->line.role = role;
	l->line.struck = false;
	l->line.page = page;
}

void
lines_role(struct lines *l, enum spill_role role)
{
	if (l->line.role != role)
		lines_end(l);
	l->line.role = role;
}

void
lines_flaw(struct lines *l, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	if (l->rc == SPILL_OK)
		fail(l,
		    l->sink->flaw(l->sink->ctx, code, offset, length, detail));
}

int
lines_close(struct lines *l)
{
	lines_end(l);
	spill_buf_release(&l->text);
	spill_buf_release(&l->part);
	return l->rc;
}
