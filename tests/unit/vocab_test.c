/*
 * vocab_test.c: the table of spellings and the tables of users.
 */
#include <spill/diag.h>
#include <spill/vocab.h>

#include "util.h"

static struct spill_vocab *v;
static struct spill_normal line;

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(spill_vocab_open(&v, NULL, 0), SPILL_OK);
	return capture("vocab");
}

static int
teardown(void **state)
{
	spill_vocab_free(&v);
	return release(state);
}

/* What stands at the token, in the last match. */
static size_t
match(const char *text, size_t at, struct spill_vocab_hit *hit)
{
	spill_normal_line(&line, spill_span(text), v);
	return spill_vocab_match(v, &line, at, hit);
}

static bool
has_row(const struct spill_vocab_hit *hit, const struct spill_term *row)
{
	for (size_t i = 0; i < hit->terms; i++)
		if (spill_span_eq(hit->term[i]->scheme, row->scheme) &&
		    spill_span_eq(hit->term[i]->canonical, row->canonical) &&
		    hit->term[i]->kind == row->kind &&
		    hit->term[i]->rank == row->rank)
			return true;
	return false;
}

/* Is the row's spelling found at this token of the line? */
static bool
found(const struct spill_term *row, size_t at)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];
	size_t n = spill_vocab_match(v, &line, at, hit);

	for (size_t i = 0; i < n; i++)
		if (has_row(&hit[i], row))
			return true;
	return false;
}

/* --- the built-in table ------------------------------------------------- */

static void
each_row_is_found(void **state)
{
	size_t n = spill_vocab_count(v), missing = 0;

	(void)state;
	assert_true(n > 3000);
	for (size_t i = 0; i < n; i++) {
		const struct spill_term *row = spill_vocab_term(v, i);
		char text[1024];
		size_t lead;

		if (row->kind == SPILL_TERM_LABEL)
			continue;
		spill_normal_line(&line, row->variant, v);
		lead = 0;
		if (!found(row, lead)) {
			print_message("row %zu: %.*s\n", i + 2,
			    (int)row->variant.len, row->variant.p);
			missing++;
		}
		/* Amid other words, which none of the spellings has. */
		snprintf(text, sizeof(text), "Zyxw: %.*s Zyxw",
		    (int)row->variant.len, row->variant.p);
		spill_normal_line(&line, spill_span(text), v);
		if (!found(row, 2)) {
			print_message("amid: %s\n", text);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
	assert_null(spill_vocab_term(v, n));
}

/* In small letters and with blanks for dashes, and the other way round. */
static void
each_row_in_other_dress(void **state)
{
	size_t n = spill_vocab_count(v), missing = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct spill_term *row = spill_vocab_term(v, i);
		char text[1024];
		size_t len = 0;

		if (row->kind == SPILL_TERM_LABEL)
			continue;
		for (size_t j = 0; j < row->variant.len; j++) {
			char c = row->variant.p[j];

			if (c == ' ' && j > 0 &&
			    (uint8_t)row->variant.p[j - 1] < 0x80) {
				memcpy(text + len, "\xc2\xa0\t", 3);
				len += 3;
			} else {
				text[len++] =
				    c >= 'A' && c <= 'Z' ? (char)(c + 0x20) : c;
			}
		}
		spill_normal_line(&line, (struct spill_span){ text, len }, v);
		if (!found(row, 0)) {
			print_message("row %zu: %.*s\n", i + 2, (int)len, text);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
}

static void
longest_comes_first(void **state)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];
	size_t n = match("COSMIC TOP SECRET ATOMAL AND MORE", 0, hit);

	(void)state;
	assert_true(n >= 2);
	assert_int_equal(hit[0].tokens, 4);
	for (size_t i = 1; i < n; i++)
		assert_true(hit[i].tokens < hit[i - 1].tokens);
	n = match("SECRET UE/EU SECRET", 0, hit);
	assert_int_equal(hit[0].tokens, 5);
	assert_int_equal(match("ZZZZ", 0, hit), 0);
	assert_int_equal(match("", 0, hit), 0);
	assert_int_equal(match("NATO", 99, hit), 0);
}

static void
a_dash_is_a_blank(void **state)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];

	(void)state;
	assert_true(match("NATO SECRET", 0, hit) > 0);
	assert_int_equal(hit[0].tokens, 2);
	assert_true(match("NATO-SECRET", 0, hit) > 0);
	assert_int_equal(hit[0].tokens, 3);
	assert_true(match("NATO \xe2\x80\x93 SECRET", 0, hit) > 0);
	assert_int_equal(hit[0].tokens, 3);
	/* Its own dash is part of no term, nor are many. */
	assert_true(match("NATO SECRET - NATO", 0, hit) > 0);
	assert_int_equal(hit[0].tokens, 2);
	(void)match("NATO ---- SECRET", 0, hit);
	assert_true(hit[0].tokens < 2);
	assert_int_equal(match("-SECRET", 0, hit), 0);
}

