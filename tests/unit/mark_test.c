/*
 * mark_test.c: which lines of a document the grammar sees, lines that belong
 * together, plain text in pieces.
 */
#include <spill/mark.h>

#include "util.h"

static struct spill_mark *m;
static struct spill_judge *j;
static struct spill_verdict verdict;

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(spill_mark_open(&m, NULL), SPILL_OK);
	j = spill_mark_judge(m);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	spill_mark_free(&m);
	return 0;
}

/* --- documents ---------------------------------------------------------- */

static void
begin(const char *name)
{
	const struct spill_judge_doc d = { .name = spill_span(name) };

	assert_int_equal(spill_mark_begin(m, &d), SPILL_OK);
}

static void
end(void)
{
	assert_int_equal(spill_mark_end(m, &verdict), SPILL_OK);
}

/* As plain text, in pieces of so many bytes. */
static void
text(const char *s, size_t piece)
{
	size_t len = strlen(s);

	begin("a.txt");
	for (size_t i = 0; i < len; i += piece)
		assert_int_equal(
		    spill_mark_text(m,
			(struct spill_span){ s + i, SPILL_MIN(piece, len - i) },
			i),
		    SPILL_OK);
	end();
}

static void
line(enum spill_role role, const char *part, const char *s)
{
	const struct spill_line l = { .text = spill_span(s),
		.part = spill_span(part),
		.role = role,
		.offset = UINT64_MAX };

	assert_int_equal(spill_mark_line(m, &l), SPILL_OK);
}

/* The hit of this level; NULL: there is none. */
static const struct spill_hit *
hit(const char *level)
{
	for (size_t i = 0; i < spill_judge_hits(j); i++)
		if (strcmp(spill_judge_hit(j, i)->m.level, level) == 0)
			return spill_judge_hit(j, i);
	return NULL;
}

#define WHOLE ((size_t)64 << 10)

/* --- plain text --------------------------------------------------------- */

static void
places_are_bytes(void **state)
{
	static const char s[] = "Some words before it.\n"
				"\n"
				"  - NATO SECRET -\r\n"
				"More words. It was marked NATO RESTRICTED, "
				"they said.\n"
				"CONFIDENTIEL UE/EU CONFIDENTIAL";
	static const char *const levels[] = { "NATO SECRET", "NATO RESTRICTED",
		"CONFIDENTIEL UE/EU CONFIDENTIAL" };
	size_t n;

	(void)state;
	text(s, WHOLE);
	n = spill_judge_hits(j);
	assert_int_equal(n, 3);
	/* However it is cut. */
	for (size_t piece = 1; piece < sizeof(s); piece++) {
		text(s, piece);
		assert_int_equal(spill_judge_hits(j), n);
		for (size_t i = 0; i < n; i++) {
			const struct spill_hit *h = hit(levels[i]);

			assert_non_null(h);
			assert_int_equal(h->offset, strstr(s, levels[i]) - s);
		}
		assert_int_equal(hit("NATO SECRET")->m.form, SPILL_FORM_LINE);
		assert_int_equal(
		    hit("NATO RESTRICTED")->m.form, SPILL_FORM_INLINE);
	}
}

static char big[3 << 20];

/* Words that say nothing, up to the byte. */
static void
prose(size_t len)
{
	static const char words[] = "the canteen is open until three again ";

	for (size_t i = 0; i < len; i++)
		big[i] = words[i % (sizeof(words) - 1)];
	big[len] = '\0';
}

static void
lines_without_end(void **state)
{
	static const size_t places[] = { 0, 100, 2000, 65500, 65530, 65536,
		131000, 200000, 262124 };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(places); i++) {
		const struct spill_hit *h;

		prose(262144);
		memcpy(big + places[i], " NATO SECRET. ", 14);
		text(big, 10000);
		h = hit("NATO SECRET");
		assert_non_null(h);
		assert_int_equal(h->offset, places[i] + 1);
		assert_int_equal(h->m.form, SPILL_FORM_INLINE);
		assert_true(verdict.class >= SPILL_CLASS_MENTION);
	}
}

static void
a_form_feed_turns_the_page(void **state)
{
	(void)state;
	text("NATO SECRET\nsome words\fCOSMIC TOP SECRET\n\fother words\n"
	     "NATO RESTRICTED\n",
	    WHOLE);
	assert_int_equal(hit("NATO SECRET")->page, 1);
	assert_int_equal(hit("COSMIC TOP SECRET")->page, 2);
	assert_int_equal(hit("NATO RESTRICTED")->page, 3);
}

