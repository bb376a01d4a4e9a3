/*
 * verdict_test.c: what the markings of documents add up to: pages, portions,
 * labels, tables, containers. The judge is tested by itself.
 */
#include "verdict_doc.h"

/* --- roll-up ------------------------------------------------------------ */

static void
rolled_up(void **state)
{
	static const struct doc docs[] = {
		{ "ten pages, one of them higher",
		    { { "NATO RESTRICTED", "nr line", HEADER, .page = 1,
			  .last = 10 },
			{ "20 lines", NULL, .page = 1, .last = 10 },
			{ "NATO SECRET", "ns line", .page = 4 } },
		    .pages = 10, NATO_SECRET, .flags = "header-mismatch" },
		{ "header removed, portions left",
		    { M("(NU) Text", "nu portion"),
			M("(NR) Text", "nr portion"),
			M("(NS) Text", "ns portion"),
			M("(NU) Text", "nu portion"), L("9 lines") },
		    .class = SPILL_CLASS_PORTION, .scheme = "NATO",
		    .level = "NATO SECRET", .rank = 4,
		    .flags = "banner-missing" },
		{ "portions without a level",
		    { M("(U) Text", "u portion"), M("(U) Text", "u portion"),
			M("(U) Text", "u portion") },
		    .class = SPILL_CLASS_NONE },
		{ "label above the header",
		    { M("NATO SECRET", "label ns"),
			{ "NATO RESTRICTED", "nr line", HEADER },
			L("20 lines") },
		    .class = SPILL_CLASS_LABELLED, .scheme = "NATO",
		    .level = "NATO SECRET", .rank = 4,
		    .flags = "label-mismatch",
		    .secondary = 1u << SPILL_CLASS_MARKED },
		{ "label below the header",
		    { M("NATO RESTRICTED", "label nr"),
			{ "NATO SECRET", "ns line", HEADER }, L("20 lines") },
		    .class = SPILL_CLASS_LABELLED, .scheme = "NATO",
		    .level = "NATO SECRET", .rank = 4,
		    .flags = "label-mismatch" },
		{ "label of a part before that of the whole",
		    { M("(S)", "label s part"), M("UNCLASSIFIED", "label u"),
			M("(C)", "label c part") },
		    .class = SPILL_CLASS_LABELLED, .level = "UNCLASSIFIED",
		    .rank = 1, .flags = "portion-above-banner" },
		{ "label alone",
		    { M("NATO RESTRICTED", "label nr"), L("20 lines") },
		    .class = SPILL_CLASS_LABELLED, .scheme = "NATO",
		    .level = "NATO RESTRICTED", .rank = 2 },
		{ "top and bottom differ",
		    { M("NATO SECRET", "ns line"), L("20 lines"),
			M("NATO RESTRICTED", "nr line") },
		    NATO_SECRET, .flags = "top-bottom-differ" },
		{ "two header windows of a remnant",
		    { M("NATO SECRET", "ns line"), L("60 lines"),
			M("NATO SECRET", "ns line"), L("20 lines") },
		    NATO_SECRET, .flags = "fragment", .fragment = true,
		    .few = true },
		{ "two documents in one file",
		    { { "NATO SECRET Page 1 of 2", "ns loose page=1/2",
			  .page = 1 },
			{ "NATO SECRET Page 2 of 2", "ns loose page=2/2",
			    .page = 2 },
			{ "20 lines", NULL, .page = 1, .last = 4 },
			{ "NATO RESTRICTED Page 1 of 2", "nr loose page=1/2",
			    .page = 3 },
			{ "NATO RESTRICTED Page 2 of 2", "nr loose page=2/2",
			    .page = 4 } },
		    .pages = 4, NATO_SECRET, .flags = "several-documents" },
		{ "lists meet",
		    { { "SECRET//REL TO USA, FVEY", "uss line rel=AUS;GBR;USA",
			  .page = 1 },
			{ "20 lines", NULL, .page = 1, .last = 2 },
			{ "SECRET//REL TO USA, GBR", "uss line rel=GBR;USA",
			    .page = 2 } },
		    .pages = 2, MARKED("US", "SECRET", 4),
		    .release = "GBR;USA" },
		{ "lists meet in nobody",
		    { { "SECRET//REL TO AUS", "uss line rel=AUS", .page = 1 },
			{ "20 lines", NULL, .page = 1, .last = 3 },
			{ "SECRET//REL TO GBR", "uss line rel=GBR", .page = 2 },
			{ "SECRET//REL TO GBR", "uss line rel=GBR",
			    .page = 3 } },
		    .pages = 3, MARKED("US", "SECRET", 4), .release = "",
		    .categories = "NOFORN", .flags = "release-mismatch" },
		{ "a caveat dominates a list",
		    { { "SECRET//NOFORN", "uss line cat=NOFORN", .page = 1 },
			{ "20 lines", NULL, .page = 1, .last = 2 },
			{ "SECRET//REL TO USA, GBR", "uss line rel=GBR;USA",
			    .page = 2 } },
		    .pages = 2, MARKED("US", "SECRET", 4), .release = "",
		    .categories = "NOFORN" },
		{ "categories unite",
		    { { "NATO SECRET ATOMAL", "ns line cat=ATOMAL", .page = 1 },
			{ "20 lines", NULL, .page = 1, .last = 2 },
			{ "NATO SECRET", "ns line", .page = 2 } },
		    .pages = 2, NATO_SECRET, .categories = "ATOMAL" },
		{ "owners",
		    { M("NATO SECRET", "ns line"), L("20 lines"),
			M("SECRET UE/EU SECRET", "eus line") },
		    .class = SPILL_CLASS_MARKED, .scheme = "NATO;EU" },
		{ "in the quoted part of a mail",
		    { L("9 lines"), M("> NATO SECRET", "ns line"),
			L("9 lines") },
		    NATO_SECRET, .flags = "quoted" },
		{ "in what was deleted",
		    { { "NATO SECRET", "ns line", .role = SPILL_ROLE_DELETED },
			L("9 lines") },
		    NATO_SECRET, .flags = "deleted" },
		{ "look-alikes",
		    { M("NATO SECRET", "ns line repairs=2"), L("9 lines"),
			M("NATO SECRET", "ns line repairs=2") },
		    NATO_SECRET, .flags = "evasion" },
		{ "portions above the banner",
		    { M("NATO RESTRICTED", "nr line"),
			M("(NS) Text", "ns portion"),
			M("(NS) Text", "ns portion"),
			M("(NU) Text", "nu portion"), L("9 lines"),
			M("(NS) Text", "ns portion") },
		    .class = SPILL_CLASS_MARKED, .rank = 4,
		    .flags = "portion-above-banner;under-marked" },
		{ "a word of two ranks",
		    { M("RESERVADO", "reservado line"), L("9 lines"),
			M("EMGFA", "!originator"),
			M("RESERVADO", "reservado line") },
		    MARKED("BR|ES|PT", "RESERVADO", 4) },
		{ "a word of two ranks in Spanish",
		    { M("RESERVADO", "reservado line"),
			M("ESTADO MAYOR DE LA DEFENSA", "!originator"),
			L("9 lines"), M("RESERVADO", "reservado line") },
		    MARKED("ES", "RESERVADO", 4) },
		{ "a word of two ranks in Portuguese",
		    { M("RESERVADO", "reservado line"),
			L("Instrução da força aérea"),
			M("EMGFA", "!originator"), L("9 lines"),
			M("RESERVADO", "reservado line") },
		    MARKED("BR|PT", "RESERVADO", 2) },
		{ "a word of three countries in Polish",
		    { M("TAJNE", "tajne line"), M("Egz. nr 1", "!copy"),
			L("Pierwsza kompania wyrusza o świcie na wschodni "
			  "most, żołnierze łączności."),
			M("TAJNE", "tajne line") },
		    MARKED("PL", "TAJNE", 4) },
		{ "a word of three countries in another language",
		    { M("TAJNE", "tajne line"), L("9 lines"),
			M("TAJNE", "tajne line") },
		    MARKED("CZ|PL|SK", "TAJNE", 4) },
		{ "a word of three countries under a Polish letterhead",
		    { M("MINISTERSTWO OBRONY NARODOWEJ", "!originator of=PL"),
			M("TAJNE", "tajne line"), L("9 lines"),
			M("TAJNE", "tajne line") },
		    MARKED("PL", "TAJNE", 4) },
		{ "a word of three countries in Czech",
		    { M("TAJNÉ", "tajne line"),
			L("Rota vyráží za úsvitu k mostu, ženisté ještě večer "
			  "při řece."),
			L("9 lines"), M("TAJNÉ", "tajne line") },
		    MARKED("CZ", "TAJNÉ", 4) },
		{ "a word of many countries under a letterhead",
		    { M("DEPARTMENT OF DEFENSE", "!originator of=US"),
			M("SECRET", "s line"), L("9 lines"),
			M("SECRET", "s line") },
		    MARKED("US", "SECRET", 4) },
		{ "a word of many countries under two letterheads",
		    { M("DEPARTMENT OF DEFENSE", "!originator of=US"),
			M("FOREIGN OFFICE", "!originator of=UK"),
			M("SECRET", "s line"), L("9 lines"),
			M("SECRET", "s line") },
		    MARKED(MANY, "SECRET", 4) },
		{ "a word of many countries and an authority block",
		    { M("SECRET", "s line"), L("9 lines"),
			M("Classified by: J. Doe", "!cab cabs=1"),
			M("Derived from: X", "!cab cabs=2"),
			M("SECRET", "s line") },
		    MARKED("US", "SECRET", 4) },
		{ "some pages lack it",
		    { { "NATO SECRET", "ns line", .page = 1, .last = 3 },
			{ "20 lines", NULL, .page = 1, .last = 5 } },
		    .pages = 5, NATO_SECRET, .flags = "unmarked-pages" },
	};

	(void)state;
	check_all(docs, SPILL_COUNT(docs));
}

