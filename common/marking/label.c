/*
 * label.c: what is gathered of one document: each label once, in the order in
 * which they came.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "label_i.h"

#define ARENA ((size_t)32 << 20)

const char *const spill_label_names[SPILL_LABEL_FAMILIES] = {
	[SPILL_LABEL_STANAG4774] = "stanag4774",
	[SPILL_LABEL_ESS] = "ess",
	[SPILL_LABEL_SIO] = "sio",
	[SPILL_LABEL_XPM] = "xpm",
	[SPILL_LABEL_MIP] = "mip",
	[SPILL_LABEL_TITUS] = "titus",
	[SPILL_LABEL_BOLDON] = "boldon",
	[SPILL_LABEL_TSCP] = "tscp",
	[SPILL_LABEL_ISM] = "ism",
	[SPILL_LABEL_NITF] = "nitf",
	[SPILL_LABEL_TLP] = "tlp",
	[SPILL_LABEL_XMPP] = "xmpp",
	[SPILL_LABEL_PROPERTY] = "property",
	[SPILL_LABEL_MMHS] = "mmhs",
	[SPILL_LABEL_TDF] = "tdf",
};

static void
number(struct spill_labels *l)
{
	uint64_t n;

	for (size_t i = 0; l->v != NULL && i < spill_vocab_count(l->v); i++) {
		const struct spill_term *t = spill_vocab_term(l->v, i);

		if (spill_span_uint(t->lacv, &n) && n < LABEL_NUMBERS &&
		    spill_span_eq(t->scheme, SPILL_SPAN("NATO")))
			l->numbered[n] = t;
	}
}

int
spill_labels_open(struct spill_labels **l, const struct spill_vocab *v)
{
	struct spill_labels *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return SPILL_ENOMEM;
	x->v = v;
	number(x);
	spill_labels_begin(x);
	*l = x;
	return SPILL_OK;
}

void
spill_labels_free(struct spill_labels **l)
{
	if (*l == NULL)
		return;
	spill_arena_release(&(*l)->arena);
	spill_buf_release(&(*l)->sisl);
	free((*l)->mip);
	free(*l);
	*l = NULL;
}

void
spill_labels_begin(struct spill_labels *l)
{
	if (l->n > 0)
		memset(l->slot, 0, sizeof(l->slot));
	memset(l->raw, 0, sizeof(l->raw));
	spill_arena_release(&l->arena);
	l->arena = SPILL_ARENA_INIT(ARENA);
	spill_buf_reset(&l->sisl);
	l->sisl.max = (size_t)1 << 20;
	l->n = l->nmip = 0;
	l->xml = (struct label_xml){ 0 };
	l->dive = 0;
	l->rc = SPILL_OK;
}

struct spill_label
label_new(enum spill_label_family family, struct spill_span part)
{
	return (struct spill_label){ .family = family,
		.part = part,
		.marking = {
		    .form = SPILL_FORM_FIELD, .rank = -1, .rank_max = -1 } };
}

/* --- each once ---------------------------------------------------------- */

static uint64_t
mixed(uint64_t seed, const char *s)
{
	return spill_mix(s, strlen(s) + 1, seed);
}

/* Of what makes two labels one; not where they stand. */
static uint64_t
mix_of(const struct spill_label *x)
{
	const struct spill_marking *m = &x->marking;
	const int numbers[3] = { (int)x->family, (int)x->flags, m->rank };
	uint64_t h = spill_mix(numbers, sizeof(numbers), 0);

	h = mixed(h, m->scheme);
	h = mixed(h, m->level);
	h = mixed(h, m->categories);
	h = mixed(h, m->release);
	h = mixed(h, m->context);
	h = mixed(h, m->admin);
	h = mixed(h, x->guid);
	h = mixed(h, x->tenant);
	return mixed(h, x->name);
}

bool
label_seen(struct spill_labels *l, const struct spill_label *x)
{
	uint64_t mix = mix_of(x), *at = &l->raw[mix % SPILL_COUNT(l->raw)];
	bool seen = *at == mix;

	*at = mix;
	return seen;
}

