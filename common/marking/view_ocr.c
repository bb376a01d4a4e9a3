/*
 * view_ocr.c: a line as the print may have been that a scanner misread:
 * letters taken for others, lost or doubled, words torn apart. Only banners
 * are looked for, their first letter must be right, and nothing may be added
 * behind their last: that would be another form of the word.
 */
#include <string.h>

#include "view_i.h"
#include "vocab_i.h"

#define LINE_MOST   24 /* tokens of a line that may be a banner, ... */
#define LINE_SIGNS  120 /* ... its letters and digits */
#define WINDOW_MOST 12 /* tokens of a banner, torn ones too */
#define EDITS_MOST  2
#define LONG	    10 /* letters from which on it may have two edits */
#define BAND	    (2 * EDITS_MOST + 1)
#define NEVER	    99

/* --- confusions --------------------------------------------------------- */

/* What is in one of these classes is taken for each other. */
enum {
	ROUND = 1 << 0, /* O 0 Q D G C */
	STROKE = 1 << 1, /* I 1 L | ! / J T */
	SNAKE = 1 << 2, /* S 5 $ 8 */
	BOWLS = 1 << 3, /* B 8 3 R */
	COMB = 1 << 4, /* E F 3 */
	POSTS = 1 << 5, /* N M H W */
	BAR = 1 << 6, /* T I 7 Y F */
	LEG = 1 << 7, /* R K P */
	TENT = 1 << 8, /* A 4 H */
	CUP = 1 << 9, /* U V */
	OPEN = 1 << 10, /* C G O ( < */
	SHIELD = 1 << 11, /* D O 0 */
	ZED = 1 << 12, /* Z 2 7 */
	HOOK = 1 << 13, /* G 6 C */
};

static const uint16_t classes[128] = {
	['!'] = STROKE,
	['$'] = SNAKE,
	['('] = OPEN,
	['/'] = STROKE,
	['0'] = ROUND | SHIELD,
	['1'] = STROKE,
	['2'] = ZED,
	['3'] = BOWLS | COMB,
	['4'] = TENT,
	['5'] = SNAKE,
	['6'] = HOOK,
	['7'] = BAR | ZED,
	['8'] = SNAKE | BOWLS,
	['<'] = OPEN,
	['A'] = TENT,
	['B'] = BOWLS,
	['C'] = ROUND | OPEN | HOOK,
	['D'] = ROUND | SHIELD,
	['E'] = COMB,
	['F'] = COMB | BAR,
	['G'] = ROUND | OPEN | HOOK,
	['H'] = POSTS | TENT,
	['I'] = STROKE | BAR,
	['J'] = STROKE,
	['K'] = LEG,
	['L'] = STROKE,
	['M'] = POSTS,
	['N'] = POSTS,
	['O'] = ROUND | OPEN | SHIELD,
	['P'] = LEG,
	['Q'] = ROUND,
	['R'] = BOWLS | LEG,
	['S'] = SNAKE,
	['T'] = STROKE | BAR,
	['U'] = CUP,
	['V'] = CUP,
	['W'] = POSTS,
	['Y'] = BAR,
	['Z'] = ZED,
	['|'] = STROKE,
};

/* One letter that is read as two. */
static const char *const pairs[][2] = { { "M", "RN" }, { "M", "NN" },
	{ "W", "VV" }, { "U", "II" }, { "U", "LI" } };

static unsigned
cost(char a, char b)
{
	if (a == b)
		return 0;
	return classes[a & 0x7f] & classes[b & 0x7f] ? 1 : NEVER;
}

static bool
is_pair(char one, const char *two)
{
	for (size_t i = 0; i < SPILL_COUNT(pairs); i++)
		if (pairs[i][0][0] == one && memcmp(pairs[i][1], two, 2) == 0)
			return true;
	return false;
}

/*
 * Edits between what was printed and what was read. at[i][k]: of i letters of
 * the one and i + k - EDITS_MOST of the other.
 */
struct edits {
	const struct vocab_print *print;
	struct spill_span a, b;
	uint8_t at[VOCAB_PRINT_MOST + 1][BAND];
};

static unsigned
least(unsigned a, unsigned b)
{
	return SPILL_MIN(a, b);
}

/* Of i and j letters, by their last ones. */
static unsigned
cell(const struct edits *e, size_t i, size_t k)
{
	size_t j = i + k - EDITS_MOST;
	const char *a = e->a.p + i, *b = e->b.p + j;
	unsigned c = e->at[i][k];

	if (i > 1 && j > 1)
		c = least(c, e->at[i - 1][k] + cost(a[-1], b[-1]));
	if (k > 0 && i > 1 && j > 2 && is_pair(a[-1], b - 2))
		c = least(c, e->at[i - 1][k - 1] + 1u);
	if (k + 1 < BAND && i > 2 && j > 1 && is_pair(b[-1], a - 2))
		c = least(c, e->at[i - 2][k + 1] + 1u);
	/* One too many, but behind the last; one lost, but a word's first. */
	if (k > 0 && i < e->a.len)
		c = least(c, e->at[i][k - 1] + 1u);
	if (k + 1 < BAND && i > 1 && j < e->b.len &&
	    !(e->print->starts >> (i - 1) & 1))
		c = least(c, e->at[i - 1][k + 1] + 1u);
	return least(c, NEVER);
}