/* --- the rest ----------------------------------------------------------- */

static void
cells(void **state)
{
	static const struct doc d = { "cells",
		{ M("NATO SECRET", "ns line"), L("20 lines"),
		    M("The NATO SECRET paper", "ns inline"), L("20 lines"),
		    M("NATO SECRET", "ns line") },
		NATO_SECRET };
	static const struct {
		const char *where, *reason;
		uint64_t line;
		enum spill_class class;
	} want[] = {
		{ "banner",
		    "self 6, line 6, capitals 3, edge 4, top-and-bottom 3", 1,
		    SPILL_CLASS_MARKED },
		{ "body", "self 6, running-text -6, capitals 3", 22,
		    SPILL_CLASS_MENTION },
		{ "banner",
		    "self 6, line 6, capitals 3, edge 4, top-and-bottom 3", 43,
		    SPILL_CLASS_MARKED },
	};
	struct spill_verdict v;

	(void)state;
	judge_doc(&d, &v);
	assert_int_equal(v.markings, 3);
	assert_int_equal(v.pages, 1);
	assert_int_equal(v.pages_marked, 1);
	assert_int_equal(spill_judge_hits(judge), SPILL_COUNT(want));
	for (size_t i = 0; i < SPILL_COUNT(want); i++) {
		const struct spill_hit *h = spill_judge_hit(judge, i);

		assert_string_equal(h->where, want[i].where);
		assert_string_equal(h->reason, want[i].reason);
		assert_int_equal(h->line, want[i].line);
		assert_int_equal(h->class, want[i].class);
		assert_int_equal(h->text.len, 11);
		assert_memory_equal(h->text.p, "NATO SECRET", 11);
	}
}

