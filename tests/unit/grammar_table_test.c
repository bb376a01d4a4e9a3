/*
 * grammar_table_test.c: each spelling of the table in its place, the lists of
 * valid banners that others made, and what hostile lines cost.
 */
#include "grammar_make.h"
#include "unpack_util.h"

#include <stdio.h>
#include <time.h>

static bool
in_list(const char *list, struct spill_span what, char sep)
{
	while (*list != '\0') {
		const char *end = strchr(list, sep);
		size_t n = end == NULL ? strlen(list) : (size_t)(end - list);

		if (n == what.len && memcmp(list, what.p, n) == 0)
			return true;
		list += n + (end != NULL);
	}
	return false;
}

/* The row, as the grammar read it, or another that is spelled the same. */
static bool
is_row(const struct spill_marking *m, const struct spill_term *t)
{
	return in_list(m->scheme, t->scheme, '|') && m->rank <= t->rank &&
	       t->rank <= m->rank_max;
}

static void
show(const struct spill_term *t)
{
	print_message("%.*s: %.*s\n", (int)t->scheme.len, t->scheme.p,
	    (int)t->variant.len, t->variant.p);
}

/* One letter says nothing by itself, nor does a number before others. */
static bool
letter(const struct spill_term *t)
{
	return t->kind == SPILL_TERM_ABBREV &&
	       (t->variant.len == 1 || t->variant.p[0] == '0');
}

static void
levels(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < spill_vocab_count(vocab); i++) {
		const struct spill_term *t = spill_vocab_term(vocab, i);
		const struct spill_parse *p;

		if (t->rank < 0 || t->role != SPILL_TERM_ROLE_NONE ||
		    t->flags & SPILL_TERM_PREFIX || letter(t) ||
		    (t->kind != SPILL_TERM_BANNER &&
			t->kind != SPILL_TERM_ABBREV &&
			t->kind != SPILL_TERM_PORTION))
			continue;
		p = read_span(t->variant);
		if (p->markings != 1 || !is_row(&p->marking[0], t))
			show(t);
		assert_int_equal(p->markings, 1);
		assert_true(is_row(&p->marking[0], t));
		assert_true(p->marking[0].form <= SPILL_FORM_PORTION);
		n++;
	}
	assert_true(n > 1000);
}

/* A caveat that is an everyday word, or a letter or two, behind a level. */
static struct spill_span
behind(const struct spill_term *t, char *line, size_t size)
{
	static const struct {
		const char *scheme, *before;
	} with[] = { { "US", "SECRET//" }, { "US-CUI", "CUI//" },
		{ "NATO", "NATO UNCLASSIFIED - " }, { "UK", "SECRET - " },
		{ "AU", "SECRET//" }, { "NZ", "SECRET - " },
		{ "CA", "SECRET//" }, { "EU", "SECRET UE/EU SECRET - " },
		{ "ACP", "SECRET - " }, { "PT", "SECRETO - " },
		{ "DE", "GEHEIM - " }, { "ES", "SECRETO - " },
		{ "FR", "SECRET - " }, { "IT", "SEGRETO - " },
		{ "TR", "ÇOK GİZLİ - " } };

	for (size_t i = 0; i < SPILL_COUNT(with); i++)
		if (spill_span_eq(t->scheme, spill_span(with[i].scheme))) {
			int n = snprintf(line, size, "%s%.*s", with[i].before,
			    (int)t->variant.len, t->variant.p);

			return span_of(line, (size_t)n);
		}
	return t->variant;
}

static void
caveats(void **state)
{
	char line[256];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < spill_vocab_count(vocab); i++) {
		const struct spill_term *t = spill_vocab_term(vocab, i);
		const struct spill_marking *m = &parsed.marking[0];

		if ((t->rank >= 0 && t->category.len == 0) ||
		    t->flags & SPILL_TERM_PREFIX || t->set.len > 0 ||
		    (t->role != SPILL_TERM_ROLE_NONE &&
			t->role != SPILL_TERM_ROLE_HANDLING &&
			t->role != SPILL_TERM_ROLE_DESCRIPTOR) ||
		    t->spec != SPILL_SPEC_CAVEAT ||
		    spill_span_eq(t->scheme, SPILL_SPAN("ANY")) ||
		    spill_span_eq(t->canonical, SPILL_SPAN("REL TO")))
			continue;
		read_span(t->variant);
		if (parsed.markings == 0)
			read_span(behind(t, line, sizeof(line)));
		if (parsed.markings != 1 || m->flags & SPILL_MARKING_TAIL ||
		    (m->categories[0] == '\0' && m->admin[0] == '\0'))
			show(t);
		assert_int_equal(parsed.markings, 1);
		assert_true(m->form <= SPILL_FORM_FIELD);
		assert_false(m->flags & SPILL_MARKING_TAIL);
		n++;
	}
	assert_true(n > 400);
}

