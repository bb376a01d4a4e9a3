/*
 * normal_test.c: folding of lines: what becomes of characters, where tokens
 * come from, what had to be repaired.
 */
#include <spill/vocab.h>

#include "util.h"

static struct spill_vocab *v;
static struct spill_normal n;

static int
setup(void **state)
{
	(void)state;
	return spill_vocab_open(&v, NULL, 0);
}

static int
teardown(void **state)
{
	(void)state;
	spill_vocab_free(&v);
	return 0;
}

static const char *
fold(const char *text)
{
	static char out[SPILL_NORMAL_TEXT + 1];

	spill_normal_line(&n, spill_span(text), v);
	memcpy(out, n.text, n.len);
	out[n.len] = '\0';
	return out;
}

/* Do both fold to one? */
static bool
meet(const char *a, const char *b)
{
	char one[SPILL_NORMAL_TEXT + 1];

	snprintf(one, sizeof(one), "%s", fold(a));
	return strcmp(one, fold(b)) == 0;
}

#define FOLDS(text, folded) assert_string_equal(fold(text), folded)

static void
token(size_t i, const char *text, uint32_t from, uint32_t to)
{
	struct spill_span s = spill_token_text(&n, i);

	assert_true(i < n.tokens);
	assert_true(spill_span_eq(s, spill_span(text)));
	assert_int_equal(n.token[i].from, from);
	assert_int_equal(n.token[i].to, to);
}

/* --- folding ------------------------------------------------------------ */

static void
ascii_is_capitals(void **state)
{
	(void)state;
	FOLDS("Nato Secret", "NATO SECRET");
	FOLDS("  a\t\tb  ", "A B");
	FOLDS("a-b/c (d)", "A-B/C (D)");
	FOLDS("", "");
	FOLDS(" \t ", "");
	FOLDS("`x^y_z", "'X~Y_Z");
}

static void
letters_lose_their_marks(void **state)
{
	(void)state;
	FOLDS("tr\xc3\xa8s", "TRES");
	FOLDS("tre\xcc\x80s", "TRES"); /* decomposed */
	assert_true(meet("\xce\x86\xce\x9a\xce\xa1\xce\xa9\xce\xa3",
	    "\xce\xac\xce\xba\xcf\x81\xcf\x89\xcf\x82"));
	FOLDS("\xe1\xbc\x84", "A"); /* polytonic */
	FOLDS("stra\xc3\x9f"
	      "e",
	    "STRASSE");
	FOLDS("\xe1\xba\x9e", "SS");
	FOLDS("\xc5\x93uvre \xc3\x86on", "OEUVRE AEON");
	FOLDS("\xc5\x81\xc3\xb3\xc4\x8f", "LOD");
	/* Comma and cedilla. */
	FOLDS("\xc8\x99\xc5\x9f\xc8\x9b\xc5\xa3", "SSTT");
	/* Zalgo. */
	FOLDS("S\xcc\xb6\xcc\x81"
	      "E\xcc\xb6"
	      "C\xcc\xb6",
	    "SEC");
}

static void
turkish_i(void **state)
{
	(void)state;
	FOLDS("G\xc4\xb0ZL\xc4\xb0", "GIZLI");
	FOLDS("gizli", "GIZLI");
	FOLDS("g\xc4\xb1zl\xc4\xb1", "GIZLI");
	FOLDS("i\xcc\x87", "I");
}

static void
cyrillic_meets_itself(void **state)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];

	(void)state;
	assert_true(meet("СОВЕРШЕННО СЕКРЕТНО", "совершенно секретно"));
	assert_int_equal(n.repairs, 0);
	assert_true(spill_vocab_match(v, &n, 0, hit) > 0);
	/* и and й stay two letters, composed or not. */
	assert_true(meet("\xd0\xb9", "\xd0\xb8\xcc\x86"));
	assert_false(meet("\xd0\xb9", "\xd0\xb8"));
	assert_true(meet("\xd1\x91", "\xd0\xb5")); /* ё, е */
}

static void
look_alikes(void **state)
{
	(void)state;
	FOLDS("NATO SECR\xd0\x95\xd0\xa2", "NATO SECRET");
	assert_int_equal(n.repairs, SPILL_REPAIR_HOMOGLYPH);
	FOLDS("n\xd0\xb0to s\xd0\xb5\xd1\x81ret", "NATO SECRET");
	assert_int_equal(n.repairs, SPILL_REPAIR_HOMOGLYPH);
	FOLDS("\xce\x9d\xce\x91\xce\xa4\xce\x9f", "NATO");
	assert_int_equal(n.repairs, 0); /* Greek among Greek */
	FOLDS("\xce\x9d\xce\x91\xce\xa4\xce\x9f SECRET", "NATO SECRET");
	assert_int_equal(n.repairs, SPILL_REPAIR_HOMOGLYPH);
	FOLDS("\xe1\x8f\x9a"
	      "ECRET",
	    "SECRET"); /* Cherokee */
	assert_int_equal(n.repairs, SPILL_REPAIR_HOMOGLYPH);
	/* Of mixed scripts, as the header of the directive has it. */
	assert_true(meet("Сoвepшенно секретно", "СОВЕРШЕННО СЕКРЕТНО"));
}