/* A hit has the rank of its verdict, where ranks differ, too. */
static void
hit_ranks(void **state)
{
	static const struct {
		struct doc d;
		int rank;
	} docs[] = {
		{ { .name = "many countries",
		      .row = { M("SECRET", "s line"), L("20 lines"),
			  M("SECRET", "s line") } },
		    4 },
		{ { .name = "once",
		      .row = { M("SECRET", "s line"), L("20 lines") } },
		    4 },
		{ { .name = "two ranks",
		      .row = { M("RESERVADO", "reservado line"), L("9 lines"),
			  M("EMGFA", "!originator"),
			  M("RESERVADO", "reservado line") } },
		    2 },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(docs); i++) {
		struct spill_verdict v;

		judge_doc(&docs[i].d, &v);
		assert_int_equal(v.rank, docs[i].rank);
		for (size_t k = 0; k < spill_judge_hits(judge); k++)
			assert_int_equal(
			    spill_judge_hit(judge, k)->m.rank, docs[i].rank);
	}
}

/* A table's cells are a list, however far apart its rows are. */
static void
table(void **state)
{
	static const struct doc d = { "table",
		{ { "NATO SECRET", "ns line", CELL }, L("20 lines"),
		    { "NATO CONFIDENTIAL", "nc line", CELL }, L("20 lines"),
		    { "NATO RESTRICTED", "nr line", CELL }, L("20 lines"),
		    { "NATO SECRET", "ns line", CELL }, L("9 lines") },
		TEMPLATE };
	struct spill_verdict v;

	(void)state;
	judge_doc(&d, &v);
	assert_int_equal(v.class, SPILL_CLASS_TEMPLATE);
	assert_int_equal(spill_judge_hits(judge), 4);
	for (size_t i = 0; i < 4; i++) {
		const struct spill_hit *h = spill_judge_hit(judge, i);

		assert_int_equal(h->class, SPILL_CLASS_TEMPLATE);
		assert_non_null(strstr(h->reason, "list -8"));
	}
}

