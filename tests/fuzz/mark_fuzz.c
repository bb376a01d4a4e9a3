/*
 * mark_fuzz.c: a document of any bytes. What must hold: plain text says the
 * same however it is cut into pieces; each marking is at its place; the lines
 * of a document are taken, too.
 *
 * Input: a byte, the size of pieces; then the text.
 */
#include <spill/mark.h>

#include "fuzz.h"

#define HITS 64

struct found {
	size_t n;
	struct {
		uint64_t offset;
		int rank, score;
	} hit[HITS];
	enum spill_class class;
};

static struct spill_mark *m;

static void
begin(void)
{
	const struct spill_judge_doc d = { .name = { "a.txt", 5 } };

	must(spill_mark_begin(m, &d) == SPILL_OK);
}

/* A marking as written is what stands at its place. */
static void
check(const struct spill_hit *h, struct spill_span all)
{
	must(h->m.rank >= -1 && h->m.rank <= 5);
	if (h->offset == UINT64_MAX)
		return;
	must(h->offset < all.len);
	must(h->repairs & SPILL_REPAIR_JOINED ||
	     (h->text.len <= all.len - h->offset &&
		 memcmp(h->text.p, all.p + h->offset, h->text.len) == 0));
}

static void
end(struct spill_span all, struct found *f)
{
	struct spill_judge *j = spill_mark_judge(m);
	struct spill_verdict v;

	must(spill_mark_end(m, &v) == SPILL_OK);
	f->class = v.class;
	f->n = spill_judge_hits(j);
	for (size_t i = 0; i < f->n; i++) {
		const struct spill_hit *h = spill_judge_hit(j, i);

		check(h, all);
		if (i < HITS) {
			f->hit[i].offset = h->offset;
			f->hit[i].rank = h->m.rank;
			f->hit[i].score = h->score;
		}
	}
}

static void
text(struct spill_span s, size_t piece, struct found *f)
{
	memset(f, 0, sizeof(*f));
	begin();
	for (size_t i = 0; i < s.len; i += piece)
		must(spill_mark_text(m,
			 (struct spill_span){
			     s.p + i, SPILL_MIN(piece, s.len - i) },
			 i) == SPILL_OK);
	end(s, f);
}

static void
lines(struct spill_span s)
{
	struct found f;
	const char *p = s.p, *stop = p + s.len;

	begin();
	while (p < stop) {
		const char *nl = memchr(p, '\n', (size_t)(stop - p));
		size_t n = (size_t)((nl != NULL ? nl : stop) - p);
		struct spill_line l = { .text = { p,
					    SPILL_MIN(n, SPILL_TEXT_LINE) },
			.part = { "Subject", n % 8 },
			.role = (enum spill_role)(n % SPILL_ROLES),
			.offset = (uint64_t)(p - s.p) };

		if (l.text.len > 0)
			must(spill_mark_line(m, &l) == SPILL_OK);
		p += n + (nl != NULL);
	}
	end(s, &f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span s = { (const char *)data + 1, size - 1 };
	static struct found whole, cut;

	if (size == 0)
		return 0;
	if (m == NULL)
		must(spill_mark_open(&m, NULL) == SPILL_OK);
	text(s, SPILL_MAX(s.len, 1), &whole);
	text(s, (size_t)data[0] + 1, &cut);
	/* (That there are pages is known from the first form feed on.) */
	must(memchr(s.p, '\f', s.len) != NULL ||
	     memcmp(&whole, &cut, sizeof(whole)) == 0);
	lines(s);
	return 0;
}