static void
words_run_together_are_others(void **state)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];

	(void)state;
	assert_int_equal(match("NATOSECRET", 0, hit), 0);
	assert_int_equal(match("SECRETARY", 0, hit), 0);
	(void)match("SECRET UEO", 0, hit);
	assert_int_equal(hit[0].tokens, 2); /* the Western European Union */
	for (size_t i = 0; i < hit[0].terms; i++)
		assert_false(
		    spill_span_eq(hit[0].term[i]->scheme, SPILL_SPAN("EU")));
}

static const struct spill_term *
only(const char *text, const char *scheme)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];

	assert_true(match(text, 0, hit) > 0);
	for (size_t i = 0; i < hit[0].terms; i++)
		if (spill_span_eq(hit[0].term[i]->scheme, spill_span(scheme)))
			return hit[0].term[i];
	fail();
	return NULL;
}

static void
notes_are_read(void **state)
{
	const struct spill_term *t = only("NATO TOP SECRET", "NATO");

	(void)state;
	assert_int_equal(t->rank, 5);
	assert_int_equal(t->spec, SPILL_SPEC_SELF);
	assert_int_equal(t->flags, SPILL_TERM_NONSTANDARD);
	t = only("COSMIC TOP SECRET \xe2\x80\x93 BOHEMIA", "NATO");
	assert_true(spill_span_eq(t->category, SPILL_SPAN("BOHEMIA")));
	t = only("CLASSIFIED BY:", "US");
	assert_int_equal(t->role, SPILL_TERM_ROLE_CAB);
	assert_int_equal(t->rank, -1);
	t = only("COSMIC MUITO SECRETO", "NATO");
	assert_true(t->flags & SPILL_TERM_CANDIDATE);
}

static void
german_without_its_letters(void **state)
{
	(void)state;
	assert_int_equal(only("VS-NUR FUER DEN DIENSTGEBRAUCH", "DE")->rank, 2);
	assert_int_equal(
	    only("VS-NUR F\xc3\x9cR DEN DIENSTGEBRAUCH", "DE")->rank, 2);
	assert_int_equal(
	    only("vs - nur fu\xcc\x88r den dienstgebrauch", "DE")->rank, 2);
}

static void
sets_by_phrase(void **state)
{
	(void)state;
	assert_non_null(spill_vocab_in(v, "trigraph", SPILL_SPAN("GBR")));
	assert_non_null(spill_vocab_in(v, "tetragraph", SPILL_SPAN("FVEY")));
	assert_null(spill_vocab_in(v, "trigraph", SPILL_SPAN("FVEY")));
	assert_null(spill_vocab_in(v, "trigraph", SPILL_SPAN("")));
	assert_null(spill_vocab_in(v, "trigraph", SPILL_SPAN("GBR GBR")));
	assert_non_null(spill_vocab_in(
	    v, "nato-nation-name", SPILL_SPAN("UNITED KINGDOM")));
}

/* --- tables of users ---------------------------------------------------- */

#define HEADER "scheme,level_rank,canonical,variant,lang,kind,notes\n"

static int
load(struct spill_vocab **u, const char *csv)
{
	const struct spill_vocab_table t = { spill_span(csv), "lab.csv" };

	return spill_vocab_open(u, &t, 1);
}

