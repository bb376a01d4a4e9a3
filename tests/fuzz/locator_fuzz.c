/*
 * locator_fuzz.c: what is accepted prints as it was, has an order, and its
 * parent is accepted too. Two texts, if there is a LF between them.
 */
#include <spill/locator.h>

#include "fuzz.h"

static bool
parse(struct spill_span text, struct spill_arena *a, struct spill_locator *l)
{
	struct spill_buf b = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	const char *why = NULL;
	int rc = spill_locator_parse(text, a, l, &why);

	must((rc == SPILL_OK) == (why == NULL));
	must(rc == SPILL_OK || rc == SPILL_EDAMAGED || rc == SPILL_ELIMIT);
	if (rc != SPILL_OK)
		return false;
	must(spill_locator_print(&b, l) == SPILL_OK);
	must(spill_span_eq(spill_buf_as_span(&b), text));
	must(spill_locator_cmp(l, l) == 0);
	spill_buf_release(&b);
	return true;
}

static void
check_parent(struct spill_span text, const struct spill_locator *l)
{
	struct spill_span up = spill_locator_parent(text);
	struct spill_arena a = SPILL_ARENA_INIT(1 << 20);
	struct spill_locator p;

	must((up.len == 0) == (l->members == 0));
	if (up.len > 0) {
		must(parse(up, &a, &p));
		must(p.members == l->members - 1);
		must(spill_locator_cmp(&p, l) < 0);
	}
	spill_arena_release(&a);
}

/* Any bytes at all have a name and can be a member. */
static void
check_raw(struct spill_span raw)
{
	struct spill_buf b = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT * 4);
	struct spill_arena a = SPILL_ARENA_INIT(1 << 20);
	struct spill_locator l;

	if (spill_locator_file(&b, raw) == SPILL_OK) {
		must(parse(spill_buf_as_span(&b), &a, &l));
		must(spill_span_eq(l.name, raw));
	}
	spill_buf_reset(&b);
	spill_buf_puts(&b, "a:p0:5");
	if (spill_locator_member(&b, raw, 1) == SPILL_OK) {
		must(parse(spill_buf_as_span(&b), &a, &l));
		must(spill_span_eq(l.member[0].name, raw));
	}
	l = (struct spill_locator){ .kind = SPILL_LOCATOR_NAME,
		.evidence = spill_locator_short(raw),
		.volume = SPILL_SPAN("p0"),
		.name = raw };
	spill_buf_reset(&b);
	if (spill_locator_print(&b, &l) == SPILL_OK) {
		struct spill_locator back;

		must(parse(spill_buf_as_span(&b), &a, &back));
		must(spill_locator_cmp(&l, &back) == 0);
	}
	spill_buf_release(&b);
	spill_arena_release(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	const char *lf = size > 0 ? memchr(p, '\n', size) : NULL;
	size_t n = lf != NULL ? (size_t)(lf - p) : size;
	struct spill_span one = { p, n }, two = { p, 0 };
	struct spill_arena a = SPILL_ARENA_INIT(1 << 20);
	struct spill_locator x, y;
	bool x_is = parse(one, &a, &x);

	if (lf != NULL)
		two = (struct spill_span){ lf + 1, size - n - 1 };
	if (x_is)
		check_parent(one, &x);
	if (x_is && parse(two, &a, &y)) {
		int c = spill_locator_cmp(&x, &y);

		must((c == 0) == spill_span_eq(one, two));
		must((c < 0) == (spill_locator_cmp(&y, &x) > 0));
	}
	spill_arena_release(&a);
	if (size <= SPILL_LOCATOR_TEXT)
		check_raw((struct spill_span){ p, size });
	return 0;
}
