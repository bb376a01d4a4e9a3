/*
 * mark.c: a document, from its lines to its verdict.
 */
#include <stdlib.h>
#include <string.h>

#include "mark_i.h"

#define OPENING_BYTES ((size_t)128 << 10)
#define NAME_MOST     255 /* bytes of a file's name that are read */

static const struct spill_span titus = { "TLPropertyRoot=", 15 };

/* --- opening ------------------------------------------------------------ */

static int
prepare(struct spill_mark *m, const struct spill_mark_conf *conf)
{
	size_t n = conf != NULL ? conf->ntables : 0;
	int rc = spill_vocab_open(&m->v, n > 0 ? conf->tables : NULL, n);

	m->carry = SPILL_BUF_INIT(SPILL_TEXT_LINE);
	m->opening = SPILL_BUF_INIT(OPENING_BYTES);
	if (rc == SPILL_OK)
		rc = trigger_open(&m->trigger, m->v, n > 0);
	if (rc == SPILL_OK)
		rc = spill_judge_open(&m->judge, m->v);
	if (rc == SPILL_OK)
		rc = spill_labels_open(&m->labels, m->v);
	return rc == SPILL_OK ? mark_shape_open(m) : rc;
}

int
spill_mark_open(struct spill_mark **out, const struct spill_mark_conf *conf)
{
	struct spill_mark *m = calloc(1, sizeof(*m));
	int rc = m != NULL ? prepare(m, conf) : SPILL_ENOMEM;

	if (rc != SPILL_OK)
		spill_mark_free(&m);
	else
		*out = m;
	return rc;
}

void
spill_mark_free(struct spill_mark **m)
{
	if (*m == NULL)
		return;
	spill_labels_free(&(*m)->labels);
	spill_judge_free(&(*m)->judge);
	trigger_free(&(*m)->trigger);
	spill_vocab_free(&(*m)->v);
	spill_buf_release(&(*m)->carry);
	spill_buf_release(&(*m)->opening);
	free((*m)->portion);
	free(*m);
	*m = NULL;
}

struct spill_labels *
spill_mark_labels(struct spill_mark *m)
{
	return m->labels;
}

struct spill_judge *
spill_mark_judge(struct spill_mark *m)
{
	return m->judge;
}

/* --- a document --------------------------------------------------------- */

/* In names, marks stand for blanks: NATO_SECRET.docx. */
static int
read_name(struct spill_mark *m, struct spill_span name)
{
	char text[NAME_MOST];
	size_t n = SPILL_MIN(name.len, sizeof(text));

	for (size_t i = 0; i < n; i++)
		text[i] = strchr("_.+", name.p[i]) != NULL ? ' ' : name.p[i];
	spill_normal_line(&m->n, (struct spill_span){ text, n }, m->v);
	spill_grammar_line(m->v, &m->n, false, &m->parse);
	return m->parse.markings > 0 ? spill_judge_name(m->judge, &m->parse)
				     : SPILL_OK;
}

int
spill_mark_begin(struct spill_mark *m, const struct spill_judge_doc *d)
{
	mark_join_begin(m);
	mark_open_begin(m);
	m->page = 0;
	spill_buf_reset(&m->carry);
	spill_labels_begin(m->labels);
	spill_judge_begin(m->judge, d);
	return read_name(m, d->name);
}

/* --- properties --------------------------------------------------------- */

/* Those that people read. */
static bool
is_read(struct spill_span name)
{
	static const char *const names[] = { "subject", "title", "keywords",
		"category", "description", "contentstatus", "comment",
		"comments", "doccomm", "thread-topic", "xpsubject", "xptitle",
		"xpkeywords", "xpcomment", "usercomment", "imagedescription" };

	for (size_t i = 0; i < SPILL_COUNT(names); i++)
		if (strlen(names[i]) == name.len &&
		    strncasecmp(names[i], name.p, name.len) == 0)
			return true;
	return false;
}