static void
a_table_of_the_user(void **state)
{
	struct spill_vocab *u = NULL;
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];

	(void)state;
	assert_int_equal(
	    load(&u, "\xef\xbb\xbf" HEADER
		     "LAB,3,\"LAB \"\"PRIVATE\"\"\",\"LAB, PRIVATE\",en,banner,"
		     "spec=self;conf=S;category=X (of ours)\r\n"
		     "LAB,,ACORN,ACORN,en,caveat,"),
	    SPILL_OK);
	spill_normal_line(&line, SPILL_SPAN("lab , private"), u);
	assert_int_equal(spill_vocab_match(u, &line, 0, hit), 1);
	assert_int_equal(hit[0].tokens, 3);
	assert_int_equal(hit[0].terms, 1);
	assert_int_equal(hit[0].term[0]->rank, 3);
	assert_int_equal(hit[0].term[0]->flags, SPILL_TERM_USER);
	assert_true(spill_span_eq(
	    hit[0].term[0]->canonical, SPILL_SPAN("LAB \"PRIVATE\"")));
	assert_true(spill_span_eq(hit[0].term[0]->category, SPILL_SPAN("X")));
	spill_normal_line(&line, SPILL_SPAN("ACORN"), u);
	assert_int_equal(spill_vocab_match(u, &line, 0, hit), 1);
	assert_string_equal(said(), "");
	spill_vocab_free(&u);
	spill_vocab_free(&u);
}

static void
tables_that_are_wrong(void **state)
{
	static const struct {
		const char *csv, *message;
	} cases[] = {
		{ "", "row 0: it is empty" },
		{ "scheme,rank,canonical,variant,lang,kind,notes\n",
		    "row 1, column level_rank: 'rank' should be the column's "
		    "name" },
		{ HEADER "A,1,B,C,en,banner\n", "row 2: fewer than 7 cells" },
		{ HEADER "A,1,B,C,en,banner,,\n", "row 2: more than 7 cells" },
		{ HEADER "A,1,B,C,en,banner,\"x\n",
		    "row 2: a quotation mark has no end" },
		{ HEADER "A,1,B,\"C\"D,en,banner,\n",
		    "row 2: text behind a closing quotation mark" },
		{ HEADER "A,1,B,C,en,banner,\nA,6,B,C,en,banner,\n",
		    "row 3, column level_rank: '6' is not 0 to 5" },
		{ HEADER "A,1,B,C,en,flag,\n",
		    "row 2, column kind: 'flag' is no kind of term" },
		{ HEADER ",1,B,C,en,banner,\n",
		    "row 2, column scheme: '' is missing" },
		{ HEADER "A,1,B,,en,banner,\n",
		    "row 2, column variant: '' is missing" },
		{ HEADER "ABCDEFGHIJKLMNOP,1,B,C,en,banner,\n",
		    "row 2, column scheme: 'ABCDEFGHIJKLMNOP' is too long" },
		{ HEADER "A,1,B,\xff,en,banner,\n",
		    "row 2, column variant: '\\xff' is not printable UTF-8" },
		{ HEADER "A,1,B,-,en,banner,\n",
		    "row 2, column variant: '-' has no words, or more than a "
		    "line has" },
		{ HEADER "A,1,B,C,en,banner,spec=own\n",
		    "row 2, column notes: 'spec=own' has an unknown spec=" },
		{ HEADER "A,1,B,C,en,banner,x;role=king\n",
		    "row 2, column notes: 'x;role=king' has an unknown role=" },
		{ HEADER "A,1,B,C,en,banner,conf=Z\n",
		    "row 2, column notes: 'conf=Z' has a conf= that is not P, "
		    "S or K" },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		struct spill_vocab *u = NULL;
		char text[300];

		snprintf(text, sizeof(text), "vocab: 'lab.csv': %s\n",
		    cases[i].message);
		assert_int_equal(load(&u, cases[i].csv), SPILL_EFORMAT);
		assert_null(u);
		assert_string_equal(said(), text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_row_is_found),
		TEST(each_row_in_other_dress),
		TEST(longest_comes_first),
		TEST(a_dash_is_a_blank),
		TEST(words_run_together_are_others),
		TEST(notes_are_read),
		TEST(german_without_its_letters),
		TEST(sets_by_phrase),
		TEST(a_table_of_the_user),
		TEST(tables_that_are_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
