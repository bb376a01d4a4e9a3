/*
 * marker_case.c: a label that is a GUID alone has the name that another
 * document of the case has for it. From the first one on whose name is not
 * known yet, verdicts wait for the end, in a scratch file.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/scratch.h>

#include "marker_i.h"

#define LABELS 4096 /* names that are kept */
#define HOLD   ((size_t)4 << 20) /* bytes in memory */

/* --- names -------------------------------------------------------------- */

static struct label_name *
name_of(const struct marker *m, struct spill_span guid)
{
	for (size_t i = 0; i < m->nlabel; i++)
		if (spill_span_eq(m->label[i].guid, guid))
			return &m->label[i];
	return NULL;
}

static int
keep(struct marker *m, struct spill_span *to, struct spill_span v)
{
	to->p = spill_arena_dup(&m->names, v.p, v.len);
	to->len = v.len;
	return to->p != NULL ? SPILL_OK : SPILL_ENOMEM;
}

static int
keep_name(struct marker *m, struct label_name *l, const struct spill_row *r)
{
	int rc = keep(m, &l->name, spill_row_get(r, X_NAME));

	if (rc == SPILL_OK)
		rc = keep(m, &l->scheme, spill_row_get(r, X_SCHEME));
	if (rc == SPILL_OK)
		rc = keep(m, &l->level, spill_row_get(r, X_LEVEL));
	if (rc == SPILL_OK)
		rc = keep(m, &l->rank, spill_row_get(r, X_RANK));
	return rc;
}

/* Of two names for a GUID the one of the higher rank stays, then the greater
 * one, whichever came first; that there are two is told. */
static int
learn_again(struct marker *m, struct label_name *l, const struct spill_row *r)
{
	int c = spill_span_cmp(spill_row_get(r, X_RANK), l->rank);
	int d = spill_span_cmp(spill_row_get(r, X_NAME), l->name);

	l->differ |= d != 0;
	return c > 0 || (c == 0 && d > 0) ? keep_name(m, l, r) : SPILL_OK;
}

int
case_learn(struct marker *m, const struct spill_row *r)
{
	struct spill_span guid = spill_row_get(r, X_GUID);
	struct label_name *l;
	int rc;

	if (guid.len == 0 || !spill_row_has(r, X_NAME))
		return SPILL_OK;
	l = name_of(m, guid);
	if (l != NULL)
		return learn_again(m, l, r);
	if (m->nlabel >= LABELS) {
		m->unlearned = true;
		return SPILL_OK;
	}
	l = spill_grow(m->label, m->nlabel, &m->label_cap, sizeof(*l));
	if (l == NULL)
		return SPILL_ENOMEM;
	m->label = l;
	l += m->nlabel;
	*l = (struct label_name){ .differ = false };
	rc = keep(m, &l->guid, guid);
	if (rc == SPILL_OK)
		rc = keep_name(m, l, r);
	m->nlabel += rc == SPILL_OK;
	return rc;
}

static bool
is_unnamed(const struct spill_row *r)
{
	return spill_row_has(r, X_GUID) && !spill_row_has(r, X_NAME) &&
	       !spill_row_has(r, VD_RANK);
}

static void
resolve(struct marker *m, struct spill_row *r)
{
	const struct label_name *l = name_of(m, spill_row_get(r, X_GUID));

	if (l == NULL)
		return;
	spill_row_set(r, VD_SCHEME, l->scheme);
	spill_row_set(r, VD_LEVEL, l->level.len > 0 ? l->level : l->name);
	spill_row_set(r, VD_RANK, l->rank);
	if (l->rank.len > 0)
		spill_row_set(r, VD_CLASS, SPILL_SPAN("labelled"));
	spill_row_set(r, VD_FLAGS,
	    l->differ ? SPILL_SPAN("label-name-of-case;label-names-differ")
		      : SPILL_SPAN("label-name-of-case"));
	spill_row_set(r, VD_REASON,
	    SPILL_SPAN("a label without a name, which another document of the "
		       "case has"));
}

