#include <string.h>

#include "locator_i.h"

static const char too_long[] = "longer than a locator may be";

/* --- what holds for every locator --------------------------------------- */

static bool
volume_ok(struct spill_span s)
{
	struct spill_span word;
	uint64_t v;

	while (s.p != NULL)
		if (!spill_loc_volume_part(
			spill_loc_cut(s, '.', &s), &word, &v))
			return false;
	return true;
}

static const char *
range_fault(const struct spill_locator *l)
{
	uint64_t end = 0, sum = 0;

	if (l->ranges == 0)
		return "no range";
	for (size_t i = 0; i < l->ranges; i++) {
		const struct spill_range *r = &l->range[i];

		if (r->len == 0)
			return "an empty range";
		if (i > 0 && r->offset == end)
			return "a range that continues the one before it";
		if (__builtin_add_overflow(r->offset, r->len, &end) ||
		    __builtin_add_overflow(sum, r->len, &sum))
			return "a range that ends beyond 2^64";
	}
	return NULL;
}

static const char *
object_fault(const struct spill_locator *l)
{
	bool whole = l->volume.len == 0;

	if (l->evidence.len == 0 || memchr(l->evidence.p, 0, l->evidence.len))
		return "evidence without a name, or with a NUL in it";
	if (!whole && !volume_ok(l->volume))
		return "not the name of a volume";
	if (whole && l->kind != SPILL_LOCATOR_RANGE)
		return "an object without a volume";
	if (l->slack && l->kind != SPILL_LOCATOR_ID &&
	    l->kind != SPILL_LOCATOR_NAME)
		return "slack of what has none";
	if (l->kind == SPILL_LOCATOR_ID && (l->numbers < 1 || l->numbers > 3))
		return "an object of none or more than three numbers";
	if (l->kind == SPILL_LOCATOR_NAME && l->name.len == 0)
		return "no object";
	return l->kind == SPILL_LOCATOR_RANGE ? range_fault(l) : NULL;
}

static const char *
file_fault(const struct spill_locator *l)
{
	if (l->name.len == 0 || memchr(l->name.p, 0, l->name.len) != NULL)
		return "no path of a file, or one with a NUL in it";
	return l->evidence.len > 0 || l->volume.len > 0 || l->slack
		   ? "a file with a volume or slack"
		   : NULL;
}

static const char *
fault(const struct spill_locator *l)
{
	for (size_t i = 0; i < l->members; i++)
		if (l->member[i].nth == 0)
			return "members of a name are counted from 1";
	if (l->kind == SPILL_LOCATOR_FILE)
		return file_fault(l);
	return l->kind <= SPILL_LOCATOR_FILE ? object_fault(l) : "no kind";
}

/* --- parsing ------------------------------------------------------------ */

struct parse {
	struct spill_arena *arena;
	const char *why;
};

static int
bad(struct parse *p, const char *why)
{
	p->why = why;
	return SPILL_EDAMAGED;
}

static void *
room(struct parse *p, size_t n, size_t max, size_t size, int *rc)
{
	void *at = n <= max ? spill_arena_alloc(p->arena, n * size) : NULL;

	*rc = at != NULL ? SPILL_OK : n <= max ? SPILL_ENOMEM : SPILL_ELIMIT;
	if (at == NULL)
		p->why = n <= max ? "no memory" : "too many parts";
	return at;
}

static int
segment(struct parse *p, struct spill_span s, spill_loc_guard *guard,
    struct spill_span *out)
{
	struct spill_buf b = SPILL_BUF_INIT(s.len);
	char *copy;
	int rc;

	if (spill_loc_plain(s, guard)) {
		*out = s;
		return SPILL_OK;
	}
	rc = spill_loc_decode(&b, s, guard);
	if (rc == SPILL_OK) {
		copy = spill_arena_dup(p->arena, b.p, b.len);
		if (copy == NULL)
			rc = SPILL_ENOMEM;
		*out = (struct spill_span){ copy, b.len };
	}
	spill_buf_release(&b);
	if (rc != SPILL_OK)
		p->why = rc == SPILL_EDAMAGED
			     ? "a byte that is not escaped as it must be"
			     : "no memory";
	return rc;
}

