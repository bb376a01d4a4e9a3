/*
 * grammar_fuzz.c: a line of any bytes: what the grammar finds lies within the
 * line, its lists are in order and its words end. The same for what it says
 * besides.
 */
#include <spill/grammar.h>

#include "fuzz.h"

static void
place(uint32_t from, uint32_t to, size_t size)
{
	must(from <= to && to <= size);
}

static void
list(const char *s, size_t size)
{
	const char *last = NULL;
	size_t len = 0;

	must(memchr(s, '\0', size) != NULL);
	while (*s != '\0') {
		const char *end = strchr(s, ';');
		size_t n = end == NULL ? strlen(s) : (size_t)(end - s);

		must(n > 0);
		must(last == NULL ||
		     spill_span_cmp((struct spill_span){ last, len },
			 (struct spill_span){ s, n }) < 0);
		last = s;
		len = n;
		s += n + (end != NULL);
	}
}

static void
marking(const struct spill_marking *m, size_t size)
{
	must(m->form <= SPILL_FORM_CODE);
	must(m->rank >= -1 && m->rank <= m->rank_max && m->rank_max <= 5);
	must(m->from < m->to && m->to <= size);
	must(memchr(m->scheme, '\0', sizeof(m->scheme)) != NULL);
	must(m->scheme[0] != '\0');
	must(memchr(m->level, '\0', sizeof(m->level)) != NULL);
	must(memchr(m->context, '\0', sizeof(m->context)) != NULL);
	must(memchr(m->admin, '\0', sizeof(m->admin)) != NULL);
	list(m->categories, sizeof(m->categories));
	list(m->release, sizeof(m->release));
	place(m->ref_from, m->ref_to, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spill_vocab *v;
	static struct spill_normal n;
	static struct spill_parse p;
	struct spill_marking m;
	struct spill_span line = { (const char *)data, size };

	if (v == NULL)
		must(spill_vocab_open(&v, NULL, 0) == SPILL_OK);
	spill_normal_line(&n, line, v);
	spill_grammar_line(v, &n, true, &p);
	must(p.markings <= SPILL_PARSE_MARKINGS);
	for (size_t i = 0; i < p.markings; i++)
		marking(&p.marking[i], size);
	place(p.copy_from, p.copy_to, size);
	place(p.ref_from, p.ref_to, size);
	place(p.orig_from, p.orig_to, size);
	place(p.date_from, p.date_to, size);
	if (spill_grammar_value(v, line, &m))
		marking(&m, size);
	return 0;
}