static void
nothing_at_all(void **state)
{
	(void)state;
	text("", WHOLE);
	assert_int_equal(verdict.class, SPILL_CLASS_NONE);
	prose(1 << 20);
	for (size_t i = 60; i < 1 << 20; i += 60)
		big[i] = '\n';
	text(big, WHOLE);
	assert_int_equal(verdict.class, SPILL_CLASS_NONE);
	assert_int_equal(spill_judge_hits(j), 0);
}

/* --- which lines -------------------------------------------------------- */

static void
lines_that_call(void **state)
{
	static const struct {
		const char *line, *level;
	} cases[] = {
		{ "SECRET", "SECRET" },
		{ "Secret", "SECRET" },
		{ "  2.  Confidential", "CONFIDENTIAL" },
		{ "Classification: Secret", "SECRET" },
		{ "S E C R E T", "SECRET" },
		{ "(S//NF) The text of a paragraph.", "SECRET" },
		{ "1B.a.3. (S//NF) The text of a paragraph.", "SECRET" },
		{ "\xe2\x80\xa2 (NS) The text of a paragraph.", "NATO SECRET" },
		{ "It was nato secret, he said.", "NATO SECRET" },
		{ "It was N\xe2\x80\x8b"
		  "ATO SECRET, he said.",
		    "NATO SECRET" },
		{ "\xef\xbc\xae\xef\xbc\xa1\xef\xbc\xb4\xef\xbc\xaf "
		  "\xef\xbc\xb3\xef\xbc\xa5\xef\xbc\xa3\xef\xbc\xb2\xef\xbc\xa5"
		  "\xef\xbc\xb4",
		    "NATO SECRET" },
		{ "\xe2\x80\xaeTERCES OTAN", "NATO SECRET" },
		{ "NATOSECRET", "NATO SECRET" },
		{ "NAT0 SECR ET", "NATO SECRET" },
		{ "Streng geheim", "STRENG GEHEIM" },
		{ "Совершенно секретно", "СОВЕРШЕННО СЕКРЕТНО" },
		{ "VS - Nur f\xc3\xbcr den Dienstgebrauch",
		    "VS-NUR FÜR DEN DIENSTGEBRAUCH" },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		text(cases[i].line, WHOLE);
		if (hit(cases[i].level) == NULL)
			print_message("%s: %zu hits\n", cases[i].line,
			    spill_judge_hits(j));
		assert_non_null(hit(cases[i].level));
	}
}

static void
lines_that_do_not(void **state)
{
	static const char *const lines[] = {
		"It is no secret that the confidential report is restricted.",
		"client_SECRET = value", "the coordinators of the signatory",
		"(c) 2024 Example Ltd", "(A) first of all", "Secretary General",
		"const char *SECRET_KEY;"
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(lines); i++) {
		text(lines[i], WHOLE);
		assert_int_equal(spill_judge_hits(j), 0);
		assert_int_equal(verdict.class, SPILL_CLASS_NONE);
	}
}

/* --- lines that belong together ----------------------------------------- */

static const struct spill_hit *
joined(const char *s, const char *level)
{
	const struct spill_hit *h;

	text(s, WHOLE);
	h = hit(level);
	if (h == NULL)
		print_message("%s\n", s);
	assert_non_null(h);
	assert_true(h->repairs & SPILL_REPAIR_JOINED);
	assert_int_equal(spill_judge_hits(j), 1);
	return h;
}

static void
headings_over_lines(void **state)
{
	(void)state;
	assert_int_equal(
	    joined("A word.\n\n   NATO\n  SECRET\nA word.\n", "NATO SECRET")
		->offset,
	    12);
	joined("COSMIC\r\nTOP SECRET\r\n", "COSMIC TOP SECRET");
	joined("COSMIC\nTOP\nSECRET", "COSMIC TOP SECRET");
	joined("VS - NUR FÜR DEN\nDIENSTGEBRAUCH\n",
	    "VS-NUR FÜR DEN DIENSTGEBRAUCH");
	assert_string_equal(
	    joined("NATO\nSECRET\nATOMAL\n", "NATO SECRET")->m.categories,
	    "ATOMAL");
}

static void
headings_that_are_two(void **state)
{
	(void)state;
	text("NATO SECRET\nNATO SECRET\n", WHOLE);
	assert_int_equal(spill_judge_hits(j), 2);
	assert_int_equal(hit("NATO SECRET")->repairs, 0);
	text("NATO\nsome words between\nSECRET\n", WHOLE);
	assert_null(hit("NATO SECRET"));
	text("NATO\n\fSECRET\n", WHOLE);
	assert_null(hit("NATO SECRET"));
	/* Not of another part either. */
	begin("a.docx");
	line(SPILL_ROLE_HEADER, "header1.xml", "NATO");
	line(SPILL_ROLE_BODY, "document.xml", "SECRET");
	end();
	assert_null(hit("NATO SECRET"));
	begin("a.docx");
	line(SPILL_ROLE_HEADER, "header1.xml", "NATO");
	line(SPILL_ROLE_HEADER, "header1.xml", "SECRET");
	end();
	assert_non_null(hit("NATO SECRET"));
}