static int
parse_id(struct parse *p, struct spill_span s, struct spill_locator *l)
{
	l->kind = SPILL_LOCATOR_ID;
	while (s.p != NULL) {
		if (l->numbers == SPILL_COUNT(l->number) ||
		    !spill_loc_number(
			spill_loc_cut(s, '-', &s), &l->number[l->numbers]))
			return bad(p, "not the number of an object");
		l->numbers++;
	}
	return SPILL_OK;
}

static int
parse_entry(struct parse *p, struct spill_span s, struct spill_locator *l)
{
	struct spill_span offset,
	    dir = spill_loc_cut(spill_loc_from(s, 1), '+', &offset);

	l->kind = SPILL_LOCATOR_ENTRY;
	if (!spill_loc_number(dir, &l->number[0]) ||
	    !spill_loc_number(offset, &l->number[1]))
		return bad(p, "not an entry of a directory");
	return SPILL_OK;
}

static int
parse_range(struct parse *p, struct spill_span s, struct spill_range *r)
{
	struct spill_span len, offset = spill_loc_cut(s, '+', &len);

	if (offset.len == 0 || offset.p[0] != '@' ||
	    !spill_loc_number(spill_loc_from(offset, 1), &r->offset) ||
	    !spill_loc_number(len, &r->len))
		return bad(p, "not a range of bytes");
	return SPILL_OK;
}

static int
parse_ranges(struct parse *p, struct spill_span s, struct spill_locator *l)
{
	size_t n = spill_loc_count(s, ',') + 1;
	int rc;
	struct spill_range *r =
	    room(p, n, SPILL_LOCATOR_RANGES, sizeof(*r), &rc);

	l->kind = SPILL_LOCATOR_RANGE;
	l->range = r;
	l->ranges = n;
	while (rc == SPILL_OK && s.p != NULL)
		rc = parse_range(p, spill_loc_cut(s, ',', &s), r++);
	return rc;
}

static int
parse_object(struct parse *p, struct spill_span s, struct spill_locator *l)
{
	struct spill_span suffix, word = spill_loc_cut(s, '~', &suffix);

	if (s.len > 0 && s.p[0] == '@')
		return parse_ranges(p, s, l);
	if (spill_loc_like_entry(s))
		return parse_entry(p, s, l);
	l->slack = suffix.p != NULL;
	if (l->slack && !spill_span_eq(suffix, SPILL_SPAN("slack")))
		return bad(p, "not slack behind an object");
	if (spill_loc_like_id(word))
		return parse_id(p, word, l);
	l->kind = SPILL_LOCATOR_NAME;
	return segment(p, word, spill_loc_guard_name, &l->name);
}

static int
parse_member(struct parse *p, struct spill_span s, struct spill_member *m)
{
	struct spill_span nth, name = spill_loc_cut(s, '~', &nth);
	uint64_t least = name.len > 0 ? 2 : 1;

	m->nth = 1;
	if (nth.p == NULL && name.len == 0)
		return bad(p, "an empty member");
	if (nth.p != NULL &&
	    (!spill_loc_number(nth, &m->nth) || m->nth < least))
		return bad(p, "a member counted wrongly");
	return segment(p, name, spill_loc_guard_none, &m->name);
}

static int
parse_members(struct parse *p, struct spill_span s, struct spill_locator *l)
{
	struct spill_member *m;
	int rc;

	if (s.p == NULL)
		return SPILL_OK;
	l->members = spill_loc_count(s, ':') + 1;
	m = room(p, l->members, SPILL_LOCATOR_MEMBERS, sizeof(*m), &rc);
	l->member = m;
	while (rc == SPILL_OK && s.p != NULL)
		rc = parse_member(p, spill_loc_cut(s, ':', &s), m++);
	return rc;
}

static int
parse_all(struct parse *p, struct spill_span s, struct spill_locator *l)
{
	struct spill_span word = spill_loc_cut(s, ':', &s);
	int rc;

	if (spill_span_eq(word, SPILL_SPAN("file"))) {
		l->kind = SPILL_LOCATOR_FILE;
		rc = segment(p, spill_loc_cut(s, ':', &s), spill_loc_guard_none,
		    &l->name);
	} else {
		rc = segment(p, word, spill_loc_guard_evidence, &l->evidence);
		l->volume = spill_loc_cut(s, ':', &s);
		if (rc == SPILL_OK)
			rc = parse_object(p, spill_loc_cut(s, ':', &s), l);
	}
	if (rc == SPILL_OK)
		rc = parse_members(p, s, l);
	if (rc == SPILL_OK && (p->why = fault(l)) != NULL)
		rc = SPILL_EDAMAGED;
	return rc;
}