/* Its place in the table; *slot is that of a free one if it is not there. */
static bool
there(struct spill_labels *l, uint64_t mix, uint16_t **slot)
{
	size_t i = mix % SPILL_COUNT(l->slot);

	while (l->slot[i] != 0) {
		if (l->mix[l->slot[i] - 1] == mix)
			return true;
		i = (i + 1) % SPILL_COUNT(l->slot);
	}
	*slot = &l->slot[i];
	return false;
}

/* There are too many: none but a higher one takes the place of the last. */
static int
replace(struct spill_labels *l, const struct spill_label *x)
{
	struct spill_label *last = l->label[l->n - 1];
	struct spill_span part = last->part;

	if (x->marking.rank > last->marking.rank) {
		*last = *x;
		last->part = part;
	}
	return l->rc;
}

int
label_add(struct spill_labels *l, const struct spill_label *x)
{
	uint64_t mix = mix_of(x);
	struct spill_label *copy;
	uint16_t *slot;

	if (l->rc != SPILL_OK || there(l, mix, &slot))
		return l->rc;
	if (l->n == LABEL_MOST)
		return replace(l, x);
	copy = spill_arena_alloc(&l->arena, sizeof(*copy));
	if (copy == NULL)
		return l->rc = SPILL_ENOMEM;
	*copy = *x;
	if (x->part.len > 0)
		copy->part.p =
		    spill_arena_dup(&l->arena, x->part.p, x->part.len);
	else
		copy->part.p = "";
	if (copy->part.p == NULL)
		return l->rc = SPILL_ENOMEM;
	l->label[l->n] = copy;
	l->mix[l->n++] = mix;
	*slot = (uint16_t)l->n;
	return SPILL_OK;
}

/* --- labels within values ----------------------------------------------- */

struct diver {
	struct spill_labels *l;
	struct spill_span part;
};

static int
on_line(void *ctx, const struct spill_line *line)
{
	(void)ctx;
	(void)line;
	return SPILL_OK;
}

static int
on_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	(void)ctx;
	(void)code;
	(void)offset;
	(void)length;
	(void)detail;
	return SPILL_OK;
}

static int
on_element(void *ctx, const struct spill_element *e, bool opens)
{
	const struct diver *d = ctx;
	struct spill_element mine = *e;

	mine.part = d->part;
	return spill_labels_element(d->l, &mine, opens);
}

static int
dive_xml(struct spill_labels *l, struct spill_span part, struct spill_span text)
{
	struct diver d = { l, part };
	const struct spill_doctext_conf conf = { 0 };
	const struct spill_doctext_sink sink = { .line = on_line,
		.flaw = on_flaw,
		.ctx = &d,
		.element = on_element };
	struct spill_src src = spill_src_of(text);

	return spill_doctext_xml()->run(&src, &conf, &sink);
}

int
label_dive(
    struct spill_labels *l, struct spill_span part, struct spill_span text)
{
	struct label_xml outer = l->xml;
	int rc = SPILL_OK;

	text = label_trim(text);
	if (l->dive >= LABEL_DIVE || text.len < 2)
		return l->rc;
	l->dive++;
	l->xml = (struct label_xml){ 0 };
	if (text.p[0] == '<')
		rc = dive_xml(l, part, text);
	else if (text.p[0] == '{' || text.p[0] == '[')
		rc = label_json(l, part, text);
	l->xml = outer;
	l->dive--;
	return rc == SPILL_ENOMEM ? (l->rc = rc) : l->rc;
}

/* --- the end ------------------------------------------------------------ */

int
spill_labels_end(struct spill_labels *l, const struct spill_label_sink *s)
{
	int rc = label_sisl_end(l);

	if (rc == SPILL_OK)
		rc = label_mip_end(l);
	for (size_t i = 0; i < l->n && rc == SPILL_OK; i++)
		rc = s->label(s->ctx, l->label[i]);
	return rc;
}
