/*
 * view_test.c: lines in other views: letters with blanks between, words run
 * together, what scanners misread, reversed, figures for letters.
 */
#include <spill/vocab.h>

#include "util.h"

static struct spill_vocab *v;
static struct spill_normal n, to;

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

/* The line in the view; NULL: it gives nothing. */
static const char *
view(enum spill_view which, const char *text)
{
	static char out[SPILL_NORMAL_TEXT + 1];

	spill_normal_line(&n, spill_span(text), v);
	if (!spill_normal_view(&to, &n, which, v))
		return NULL;
	memcpy(out, to.text, to.len);
	out[to.len] = '\0';
	return out;
}

static void
place(size_t i, const char *text, uint32_t from, uint32_t end)
{
	assert_true(i < to.tokens);
	assert_true(spill_span_eq(spill_token_text(&to, i), spill_span(text)));
	assert_int_equal(to.token[i].from, from);
	assert_int_equal(to.token[i].to, end);
}

#define VIEW(which, text, folded) \
	assert_string_equal(view(SPILL_VIEW_##which, text), folded)
#define NOTHING(which, text) assert_null(view(SPILL_VIEW_##which, text))

/* --- blanks ------------------------------------------------------------- */

static void
gaps_end_words(void **state)
{
	(void)state;
	VIEW(DESPACED, "N A T O   S E C R E T", "NATO SECRET");
	assert_int_equal(to.repairs, SPILL_REPAIR_SPACED);
	assert_int_not_equal(to.token[0].word, 0);
	assert_int_equal(to.token[0].letters, SPILL_CASE_UPPER);
	place(0, "NATO", 0, 7);
	place(1, "SECRET", 10, 21);
	VIEW(DESPACED, "N  A  T  O     S  E  C  R  E  T", "NATO SECRET");
	VIEW(DESPACED, "S E C R E T", "SECRET");
	VIEW(DESPACED, "S E C R E T / / N O F O R N", "SECRET / / NOFORN");
	VIEW(DESPACED, "S E C R E T  SECTION 01 OF 02",
	    "SECRET SECTION 01 OF 02");
	VIEW(DESPACED, "G E H E I M  X Q Y Z K", "GEHEIM XQYZK");
}

static void
without_gaps_words_do(void **state)
{
	(void)state;
	VIEW(DESPACED, "N A T O S E C R E T", "NATO SECRET");
	assert_int_equal(to.repairs, SPILL_REPAIR_SPACED);
	place(0, "NATO", 0, 7);
	place(1, "SECRET", 8, 19);
	VIEW(DESPACED, "C O S M I C T O P S E C R E T A T O M A L",
	    "COSMIC TOP SECRET ATOMAL");
	/* Cyrillic letters have more bytes than one. */
	view(SPILL_VIEW_DESPACED, "С Е К Р Е Т Н О");
	assert_int_equal(to.tokens, 1);
	assert_int_not_equal(to.token[0].word, 0);
	place(0, "CEKPETHO", 0, 23);
}

static void
few_letters_are_no_spacing(void **state)
{
	(void)state;
	NOTHING(DESPACED, "N A T O");
	NOTHING(DESPACED, "A B and some more words C D");
	NOTHING(DESPACED, "plan A B C for the use of all");
	NOTHING(DESPACED, "");
	assert_false(spill_normal_view(&to, &n, SPILL_VIEW_DESPACED, NULL));
}

static void
words_come_apart(void **state)
{
	(void)state;
	VIEW(DESPACED, "NATOSECRET", "NATO SECRET");
	assert_int_equal(to.repairs, SPILL_REPAIR_DESPACED);
	place(0, "NATO", 0, 4);
	place(1, "SECRET", 4, 10);
	VIEW(DESPACED, "(COSMICTOPSECRET)", "(COSMIC TOP SECRET)");
	VIEW(DESPACED, "TOPSECRET//NOFORN", "TOP SECRET//NOFORN");
	VIEW(DESPACED,
	    "S\xc3\x89"
	    "CRETOTAN CONFIDENTIELUE",
	    "SECRET OTAN CONFIDENTIEL UE");
	NOTHING(DESPACED, "SECRETARY");
	NOTHING(DESPACED, "SECRETARIAT GENERAL");
	NOTHING(DESPACED, "THISDOCUMENT");
	NOTHING(DESPACED, "UNRESTRICTED");
	NOTHING(DESPACED, "natosecret");
	NOTHING(DESPACED, "NATO SECRET");
}

/* --- scanners ----------------------------------------------------------- */

static void
misread(void **state)
{
	static const struct {
		const char *read, *print;
		unsigned edits;
	} cases[] = {
		{ "NAT0 SECRET", "NATO SECRET", 1 },
		{ "N ATO SECRET", "NATO SECRET", 1 },
		{ "NATO SECR ET", "NATO SECRET", 1 },
		{ "NAT0 SECR ET", "NATO SECRET", 1 },
		{ "COSM IC TOP SECRET", "COSMIC TOP SECRET", 1 },
		{ "C0SMIC TOP SECRET", "COSMIC TOP SECRET", 1 },
		{ "NATO RESTR1CTED", "NATO RESTRICTED", 1 },
		{ "NATO RESTR|CTED", "NATO RESTRICTED", 1 },
		{ "NATO CONFIDENTlAL", "NATO CONFIDENTIAL", 1 },
		{ "SECRELO", "SECRETO", 1 },
		{ "RESERVAD0", "RESERVADO", 1 },
		{ "MUlTO SECRETO", "MUITO SECRETO", 1 },
		{ "STREN6 GEHEIM", "STRENG GEHEIM", 1 },
		{ "VS-NUR FUR DEN D1ENSTGEBRAUCH",
		    "VS-NUR FUR DEN DIENSTGEBRAUCH", 1 },
		{ "TRES SECRET UE/EU T0P SECRET",
		    "TRES SECRET UE/EU TOP SECRET", 1 },
		{ "NATO C0NF1DENTIAL", "NATO CONFIDENTIAL", 2 },
		{ "NATO CORNFIDENTIAL", "NATO CONFIDENTIAL", 1 },
		{ "NATO CONFDENTIAL", "NATO CONFIDENTIAL", 1 },
		{ "NATO SECRETT Page 2", "NATO SECRET PAGE 2", 1 },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		const char *s = view(SPILL_VIEW_OCR, cases[i].read);

		if (s == NULL)
			print_message("%s\n", cases[i].read);
		assert_non_null(s);
		assert_string_equal(s, cases[i].print);
		assert_int_equal(to.edits, cases[i].edits);
		assert_int_equal(to.repairs, SPILL_REPAIR_OCR);
	}
}

static void
misread_in_its_place(void **state)
{
	(void)state;
	VIEW(OCR, "- NAT0 SECR ET -  Page 3 of 12",
	    "- NATO SECRET - PAGE 3 OF 12");
	place(0, "-", 0, 1);
	place(1, "NATO", 2, 6);
	place(2, "SECRET", 7, 14);
	place(3, "-", 15, 16);
}

/* Words of their own, and forms of the word. */
static void
not_misread(void **state)
{
	static const char *const lines[] = { "NATO SECRET", "NATO SECRETS",
		"SECRETE", "GEHEIME", "SECRETA", "RESERVATO", "SECRETARY",
		"CONFIDENTIALLY", "DISCRETE", "TOP SECRETARY", "SACRED",
		"NATO SECRETO", "nat0 secret", "PROTESTED", "RESERVED", "OK",
		"THE RESTRICTIONS", "" };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(lines); i++) {
		if (view(SPILL_VIEW_OCR, lines[i]) != NULL)
			print_message("%s\n", lines[i]);
		assert_null(view(SPILL_VIEW_OCR, lines[i]));
	}
}

/* --- reversed, figures -------------------------------------------------- */

static void
reversed(void **state)
{
	(void)state;
	VIEW(REVERSED, "\xe2\x80\xaeTERCES OTAN", "NATO SECRET");
	assert_int_equal(to.repairs, SPILL_REPAIR_BIDI);
	place(0, "NATO", 10, 14);
	place(1, "SECRET", 3, 9);
	VIEW(REVERSED, "(TERCES OTAN)", "(NATO SECRET)");
	VIEW(REVERSED, "ОНТЕРКЕС", view(SPILL_VIEW_REVERSED, "онтеркес"));
	NOTHING(REVERSED, "NATO SECRET");
	NOTHING(REVERSED, "stressed desserts");
}

static void
figures(void **state)
{
	(void)state;
	VIEW(LEET, "N4T0 S3CR3T", "NATO SECRET");
	assert_int_equal(to.repairs, SPILL_REPAIR_LEET);
	place(0, "NATO", 0, 4);
	place(1, "SECRET", 5, 11);
	VIEW(LEET, "NATO $ECRET", "NATO SECRET");
	place(1, "SECRET", 5, 11);
	VIEW(LEET, "N@TO S3CRET 2024", "NATO SECRET 2024");
	NOTHING(LEET, "S3CR3T"); /* says nothing of its owner */
	NOTHING(LEET, "NATO SECRET");
	NOTHING(LEET, "NATO 1998 $ 5");
	NOTHING(LEET, "nato@secret.example");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gaps_end_words),
		TEST(without_gaps_words_do),
		TEST(few_letters_are_no_spacing),
		TEST(words_come_apart),
		TEST(misread),
		TEST(misread_in_its_place),
		TEST(not_misread),
		TEST(reversed),
		TEST(figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