int
spill_locator_parse(struct spill_span text, struct spill_arena *a,
    struct spill_locator *out, const char **why)
{
	struct parse p = { .arena = a, .why = too_long };
	struct spill_locator l = { 0 };
	int rc = SPILL_ELIMIT;

	if (text.len <= SPILL_LOCATOR_TEXT)
		rc = parse_all(&p, text, &l);
	if (rc == SPILL_OK)
		*out = l;
	else if (why != NULL)
		*why = p.why;
	return rc;
}

/* --- text --------------------------------------------------------------- */

static void
put_number(struct spill_buf *b, char before, uint64_t v)
{
	char text[20], *p = text + sizeof(text);

	do {
		*--p = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	spill_buf_putc(b, before);
	spill_buf_put(b, p, (size_t)(text + sizeof(text) - p));
}

static void
put_object(struct spill_buf *b, const struct spill_locator *l)
{
	if (l->kind == SPILL_LOCATOR_NAME) {
		spill_buf_putc(b, ':');
		spill_loc_escape(b, l->name, spill_loc_guard_name);
	} else if (l->kind == SPILL_LOCATOR_ENTRY) {
		spill_buf_putc(b, ':');
		put_number(b, 'd', l->number[0]);
		put_number(b, '+', l->number[1]);
	} else if (l->kind == SPILL_LOCATOR_ID) {
		for (unsigned i = 0; i < l->numbers; i++)
			put_number(b, i == 0 ? ':' : '-', l->number[i]);
	} else {
		spill_buf_putc(b, ':');
		for (size_t i = 0; i < l->ranges; i++) {
			spill_buf_puts(b, i > 0 ? "," : "");
			put_number(b, '@', l->range[i].offset);
			put_number(b, '+', l->range[i].len);
		}
	}
	if (l->slack)
		spill_buf_puts(b, "~slack");
}

static void
put_member(struct spill_buf *b, const struct spill_member *m)
{
	spill_buf_putc(b, ':');
	spill_locator_escape(b, m->name);
	if (m->nth > 1 || m->name.len == 0)
		put_number(b, '~', m->nth);
}

static void
put_all(struct spill_buf *b, const struct spill_locator *l)
{
	if (l->kind == SPILL_LOCATOR_FILE) {
		spill_buf_puts(b, "file:");
		spill_locator_escape(b, l->name);
	} else {
		spill_loc_escape(b, l->evidence, spill_loc_guard_evidence);
		spill_buf_putc(b, ':');
		spill_buf_span(b, l->volume);
		put_object(b, l);
	}
	for (size_t i = 0; i < l->members; i++)
		put_member(b, &l->member[i]);
}

/* What was put behind start is good, or goes again. */
static int
settle(struct spill_buf *b, size_t start, size_t len)
{
	int rc = b->rc;

	if (rc == SPILL_OK && len > SPILL_LOCATOR_TEXT)
		rc = SPILL_ELIMIT;
	if (rc != SPILL_OK)
		b->len = start;
	return rc;
}

int
spill_locator_print(struct spill_buf *b, const struct spill_locator *l)
{
	size_t start = b->len;

	if (l->members > SPILL_LOCATOR_MEMBERS ||
	    (l->kind == SPILL_LOCATOR_RANGE &&
		l->ranges > SPILL_LOCATOR_RANGES))
		return SPILL_ELIMIT;
	if (fault(l) != NULL)
		return SPILL_EUSAGE;
	put_all(b, l);
	return settle(b, start, b->len - start);
}

int
spill_locator_file(struct spill_buf *b, struct spill_span path)
{
	struct spill_locator l = { .kind = SPILL_LOCATOR_FILE, .name = path };

	return spill_locator_print(b, &l);
}

static size_t
head_colons(struct spill_span text)
{
	static const char head[] = "file:";

	return text.len >= strlen(head) &&
		       memcmp(text.p, head, strlen(head)) == 0
		   ? 1
		   : 2;
}

int
spill_locator_member(struct spill_buf *b, struct spill_span name, uint64_t nth)
{
	struct spill_member m = { name, nth };
	struct spill_span text = spill_buf_as_span(b);
	size_t start = b->len;

	if (nth == 0)
		return SPILL_EUSAGE;
	if (spill_loc_count(text, ':') >=
	    head_colons(text) + SPILL_LOCATOR_MEMBERS)
		return SPILL_ELIMIT;
	put_member(b, &m);
	return settle(b, start, b->len);
}

struct spill_span
spill_locator_parent(struct spill_span text)
{
	if (spill_loc_count(text, ':') <= head_colons(text))
		return (struct spill_span){ "", 0 };
	while (text.p[--text.len] != ':')
		;
	return text;
}

/* --- order -------------------------------------------------------------- */

/* Numbers by value and before words. */
static int
cmp_word(struct spill_span a, struct spill_span b)
{
	uint64_t x, y;
	bool a_is = spill_loc_number(a, &x), b_is = spill_loc_number(b, &y);

	if (a_is && b_is)
		return SPILL_CMP(x, y);
	return a_is != b_is ? (int)b_is - (int)a_is : spill_span_cmp(a, b);
}

static int
cmp_volume(struct spill_span a, struct spill_span b)
{
	struct spill_span x, y;
	uint64_t m = 0, n = 0;
	int c = 0;

	/* An empty one is the disk and comes first. */
	if (a.len == 0 || b.len == 0)
		return (a.len > 0) - (b.len > 0);
	while (c == 0 && a.p != NULL && b.p != NULL) {
		spill_loc_volume_part(spill_loc_cut(a, '.', &a), &x, &m);
		spill_loc_volume_part(spill_loc_cut(b, '.', &b), &y, &n);
		c = spill_span_cmp(x, y);
		c = c != 0 ? c : SPILL_CMP(m, n);
	}
	return c != 0 ? c : (a.p != NULL) - (b.p != NULL);
}

static int
cmp_ranges(const struct spill_locator *a, const struct spill_locator *b)
{
	int c = 0;

	for (size_t i = 0; c == 0 && i < a->ranges && i < b->ranges; i++) {
		c = SPILL_CMP(a->range[i].offset, b->range[i].offset);
		c = c != 0 ? c : SPILL_CMP(a->range[i].len, b->range[i].len);
	}
	return c != 0 ? c : SPILL_CMP(a->ranges, b->ranges);
}

static int
cmp_object(const struct spill_locator *a, const struct spill_locator *b)
{
	unsigned na = a->kind == SPILL_LOCATOR_ID ? a->numbers : 2;
	unsigned nb = b->kind == SPILL_LOCATOR_ID ? b->numbers : 2;
	int c = 0;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == SPILL_LOCATOR_NAME || a->kind == SPILL_LOCATOR_FILE)
		return spill_span_cmp(a->name, b->name);
	if (a->kind == SPILL_LOCATOR_RANGE)
		return cmp_ranges(a, b);
	for (unsigned i = 0; c == 0 && i < na && i < nb; i++)
		c = SPILL_CMP(a->number[i], b->number[i]);
	return c != 0 ? c : SPILL_CMP(na, nb);
}

static int
cmp_members(const struct spill_locator *a, const struct spill_locator *b)
{
	int c = 0;

	for (size_t i = 0; c == 0 && i < a->members && i < b->members; i++) {
		c = cmp_word(a->member[i].name, b->member[i].name);
		c = c != 0 ? c : SPILL_CMP(a->member[i].nth, b->member[i].nth);
	}
	return c != 0 ? c : SPILL_CMP(a->members, b->members);
}

int
spill_locator_cmp(const struct spill_locator *a, const struct spill_locator *b)
{
	bool fa = a->kind == SPILL_LOCATOR_FILE;
	bool fb = b->kind == SPILL_LOCATOR_FILE;
	int c;

	if (fa != fb)
		return (int)fb - (int)fa;
	c = spill_span_cmp(a->evidence, b->evidence);
	c = c != 0 ? c : cmp_volume(a->volume, b->volume);
	c = c != 0 ? c : cmp_object(a, b);
	c = c != 0 ? c : (int)a->slack - (int)b->slack;
	return c != 0 ? c : cmp_members(a, b);
}