/* NEVER if they are more than the limit. */
static unsigned
distance(const struct vocab_print *p, struct spill_span b, unsigned limit)
{
	struct edits e;
	size_t shift = b.len + EDITS_MOST - p->letters.len;

	if (p->letters.p[0] != b.p[0] || shift >= BAND)
		return NEVER;
	e.print = p;
	e.a = p->letters;
	e.b = b;
	memset(e.at, NEVER, (e.a.len + 1) * BAND);
	e.at[1][EDITS_MOST] = 0; /* the first letters are the same */
	for (size_t i = 1; i <= e.a.len; i++) {
		unsigned best = NEVER;

		for (size_t k = 0; k < BAND; k++) {
			if (i + k <= EDITS_MOST || i + k > b.len + EDITS_MOST)
				continue;
			e.at[i][k] = (uint8_t)cell(&e, i, k);
			best = least(best, e.at[i][k]);
		}
		if (best > limit)
			return NEVER;
	}
	return e.at[e.a.len][shift] <= limit ? e.at[e.a.len][shift] : NEVER;
}

/* --- windows ------------------------------------------------------------ */

struct window {
	size_t first, end; /* tokens */
	size_t len;
	char text[VOCAB_PRINT_MOST + EDITS_MOST];
	uint32_t from[VOCAB_PRINT_MOST + EDITS_MOST],
	    to[VOCAB_PRINT_MOST + EDITS_MOST];
	uint32_t mask; /* of its letters */
	bool known; /* all its words are of the vocabulary */
};

/* Between letters and as high as these: read wrongly. */
static bool
is_stroke(const struct spill_normal *n, size_t i)
{
	const struct spill_token *t = &n->token[i];

	return t->kind == SPILL_TOKEN_PUNCT && strchr("|!$(<", t->mark) &&
	       t->gap == 0 && i + 1 < n->tokens && n->token[i + 1].gap == 0 &&
	       n->token[i + 1].kind != SPILL_TOKEN_PUNCT;
}

static bool
put_letters(struct window *win, const struct spill_normal *n, size_t i)
{
	const struct spill_token *t = &n->token[i];
	bool plain = t->to - t->from == t->len;

	for (uint32_t k = 0; k < t->len; k++) {
		if (win->len == SPILL_COUNT(win->from) ||
		    (uint8_t)n->text[t->at + k] >= 0x80)
			return false;
		win->from[win->len] = plain ? t->from + k : t->from;
		win->to[win->len] = plain ? t->from + k + 1 : t->to;
		win->text[win->len++] = n->text[t->at + k];
	}
	return true;
}

/* One token more; false: no banner has it. */
static bool
widen(struct window *win, const struct spill_normal *n)
{
	size_t i = win->end;
	const struct spill_token *t = &n->token[i];
	bool ok = true;

	if (i == n->tokens || i - win->first == WINDOW_MOST)
		return false;
	if (t->kind != SPILL_TOKEN_PUNCT || is_stroke(n, i)) {
		win->known &= t->word != 0;
		ok = t->letters != SPILL_CASE_LOWER && put_letters(win, n, i);
	} else {
		ok = i > win->first && (t->mark == '-' || t->mark == '/');
	}
	win->end += ok;
	return ok;
}

/* --- banners ------------------------------------------------------------ */

struct guess {
	const struct vocab_print *print;
	unsigned edits, rank; /* rank: the lower the better */
	size_t end; /* of its tokens */
};

/* Do its words end where those of the banner do? */
static bool
same_words(const struct window *win, const struct spill_normal *n,
    struct spill_span text)
{
	const char *p = text.p, *end = p + text.len;

	for (size_t i = win->first; i < win->end; i++) {
		const struct spill_token *t = &n->token[i];

		if (t->kind == SPILL_TOKEN_PUNCT)
			continue;
		while (p < end && !vocab_in_word(*p))
			p++;
		if ((size_t)(end - p) < t->len ||
		    memcmp(p, n->text + t->at, t->len) != 0)
			return false;
		p += t->len;
		if (p < end && vocab_in_word(*p))
			return false;
	}
	return true;
}

/* Does it have the dashes and slashes of the banner? */
static bool
same_marks(const struct window *win, const struct spill_normal *n,
    struct spill_span text)
{
	const char *p = text.p, *end = p + text.len;