static void
characters_that_are_not_seen(void **state)
{
	(void)state;
	FOLDS("NA\xe2\x80\x8bTO SEC\xc2\xadRET", "NATO SECRET");
	assert_int_equal(n.repairs, SPILL_REPAIR_ZEROWIDTH);
	assert_int_equal(n.tokens, 2);
	token(0, "NATO", 0, 7);
	token(1, "SECRET", 8, 16);
	FOLDS("\xef\xbb\xbfNATO", "NATO");
	assert_int_equal(n.repairs, 0);
	token(0, "NATO", 3, 7);
	FOLDS("NATO\xe2\x80\x8e SECRET", "NATO SECRET");
	assert_int_equal(n.repairs, 0);
	FOLDS("SE\xcd\x8f"
	      "CRET",
	    "SECRET");
	assert_int_equal(n.repairs, SPILL_REPAIR_ZEROWIDTH);
}

static void
other_forms(void **state)
{
	(void)state;
	FOLDS("\xef\xbc\xae\xef\xbc\xa1\xef\xbc\xb4\xef\xbc\xaf\xe3\x80\x80\xef"
	      "\xbd\x93",
	    "NATO S");
	assert_int_equal(n.repairs, SPILL_REPAIR_WIDE);
	token(0, "NATO", 0, 12);
	token(1, "S", 15, 18);
	assert_int_equal(n.token[0].letters, SPILL_CASE_UPPER);
	assert_int_equal(n.token[1].letters, SPILL_CASE_LOWER);
	FOLDS("\xf0\x9d\x90\x92\xf0\x9d\x90\x84", "SE"); /* mathematical */
	FOLDS("\xe2\x93\x88\xe2\x92\xba", "SE"); /* circled */
	FOLDS("\xea\x9c\xb1\xe1\xb4\x87\xe1\xb4\x84\xca\x80\xe1\xb4\x87\xe1\xb4"
	      "\x9b",
	    "SECRET"); /* small capitals */
	assert_int_equal(n.token[0].letters, SPILL_CASE_UPPER);
	FOLDS("con\xef\xac\x81"
	      "dential",
	    "CONFIDENTIAL");
	FOLDS("\xf0\x9f\x85\xb0\xf0\x9f\x87\xb8", "AS");
}

static void
tags_and_overrides(void **state)
{
	char text[64] = "Hello", *p = text + 5;

	(void)state;
	for (const char *c = "NATO S"; *c != '\0'; c++) {
		memcpy(p, "\xf3\xa0\x80\x80", 4);
		p[2] = (char)(0x80 | (*c >> 6));
		p[3] = (char)(0x80 | (*c & 0x3f));
		p += 4;
	}
	*p = '\0';
	FOLDS(text, "HELLO NATO S");
	assert_int_equal(n.repairs, SPILL_REPAIR_TAGS);
	token(1, "NATO", 5, 21);
	token(2, "S", 25, 29);
	FOLDS("NA\xf3\xa0\x81\x81TO", "NATO"); /* one is noise */
	assert_true(n.repairs & SPILL_REPAIR_TAGS);
	FOLDS("\xe2\x80\xaeTERCES OTAN", "TERCES OTAN");
	assert_int_equal(n.repairs, SPILL_REPAIR_BIDI);
}

static void
marks_of_punctuation(void **state)
{
	(void)state;
	FOLDS("a\xe2\x80\x93"
	      "b\xe2\x88\x92"
	      "c\xe2\x80\x91"
	      "d",
	    "A-B-C-D");
	FOLDS("UE\xe2\x88\x95"
	      "EU\xe2\x81\x84",
	    "UE/EU/");
	FOLDS("\xe2\x80\x9c"
	      "a\xe2\x80\x9d \xc2\xab"
	      "b\xc2\xbb",
	    "\"A\" \"B\"");
	FOLDS("\xe2\x80\xa2 a", "o A");
	assert_int_equal(n.token[0].kind, SPILL_TOKEN_PUNCT);
	assert_int_equal(n.token[0].mark, 'o');
	FOLDS("\xe2\x98\x90 a \xe2\x98\x92 b", "b A x B");
	FOLDS("\xef\x82\xa8 a", "b A"); /* Wingdings */
	FOLDS("\xe2\x94\x82 a \xe2\x94\x82", "A");
	FOLDS("\xe2\x82\xac 5", "$ 5");
	FOLDS("\xe2\x84\x96 4 n\xc2\xba 5 N\xc2\xb0 6 45\xc2\xb0",
	    "NO 4 NO 5 NO 6 45");
	FOLDS("\xef\xbc\x88\xef\xbc\xb3\xef\xbc\x89", "(S)");
	FOLDS("a\xff"
	      "b",
	    "A~B");
}

/* --- tokens ------------------------------------------------------------- */