static void
words_over_lines(void **state)
{
	const struct spill_hit *h;

	(void)state;
	h = joined("It is marked NATO CONFI-\nDENTIAL, of course.\n",
	    "NATO CONFIDENTIAL");
	assert_int_equal(h->offset, 13);
	assert_true(spill_span_eq(h->text, SPILL_SPAN("NATO CONFI-\nDENTIAL")));
	joined("NATO RE-\nSTRICTED\n", "NATO RESTRICTED");
}

/* --- properties and names ----------------------------------------------- */

static void
properties_that_people_read(void **state)
{
	(void)state;
	begin("a.eml");
	line(SPILL_ROLE_PROPERTY, "Subject", "Plans [NATO SECRET]");
	line(SPILL_ROLE_PROPERTY, "docProps/core.xml#title", "NATO RESTRICTED");
	line(SPILL_ROLE_PROPERTY, "Received", "COSMIC TOP SECRET");
	end();
	assert_non_null(hit("NATO SECRET"));
	assert_non_null(hit("NATO RESTRICTED"));
	assert_null(hit("COSMIC TOP SECRET"));
}

static void
names_of_files(void **state)
{
	(void)state;
	begin("2019_NATO_SECRET_annex.v2.docx");
	end();
	assert_non_null(hit("NATO SECRET"));
	assert_int_equal(verdict.class, SPILL_CLASS_MENTION);
	begin("secretary.docx");
	end();
	assert_int_equal(spill_judge_hits(j), 0);
}

/* --- others ------------------------------------------------------------- */

/* A letterhead counts where a marking is near it, and is nothing alone. */
static void
the_letterhead_is_read(void **state)
{
	static const char letter[] = "Cablegram 279 CANBERRA, 6 August 1947\n\n"
				     "%s\n\nThe text of a telegram.\n";
	char s[200];

	(void)state;
	snprintf(s, sizeof(s), letter, "SECRET PRIORITY");
	text(s, WHOLE);
	assert_int_equal(verdict.class, SPILL_CLASS_MARKED);
	snprintf(s, sizeof(s), letter, "Some other words");
	text(s, WHOLE);
	assert_int_equal(verdict.class, SPILL_CLASS_NONE);
}

static void
tables_of_users_call(void **state)
{
	static const char csv[] =
	    "scheme,level_rank,canonical,variant,lang,kind,notes\n"
	    "LAB,3,QUOKKA PRIVATE,QUOKKA PRIVATE,en,banner,spec=self;conf=P\n";
	const struct spill_vocab_table t = { SPILL_SPAN(csv), "lab.csv" };
	const struct spill_mark_conf conf = { &t, 1 };
	/* Hits of several automata, in the order of their places. */
	static const char s[] =
	    "It says: quokka private, or so. And NA\xe2\x80\x8bTO RESTRICTED "
	    "is what it says elsewhere, quokka private, or NATO SECRET.";

	(void)state;
	spill_mark_free(&m);
	assert_int_equal(spill_mark_open(&m, &conf), SPILL_OK);
	j = spill_mark_judge(m);
	text(s, WHOLE);
	assert_non_null(hit("QUOKKA PRIVATE"));
	assert_non_null(hit("NATO SECRET"));
	assert_non_null(hit("NATO RESTRICTED"));
	prose(200000);
	memcpy(big + 150000, " NA\xe2\x80\x8bTO RESTRICTED ", 19);
	memcpy(big + 10000, " quokka private ", 16);
	memcpy(big + 100000, " NATO SECRET ", 13);
	text(big, WHOLE);
	assert_int_equal(hit("QUOKKA PRIVATE")->offset, 10001);
	assert_int_equal(hit("NATO SECRET")->offset, 100001);
	assert_int_equal(hit("NATO RESTRICTED")->offset, 150001);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(places_are_bytes),
		TEST(lines_without_end),
		TEST(a_form_feed_turns_the_page),
		TEST(nothing_at_all),
		TEST(lines_that_call),
		TEST(lines_that_do_not),
		TEST(headings_over_lines),
		TEST(headings_that_are_two),
		TEST(words_over_lines),
		TEST(properties_that_people_read),
		TEST(names_of_files),
		TEST(the_letterhead_is_read),
		TEST(tables_of_users_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