	for (size_t i = win->first; i < win->end; i++) {
		const struct spill_token *t = &n->token[i];

		if (t->kind != SPILL_TOKEN_PUNCT || is_stroke(n, i))
			continue;
		while (p < end && (vocab_in_word(*p) || *p == ' '))
			p++;
		if (p == end || *p++ != t->mark)
			return false;
	}
	while (p < end && (vocab_in_word(*p) || *p == ' '))
		p++;
	return p == end;
}

static unsigned
differ(uint32_t bits)
{
	unsigned n = 0;

	for (; bits != 0; bits &= bits - 1)
		n++;
	return n;
}

static void
compare(const struct window *win, const struct spill_normal *n,
    const struct vocab_print *p, struct guess *best)
{
	struct spill_span s = { win->text, win->len };
	unsigned limit = p->letters.len < LONG ? 1 : EDITS_MOST, edits, rank;

	if (win->known && !spill_span_eq(p->letters, s))
		return; /* they are words as they are */
	if (differ(p->mask ^ win->mask) > 3 * limit)
		return;
	edits = distance(p, s, limit);
	if (edits == NEVER || (edits == 0 && same_words(win, n, p->text)))
		return;
	edits = SPILL_MAX(edits, 1);
	rank = 2 * edits + !same_marks(win, n, p->text);
	if (best->print == NULL || win->end > best->end || rank < best->rank)
		*best = (struct guess){ p, edits, rank, win->end };
}

static void
guess_window(const struct view *w, struct window *win, struct guess *best)
{
	const struct vocab_prints *all = &w->v->prints;
	size_t off = win->known ? 0 : EDITS_MOST,
	       least = win->len - SPILL_MIN(win->len, off),
	       i = vocab_print_from(all, win->text[0], least);

	win->mask = vocab_mask((struct spill_span){ win->text, win->len });
	for (; i < all->n; i++) {
		struct spill_span s = all->print[i].letters;

		if (s.p[0] != win->text[0] || s.len > win->len + off)
			break;
		compare(win, w->n, &all->print[i], best);
	}
}

/* The longest banner that may have begun at this token. */
static struct guess
guess_at(const struct view *w, size_t at, struct window *win)
{
	struct guess best = { 0 };

	win->first = win->end = at;
	win->len = 0;
	win->known = true;
	while (widen(win, w->n))
		if (win->len + EDITS_MOST >= VOCAB_PRINT_LEAST &&
		    w->n->token[win->end - 1].kind != SPILL_TOKEN_PUNCT)
			guess_window(w, win, &best);
	return best;
}

/* --- the line ----------------------------------------------------------- */

/* A word of the banner, from letter a of it on. */
static bool
put_word(struct view *w, const struct window *win, struct spill_span s,
    size_t a, bool last, uint8_t gap)
{
	size_t b = SPILL_MIN(a + s.len, win->len) - 1;
	struct view_word word = { s, win->from[SPILL_MIN(a, win->len - 1)],
		win->to[last ? win->len - 1 : b], gap, SPILL_CASE_UPPER };
	enum spill_token_case first = w->n->token[win->first].letters;

	if (first == SPILL_CASE_TITLE)
		word.letters = first;
	return view_word(w, &word);
}

static bool
put_guess(struct view *w, const struct window *win, const struct guess *g)
{
	const char *p = g->print->text.p, *end = p + g->print->text.len;
	size_t a = 0;
	uint8_t gap = w->n->token[win->first].gap;
	bool ok = true;

	while (ok && p < end) {
		const char *from = p;
		struct spill_token place = { .gap = gap };

		while (p < end && vocab_in_word(*p))
			p++;
		if (p > from) {
			ok = put_word(w, win,
			    (struct spill_span){ from, (size_t)(p - from) }, a,
			    p == end, gap);
			a += (size_t)(p - from);
			gap = 0;
		} else if (*p++ == ' ') {
			gap = 1;
		} else {
			place.from = place.to =
			    win->to[SPILL_MIN(a, win->len) - 1];
			ok = view_mark(w, p[-1], &place);
			gap = 0;
		}
	}
	w->to->edits += g->edits;
	return ok;
}

/* What of the window is behind the banner is no part of it. */
static void
narrow(const struct view *w, struct window *win, size_t end)
{
	win->end = win->first;
	win->len = 0;
	while (win->end < end && widen(win, w->n))
		;
}

bool
view_ocr(struct view *w)
{
	struct window win;
	bool any = false, ok = true;

	if (w->n->tokens > LINE_MOST || w->n->cut ||
	    w->n->upper + w->n->lower + w->n->digits > LINE_SIGNS)
		return false;
	for (size_t i = 0; ok && i < w->n->tokens;) {
		struct guess g = { 0 };

		if (w->n->token[i].kind == SPILL_TOKEN_WORD)
			g = guess_at(w, i, &win);
		if (g.print == NULL) {
			ok = view_copy(w, i++);
			continue;
		}
		narrow(w, &win, g.end);
		ok = put_guess(w, &win, &g);
		any = true;
		i = g.end;
	}
	w->to->repairs |= SPILL_REPAIR_OCR;
	return any;
}