static void
kinds_and_case(void **state)
{
	static const enum spill_token_case cases[] = { SPILL_CASE_UPPER,
		SPILL_CASE_TITLE, SPILL_CASE_LOWER, SPILL_CASE_MIXED,
		SPILL_CASE_UPPER, SPILL_CASE_NONE, SPILL_CASE_UPPER,
		SPILL_CASE_MIXED };

	(void)state;
	fold("ABC Abc abc aBc A 123 B12 1Abc");
	assert_int_equal(n.tokens, SPILL_COUNT(cases));
	for (size_t i = 0; i < n.tokens; i++) {
		assert_int_equal(n.token[i].letters, cases[i]);
		assert_int_equal(n.token[i].kind,
		    i == 5 ? SPILL_TOKEN_NUMBER : SPILL_TOKEN_WORD);
	}
	assert_int_equal(n.upper, 3 + 1 + 1 + 1 + 1 + 1);
	assert_int_equal(n.lower, 2 + 3 + 2 + 2);
	assert_int_equal(n.digits, 3 + 2 + 1);
	fold("\xc3\x89tat \xd7\x90\xd7\x91");
	assert_int_equal(n.token[0].letters, SPILL_CASE_TITLE);
	assert_int_equal(n.token[1].letters, SPILL_CASE_NONE);
}

static void
gaps(void **state)
{
	char wide[400];

	(void)state;
	fold("A B   C\tD\xc2\xa0\xe2\x80\x83"
	     "E-F");
	assert_int_equal(n.token[0].gap, 0);
	assert_int_equal(n.token[1].gap, 1);
	assert_int_equal(n.token[2].gap, 3);
	assert_int_equal(n.token[3].gap, 8);
	assert_int_equal(n.token[4].gap, 2);
	assert_int_equal(n.token[5].gap, 0);
	memset(wide, ' ', sizeof(wide));
	wide[0] = 'A';
	wide[398] = 'B';
	wide[399] = '\0';
	fold(wide);
	assert_int_equal(n.token[1].gap, 255);
	token(1, "B", 398, 399);
}

static void
words_have_numbers(void **state)
{
	uint32_t nato;

	(void)state;
	fold("Nato zyxw 1998 -");
	nato = n.token[0].word;
	assert_int_not_equal(nato, 0);
	assert_int_equal(spill_vocab_word(v, SPILL_SPAN("NATO")), nato);
	assert_int_equal(n.token[1].word, 0);
	assert_int_not_equal(n.token[2].word, 0); /* LOI 11.12.1998 */
	assert_int_equal(n.token[3].word, 0);
	spill_normal_line(&n, SPILL_SPAN("NATO"), NULL);
	assert_int_equal(n.token[0].word, 0);
}

/* --- bounds ------------------------------------------------------------- */

static char many[65536];

static void
repeat(const char *s, size_t times)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < times; i++)
		memcpy(many + i * len, s, len);
	many[times * len] = '\0';
}

static void
long_lines_are_cut(void **state)
{
	(void)state;
	repeat("A", SPILL_NORMAL_LINE);
	fold(many);
	assert_false(n.cut);
	assert_int_equal(n.len, SPILL_NORMAL_LINE);
	repeat("A", SPILL_NORMAL_LINE + 1);
	fold(many);
	assert_true(n.cut);
	repeat("/", SPILL_NORMAL_TOKENS);
	fold(many);
	assert_false(n.cut);
	repeat("/", SPILL_NORMAL_TOKENS + 1);
	fold(many);
	assert_true(n.cut);
	assert_int_equal(n.tokens, SPILL_NORMAL_TOKENS);
	/* No half of a character. */
	repeat("\xe6\xa9\x9f", SPILL_NORMAL_LINE);
	fold(many);
	assert_true(n.cut);
	assert_int_equal(n.tokens, 1);
	assert_int_equal(n.len % 3, 0);
	/* Of three bytes, thirty-three letters. */
	repeat("\xef\xb7\xba", SPILL_NORMAL_LINE / 3);
	fold(many);
	assert_true(n.cut);
	assert_true(n.len <= SPILL_NORMAL_TEXT);
}

static void
names_of_repairs(void **state)
{
	char out[128];

	(void)state;
	assert_int_equal(spill_repair_names(0, out, sizeof(out)), 0);
	assert_string_equal(out, "");
	spill_repair_names(
	    SPILL_REPAIR_SPACED | SPILL_REPAIR_DESPACED, out, sizeof(out));
	assert_string_equal(out, "letterspacing;nospace");
	spill_repair_names(0x3ff, out, sizeof(out));
	assert_string_equal(out,
	    "letterspacing;homoglyph;zerowidth;forms;bidi;tags;ocr;leet;"
	    "linebreak;nospace");
	spill_repair_names(0x3ff, out, 20);
	assert_true(strlen(out) < 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ascii_is_capitals),
		TEST(letters_lose_their_marks),
		TEST(turkish_i),
		TEST(cyrillic_meets_itself),
		TEST(look_alikes),
		TEST(characters_that_are_not_seen),
		TEST(other_forms),
		TEST(tags_and_overrides),
		TEST(marks_of_punctuation),
		TEST(kinds_and_case),
		TEST(gaps),
		TEST(words_have_numbers),
		TEST(long_lines_are_cut),
		TEST(names_of_repairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