static struct spill_span
property_name(struct spill_span part)
{
	const char *p = part.len > 0 ? memrchr(part.p, '#', part.len) : NULL;

	if (p == NULL)
		return part;
	return (
	    struct spill_span){ p + 1, part.len - (size_t)(p + 1 - part.p) };
}

/* A subject may begin with its marking, and with nothing else of one. */
static void
promote(struct spill_parse *p)
{
	struct spill_marking *k = &p->marking[0];

	if (p->markings > 0 && k->flags & SPILL_MARKING_LEADS &&
	    strchr(k->scheme, '|') == NULL &&
	    (k->form == SPILL_FORM_INLINE || k->form == SPILL_FORM_PORTION))
		k->form = SPILL_FORM_SUBJECT;
}

static int
take_property(struct spill_mark *m, const struct spill_line *l)
{
	struct spill_span name = property_name(l->part);
	int rc = spill_labels_property(m->labels, l->part, name, l->text);
	const struct spill_seen seen = { l, &m->parse };

	if (rc != SPILL_OK || !is_read(name))
		return rc;
	spill_normal_line(&m->n, l->text, m->v);
	spill_grammar_line(m->v, &m->n, false, &m->parse);
	if (spill_span_eq(name, SPILL_SPAN("Subject")))
		promote(&m->parse);
	if (m->parse.markings == 0 && m->parse.signals == 0)
		return rc;
	return spill_judge_line(m->judge, &seen);
}

/* --- lines -------------------------------------------------------------- */

static bool
starts_with(struct spill_span s, struct spill_span with)
{
	return s.len >= with.len && memcmp(s.p, with.p, with.len) == 0;
}

int
mark_take(struct spill_mark *m, const struct spill_line *l,
    const struct trigger_hit *hit, size_t hits)
{
	enum mark_shape shape = mark_shape(m, l->text);
	int rc;

	if (starts_with(l->text, titus)) {
		rc = spill_labels_property(
		    m->labels, l->part, SPILL_SPAN("TLPropertyRoot"), l->text);
		if (rc != SPILL_OK)
			return rc;
	}
	if (!m->opened) {
		if (mark_open_take(m, l, shape, hits > 0))
			return SPILL_OK;
		rc = mark_open_end(m);
		if (rc != SPILL_OK)
			return rc;
	}
	if (hits == 0 && shape == MARK_PLAIN && !mark_hyphened(m))
		return mark_skip(m, 1, l->page);
	mark_parse(m, l->text, shape, hit, hits, &m->parse);
	return mark_hold(m, l, shape, &m->parse);
}

int
spill_mark_line(struct spill_mark *m, const struct spill_line *l)
{
	const struct trigger_hit *hit;
	size_t hits;
	int rc;

	if (l->role == SPILL_ROLE_PROPERTY)
		return take_property(m, l);
	rc = trigger_scan(m->trigger, l->text, &hit, &hits);
	return rc == SPILL_OK ? mark_take(m, l, hit, hits) : rc;
}

int
spill_mark_bytes(
    struct spill_mark *m, struct spill_src *s, struct spill_span head)
{
	return spill_labels_bytes(m->labels, s, head);
}

/* --- the end ------------------------------------------------------------ */

static int
judge_label(void *ctx, const struct spill_label *l)
{
	return spill_judge_label(ctx, l);
}

int
spill_mark_end(struct spill_mark *m, struct spill_verdict *v)
{
	const struct spill_label_sink sink = { judge_label, m->judge };
	int rc = SPILL_OK;

	while (rc == SPILL_OK && m->carry.len > 0)
		rc = mark_text_end(m);
	if (rc == SPILL_OK && !m->opened)
		rc = mark_open_end(m);
	if (rc == SPILL_OK)
		rc = mark_flush(m);
	if (rc == SPILL_OK)
		rc = spill_labels_end(m->labels, &sink);
	return rc == SPILL_OK ? spill_judge_end(m->judge, v) : rc;
}