/* --- held rows ---------------------------------------------------------- */

static int
flush(struct marker *m)
{
	int rc = SPILL_OK;

	if (m->spool < 0)
		rc = spill_scratch_open(m->conf->pass.scratch, &m->spool);
	if (rc == SPILL_OK)
		rc = spill_scratch_write(
		    m->spool, m->hold.p, m->hold.len, m->spooled);
	m->spooled += m->hold.len;
	spill_buf_reset(&m->hold);
	return rc;
}

static int
hold(struct marker *m, const struct spill_row *r)
{
	size_t at, n;

	m->holding = true;
	at = m->hold.len;
	spill_buf_le(&m->hold, 0, 4);
	spill_buf_room(&m->hold, spill_pack_bound(r));
	if (m->hold.rc != SPILL_OK)
		return m->hold.rc;
	n = spill_pack(r, m->hold.p + m->hold.len);
	m->hold.len += n;
	for (unsigned i = 0; i < 4; i++)
		m->hold.p[at + i] = (char)(n >> (8 * i));
	return m->hold.len >= HOLD ? flush(m) : SPILL_OK;
}

/* All names of the case count, also those that are still to come. */
int
case_put(struct marker *m, struct spill_row *r)
{
	return m->holding || is_unnamed(r) ? hold(m, r) : marker_write(m, r);
}

/* --- the end ------------------------------------------------------------ */

static int
release_one(struct marker *m, struct spill_span rec)
{
	int rc = spill_unpack(rec, &m->row);

	if (rc == SPILL_OK && is_unnamed(&m->row))
		resolve(m, &m->row);
	return rc == SPILL_OK ? marker_write(m, &m->row) : rc;
}

/* The rows of a piece; *used: bytes of those that are whole. */
static int
release_some(struct marker *m, struct spill_span piece, size_t *used)
{
	int rc = SPILL_OK;

	*used = 0;
	while (rc == SPILL_OK && piece.len - *used >= 4) {
		const unsigned char *p = (const unsigned char *)piece.p + *used;
		size_t n = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 |
			   (size_t)p[3] << 24;

		if (n > piece.len - *used - 4)
			break;
		rc = release_one(
		    m, (struct spill_span){ piece.p + *used + 4, n });
		*used += 4 + n;
	}
	return rc;
}

/* A piece ends where it was flushed: between two rows, but a read may end
 * anywhere. */
static int
release_spool(struct marker *m)
{
	struct spill_buf b = SPILL_BUF_INIT(4 * HOLD);
	uint64_t at = 0;
	size_t used;
	int rc = SPILL_OK;

	spill_buf_room(&b, 2 * HOLD);
	if (b.rc != SPILL_OK)
		return b.rc;
	while (rc == SPILL_OK && at < m->spooled) {
		size_t n = (size_t)SPILL_MIN(m->spooled - at, 2 * HOLD);

		rc = spill_scratch_read(m->spool, b.p, n, at);
		if (rc == SPILL_OK)
			rc = release_some(
			    m, (struct spill_span){ b.p, n }, &used);
		if (rc == SPILL_OK && used == 0)
			rc = SPILL_EIO;
		at += used;
	}
	spill_buf_release(&b);
	return rc;
}

int
case_end(struct marker *m)
{
	const struct spill_error e = { .code = "limit",
		.detail =
		    "there are more names of labels than are kept: 4096" };
	size_t used;
	int rc = m->spool >= 0 ? release_spool(m) : SPILL_OK;

	if (m->unlearned)
		spill_tool_error(m->tool, &e);

	return rc == SPILL_OK && m->holding
		   ? release_some(m, spill_buf_as_span(&m->hold), &used)
		   : rc;
}

void
case_release(struct marker *m)
{
	if (m->spool >= 0)
		close(m->spool);
	free(m->label);
	spill_arena_release(&m->names);
	spill_buf_release(&m->hold);
}