/* More than is kept: all are counted, and the last one decides. */
static void
bounded(void **state)
{
	static const struct row low = M("NATO RESTRICTED", "nr line"),
				high = M("NATO SECRET", "ns line"),
				inner = M("9 lines", NULL);
	const struct spill_judge_doc d = { .name = SPILL_SPAN("") };
	struct spill_verdict v;

	(void)state;
	spill_judge_begin(judge, &d);
	for (int i = 0; i < 100000; i++) {
		tell(&low, 0);
		tell(&inner, 0);
	}
	tell(&high, 0);
	assert_int_equal(spill_judge_end(judge, &v), SPILL_OK);
	assert_int_equal(v.markings, 100001);
	assert_int_equal(v.rank_max, 4);
	assert_string_equal(v.level, "NATO SECRET");
	assert_true(spill_judge_hits(judge) < 3000);
	for (size_t i = 1; i < spill_judge_hits(judge); i++)
		assert_true(spill_judge_hit(judge, i - 1)->line <=
			    spill_judge_hit(judge, i)->line);
}

/* Each of them is better than the one before, until it is part of a list. */
static void
bounded_lists(void **state)
{
	static const struct row rows[] = { M("NATO RESTRICTED", "nr line"),
		M("NATO CONFIDENTIAL", "nc line"),
		M("NATO SECRET", "ns line") };
	const struct spill_judge_doc d = { .name = SPILL_SPAN("") };
	struct spill_verdict v;

	(void)state;
	spill_judge_begin(judge, &d);
	for (int i = 0; i < 300000; i++)
		tell(&rows[i % 3], 0);
	assert_int_equal(spill_judge_end(judge, &v), SPILL_OK);
	assert_int_equal(v.class, SPILL_CLASS_TEMPLATE);
	assert_int_equal(v.markings, 300000);
}

static void
names(void **state)
{
	const struct spill_judge_doc d = { .name = SPILL_SPAN("") };
	struct spill_parse p;
	struct spill_verdict v;

	(void)state;
	spill_judge_begin(judge, &d);
	parse(&p, &(struct row)M("NATO SECRET.docx", "ns line"));
	assert_int_equal(spill_judge_name(judge, &p), SPILL_OK);
	assert_int_equal(spill_judge_end(judge, &v), SPILL_OK);
	assert_int_equal(v.class, SPILL_CLASS_MENTION);
	assert_int_equal(spill_judge_hits(judge), 1);
	assert_string_equal(spill_judge_hit(judge, 0)->where, "filename");
}

static void
containers(void **state)
{
	struct spill_verdict own = {
		.class = SPILL_CLASS_NONE, .rank = -1, .rank_max = -1
	};
	const struct spill_verdict low = { .class = SPILL_CLASS_MARKED,
		.scheme = "NATO",
		.level = "NATO RESTRICTED",
		.rank = 2,
		.rank_max = 2,
		.markings = 2 };
	const struct spill_verdict high = { .class = SPILL_CLASS_PORTION,
		.scheme = "NATO",
		.level = "NATO SECRET",
		.rank = 4,
		.rank_max = 4,
		.markings = 5 };
	const struct spill_verdict talk = { .class = SPILL_CLASS_MENTION,
		.rank = -1,
		.rank_max = -1,
		.markings = 1 };

	(void)state;
	spill_verdict_rollup(NULL, &own, &talk);
	assert_int_equal(own.class, SPILL_CLASS_MENTION);
	assert_string_equal(own.flags, "member");
	spill_verdict_rollup(NULL, &own, &low);
	assert_int_equal(own.class, SPILL_CLASS_MARKED);
	assert_string_equal(own.flags, "member");
	spill_verdict_rollup(NULL, &own, &high);
	assert_int_equal(own.class, SPILL_CLASS_PORTION);
	assert_int_equal(own.rank, 4);
	assert_string_equal(own.level, "NATO SECRET");
	assert_int_equal(own.secondary, 1u << SPILL_CLASS_MARKED);
	spill_verdict_rollup(NULL, &own, &low);
	assert_int_equal(own.rank, 4);
	assert_int_equal(own.markings, 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rolled_up),
		cmocka_unit_test(cells),
		cmocka_unit_test(hit_ranks),
		cmocka_unit_test(table),
		cmocka_unit_test(bounded),
		cmocka_unit_test(bounded_lists),
		cmocka_unit_test(names),
		cmocka_unit_test(containers),
	};

	return cmocka_run_group_tests(tests, open_judge, free_judge);
}