/* What a row does in a document, where it stands alone. */
static void
roles(void **state)
{
	static const unsigned signal[] = {
		[SPILL_TERM_ROLE_DECLASS] = SPILL_SIGNAL_DECLASS,
		[SPILL_TERM_ROLE_REGISTRY] = SPILL_SIGNAL_REGISTRY,
		[SPILL_TERM_ROLE_ORIGINATOR] = SPILL_SIGNAL_ORIGINATOR,
		[SPILL_TERM_ROLE_CAB] = SPILL_SIGNAL_CAB,
		[SPILL_TERM_ROLE_CONDITIONAL] = SPILL_SIGNAL_CONDITIONAL,
		[SPILL_TERM_ROLE_EXERCISE] = SPILL_SIGNAL_EXERCISE,
	};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < spill_vocab_count(vocab); i++) {
		const struct spill_term *t = spill_vocab_term(vocab, i);

		if (t->role >= SPILL_COUNT(signal) || signal[t->role] == 0 ||
		    t->kind == SPILL_TERM_LABEL || t->variant.len < 4)
			continue;
		read_span(t->variant);
		if (!(parsed.signals & signal[t->role]))
			show(t);
		assert_true(parsed.signals & signal[t->role]);
		n++;
	}
	assert_true(n > 300);
}

/* Lists that codice/alliance tests its own with: "banner|what it is". */
static void
banners(const char *name, const char *scheme)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	const char *p, *end;
	size_t n = 0;

	if (!unpack_shared(name, &b)) {
		print_message("%s is not there: skipped\n", name);
		return;
	}
	end = b.p + b.len;
	for (p = b.p; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p)),
			   *bar = memchr(p, '|', (size_t)(end - p)),
			   *stop = nl == NULL ? end : nl;

		if (*p != '#' && bar != NULL && bar < stop) {
			print_message("%.*s\n", (int)(bar - p), p);
			read_span(span_of(p, (size_t)(bar - p)));
			assert_int_equal(parsed.markings, 1);
			assert_int_equal(
			    parsed.marking[0].form, SPILL_FORM_LINE);
			assert_int_equal(parsed.marking[0].to, bar - p);
			assert_true(in_list(parsed.marking[0].scheme,
					spill_span(scheme), '|') ||
				    in_list(parsed.marking[0].scheme,
					SPILL_SPAN("NATO"), '|'));
			n++;
		}
		p = stop + 1;
	}
	assert_true(n > 10);
	spill_buf_release(&b);
}

static void
lists_of_others(void **state)
{
	(void)state;
	banners("markings/alliance/valid-us-banners.txt", "US");
	banners("markings/alliance/valid-fgi-banners.txt", "US");
}

static double
cost(const char *unit, size_t bytes, size_t times)
{
	static char line[SPILL_NORMAL_LINE];
	size_t n = strlen(unit);
	struct timespec a, b;

	for (size_t i = 0; i < bytes; i++)
		line[i] = unit[i % n];
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	for (size_t i = 0; i < times; i++)
		read_span(span_of(line, bytes));
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	return (double)(b.tv_sec - a.tv_sec) * 1e3 +
	       (double)(b.tv_nsec - a.tv_nsec) / 1e6;
}

/* Twelve times the bytes cost about twelve times as much, whatever they are. */
static void
hostile_lines(void **state)
{
	static const char *const units[] = { "NATO ", "(S//", "S E C R E T ",
		"SECRET//", "SECRET, ", "USA, ", "NATO SECRET, USA, ", "[ ] ",
		"// ", "AC/35-", "REL TO ", "1.a.", "COPY No. ", "SI-G ABCD ",
		"VS-NUR FUR DEN ", "CLASSIFICATION: ", "- ", "N A T O " };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(units); i++) {
		double small = cost(units[i], 100, 2400),
		       large = cost(units[i], 1200, 200);

		print_message("%s: %.1f %.1f ms\n", units[i], small, large);
		assert_true(large < 3 * small + 20);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
		cmocka_unit_test(caveats),
		cmocka_unit_test(roles),
		cmocka_unit_test(lists_of_others),
		cmocka_unit_test(hostile_lines),
	};

	return cmocka_run_group_tests(tests, open_vocab, close_vocab);
}
