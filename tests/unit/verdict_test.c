/*
 * verdict_test.c: what the markings of documents add up to. Documents are rows
 * of lines, each with what a grammar finds in it, so that the judge is tested
 * by itself.
 */
#include <stdio.h>

#include <spill/verdict.h>

#include "util.h"
#include "verdict_words.h"

/* --- a document --------------------------------------------------------- */

static struct spill_judge *judge;
static struct spill_vocab *vocab;

static void
tell_label(const struct row *r)
{
	struct spill_parse p;
	struct spill_label l = { .family = SPILL_LABEL_MIP };

	parse(&p, &(struct row)M(r->text, r->marks + 6));
	l.flags = strstr(r->marks, " part") != NULL ? SPILL_LABEL_PORTION : 0;
	if (p.markings > 0)
		l.marking = p.marking[0];
	else
		l.marking.rank = l.marking.rank_max = -1;
	(void)snprintf(l.name, sizeof(l.name), "%s", r->text);
	assert_int_equal(spill_judge_label(judge, &l), SPILL_OK);
}

static void
tell(const struct row *r, uint32_t page)
{
	struct spill_parse p;
	const struct spill_line l = { .text = spill_span(r->text),
		.part = spill_span(r->part != NULL ? r->part : ""),
		.role = r->role,
		.page = page,
		.offset = UINT64_MAX };
	const struct spill_seen s = { &l, r->marks != NULL ? &p : NULL };
	unsigned n;

	if (strstr(r->text, " lines") != NULL &&
	    sscanf(r->text, "%u", &n) == 1) {
		spill_judge_skip(judge, n, page);
		return;
	}
	if (r->marks != NULL && strncmp(r->marks, "label ", 6) == 0) {
		tell_label(r);
		return;
	}
	if (r->marks != NULL)
		parse(&p, r);
	assert_int_equal(spill_judge_line(judge, &s), SPILL_OK);
}

static void
judge_doc(const struct doc *d, struct spill_verdict *v)
{
	const struct spill_judge_doc j = {
		.name = spill_span(d->file != NULL ? d->file : "memo.txt"),
		.code = d->code,
		.fragment = d->fragment,
		.mime = spill_span(d->data ? "text/xml" : "text/plain")
	};

	spill_judge_begin(judge, &j);
	for (size_t i = 0; d->row[i].text != NULL; i++)
		if (d->row[i].page == 0)
			tell(&d->row[i], 0);
	for (uint32_t page = 1; page <= d->pages; page++)
		for (size_t i = 0; d->row[i].text != NULL; i++)
			if (d->row[i].page > 0 && page >= d->row[i].page &&
			    page <= SPILL_MAX(d->row[i].page, d->row[i].last))
				tell(&d->row[i], page);
	assert_int_equal(spill_judge_end(judge, v), SPILL_OK);
}

static void
check(const struct doc *d)
{
	struct spill_verdict v;

	judge_doc(d, &v);
	same(d, "class", spill_class_names[v.class],
	    spill_class_names[d->class]);
	same(d, "scheme", v.scheme, d->scheme);
	same(d, "level", v.level, d->level);
	same(d, "flags", v.flags, d->flags != NULL ? d->flags : "");
	same(d, "categories", v.categories, d->categories);
	same(d, "release", v.release, d->release);
	same(d, "former level", v.former_level,
	    d->former != NULL ? d->former : "");
	if (d->level != NULL && v.rank_max != d->rank)
		fail_msg("%s: rank %d, not %d", d->name, v.rank_max, d->rank);
	if ((v.secondary & d->secondary) != d->secondary)
		fail_msg("%s: secondary classes %x, not %x", d->name,
		    v.secondary, d->secondary);
	if (d->class == SPILL_CLASS_MARKED && (v.score < 60) != d->few)
		fail_msg("%s: score %u", d->name, v.score);
	if (d->class != SPILL_CLASS_NONE && v.reason[0] == '\0')
		fail_msg("%s: no reason", d->name);
}

static void
check_all(const struct doc *d, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(&d[i]);
}

/* --- what marks --------------------------------------------------------- */

#define MARKED(s, l, r) \
	.class = SPILL_CLASS_MARKED, .scheme = (s), .level = (l), .rank = (r)
#define NATO_SECRET MARKED("NATO", "NATO SECRET", 4)
#define HEADER	    .role = SPILL_ROLE_HEADER
#define FOOTER	    .role = SPILL_ROLE_FOOTER
#define CELL	    .role = SPILL_ROLE_TABLE

static void
marked(void **state)
{
	static const struct doc docs[] = {
		{ "text with head and foot",
		    { M("NATO SECRET", "ns line"), L("20 lines"),
			M("NATO SECRET", "ns line") },
		    NATO_SECRET },
		{ "text with a head alone",
		    { M("NATO SECRET", "ns line"), L("200 lines") },
		    NATO_SECRET },
		{ "docx with a header",
		    { { "NATO SECRET", "ns line", HEADER }, L("20 lines") },
		    NATO_SECRET },
		{ "docx with a watermark",
		    { { "NATO SECRET", "ns line",
			  .role = SPILL_ROLE_WATERMARK },
			L("20 lines") },
		    NATO_SECRET },
		{ "a cell of a sheet",
		    { { "Quantity", NULL, CELL },
			{ "NATO SECRET", "ns line", CELL },
			{ "12", NULL, CELL } },
		    NATO_SECRET },
		{ "first line of a CSV",
		    { M("NATO SECRET,,,", "ns loose"), L("99 lines") },
		    NATO_SECRET },
		{ "a comment of a picture",
		    { { "NATO SECRET", "ns line",
			.role = SPILL_ROLE_COMMENT } },
		    NATO_SECRET },
		{ "a mail's first line",
		    { { "Fri, 1 Mar 2024", NULL, .role = SPILL_ROLE_PROPERTY },
			{ "NATO SECRET", "ns line", .part = "body" },
			L("12 lines") },
		    NATO_SECRET },
		{ "a field of a form",
		    { L("Subject: harbour"),
			M("Classification: NATO SECRET", "ns field"),
			L("12 lines") },
		    NATO_SECRET },
		{ "a title of a mail",
		    { { "Minutes (NATO SECRET)", "ns subject",
			  .role = SPILL_ROLE_PROPERTY, .part = "Subject" },
			L("12 lines") },
		    NATO_SECRET },
		{ "bare word at head and foot",
		    { M("SECRET", "s line"), L("20 lines"),
			M("SECRET", "s line") },
		    MARKED(MANY, "SECRET", 4) },
		{ "bare word in header and footer of the only page",
		    { { "SECRET", "s line", HEADER, .page = 1 },
			{ "9 lines", NULL, .page = 1 },
			{ "SECRET", "s line", FOOTER, .page = 1 } },
		    .pages = 1, MARKED(MANY, "SECRET", 4) },
		{ "bare word in the header and at the foot",
		    { { "SECRET", "s line", HEADER, .page = 1 },
			{ "9 lines", NULL, .page = 1 },
			{ "SECRET", "s line", .page = 1 } },
		    .pages = 1, MARKED(MANY, "SECRET", 4) },
		{ "bare word of a cable",
		    { L("title: Cable to Canberra"), L("12 lines"),
			M("Cablegram 327 NANKING, 1 December 1948",
			    "!message !date"),
			M("IMMEDIATE TOP SECRET", "ts loose precedence"),
			L("30 lines") },
		    MARKED(MANY, "TOP SECRET", 5) },
		{ "company's word in a letter of state",
		    { L("12 lines"),
			M("[NAA: A1838, 3038/7/1, v]", "!reference"),
			M("Canberra, 12 September 1975", "!date"),
			M("CONFIDENTIAL", "c line"), L("30 lines") },
		    MARKED(MANY, "CONFIDENTIAL", 3) },
		{ "a private letter to a minister",
		    { M("22nd October, 1925", "!date"),
			M("PRIVATE & CONFIDENTIAL", "c loose"),
			L("Dear Mr. Smith,"),
			L("The Prime Minister tells the Cabinet that the "
			  "British Government has no lamps."),
			L("20 lines") },
		    MARKED(MANY, "CONFIDENTIAL", 3) },
		{ "a marking in the middle of a text",
		    { L("60 lines"), M("NATO SECRET", "ns line"),
			L("60 lines") },
		    NATO_SECRET },
		{ "a program that is marked itself",
		    { M("// NATO SECRET", "ns line"), L("90 lines") },
		    NATO_SECRET, .code = true },
		{ "a self-named level in data",
		    { L("8 lines"), M("NATO SECRET", "ns line"), L("8 lines") },
		    NATO_SECRET, .data = true },
		{ "phrase at head and foot",
		    { M("MUITO SECRETO", "ms line"), L("20 lines"),
			M("MUITO SECRETO", "ms line") },
		    MARKED("PT", "MUITO SECRETO", 5) },
		{ "full banner in running text",
		    { L("20 lines"),
			M("see SECRET//SI//NOFORN and so on",
			    "uss inline cat=SI cat=NOFORN rel=USA"),
			L("20 lines") },
		    .class = SPILL_CLASS_MENTION },
		{ "full banner once",
		    { L("20 lines"),
			M("SECRET//SI//NOFORN", "uss line cat=NOFORN;SI"),
			L("20 lines") },
		    MARKED("US", "SECRET", 4), .categories = "NOFORN;SI" },
		{ "Polish: upper right, lower right",
		    { M("Egz. nr 2", "!copy"), M("Pf-12/2024", "!registry"),
			L("20 lines"), M("POUFNE", "poufne line") },
		    MARKED("PL", "POUFNE", 3) },
		{ "unsure spelling under a letterhead",
		    { M("SHAPE", "!originator"),
			M("NATO SECRET", "ns line unsure"), L("20 lines"),
			M("NATO SECRET", "ns line unsure") },
		    NATO_SECRET },
		{ "unsure spelling beside a sure one",
		    { M("NATO SECRET", "ns line unsure"), L("20 lines"),
			M("NATO RESTRICTED", "nr line") },
		    NATO_SECRET, .flags = "top-bottom-differ" },
		{ "a field whose value is on the next line",
		    { L("Classification of this document:"),
			M("NATO SECRET", "ns line"), L("9 lines") },
		    NATO_SECRET },
		{ "at the foot behind a line that leads nowhere",
		    { M("NATO SECRET", "ns line"), L("20 lines"),
			L("the members of the board are as follows:"),
			M("NATO SECRET", "ns line") },
		    NATO_SECRET },
		{ "a level in message traffic",
		    { M("ZNY SSSSS", "acps loose"), M("FM SHAPE", "!message"),
			M("NATO SECRET", "ns line"), L("9 lines"),
			M("SECRET", "s line"), L("9 lines"),
			M("SECRET", "s line") },
		    NATO_SECRET },
		{ "a genuine list between banners",
		    { M("NATO SECRET", "ns line"), L("3 lines"),
			M("NATO RESTRICTED", "nr line"),
			M("NATO CONFIDENTIAL", "nc line"),
			M("COSMIC TOP SECRET", "cts line"), L("3 lines"),
			M("NATO SECRET", "ns line") },
		    NATO_SECRET, .secondary = 1u << SPILL_CLASS_TEMPLATE },
	};

	(void)state;
	check_all(docs, SPILL_COUNT(docs));
}

/* --- what does not ------------------------------------------------------ */

#define MENTION .class = SPILL_CLASS_MENTION
#define LONE(s, l, r) \
	MENTION, .scheme = (s), .level = (l), .rank = (r), .flags = "one-place"

static void
not_marked(void **state)
{
	static const struct doc docs[] = {
		{ "nothing", { L("20 lines") }, .class = SPILL_CLASS_NONE },
		{ "press",
		    { M("Hackers stole hundreds of secret NATO documents.",
			"s inline lower") },
		    MENTION },
		{ "headline",
		    { M("NATO SECRETS FOR SALE", "ns inline compound"),
			L("20 lines") },
		    MENTION },
		{ "a first line that talks",
		    { M("Documents marked NATO SECRET shall be kept in a safe.",
			  "ns inline speech"),
			L("20 lines"),
			M("Documents marked NATO SECRET shall be kept.",
			    "ns inline speech") },
		    MENTION },
		{ "a first and a last line with the words",
		    { M("The NATO SECRET folder lay on the desk at night.",
			  "ns inline"),
			L("20 lines"),
			M("And the NATO SECRET folder lay there still.",
			    "ns inline") },
		    MENTION },
		{ "a list in a sentence",
		    { M("The levels are COSMIC TOP SECRET, NATO SECRET, NATO "
			"CONFIDENTIAL and NATO RESTRICTED.",
			"cts list speech ns list nc list nr list") },
		    MENTION },
		{ "negation",
		    { M("This drawing contains no NATO SECRET information.",
			"ns inline negated") },
		    MENTION },
		{ "code",
		    { M("client_secret = \"...\"", "s code lower"),
			M("SECRET = 3", "s code"), M("\"SECRET\",", "s code") },
		    MENTION, .code = true },
		{ "a constant that is its line, in code",
		    { M("SECRET", "s line"), L("20 lines"),
			M("SECRET", "s line") },
		    MENTION, .code = true },
		{ "one portion",
		    { M("(S) Maintenance strategies", "uss portion"),
			L("20 lines") },
		    .class = SPILL_CLASS_NONE },
		{ "letters of a list",
		    { M("(C) the third", "c portion"), L("4 lines"),
			M("(C) the third", "c portion"), L("4 lines"),
			M("(C) the third", "c portion") },
		    .class = SPILL_CLASS_NONE },
		{ "letters of a list, each a level somewhere",
		    { M("(B) the second", "b portion"),
			M("(C) the third", "c portion"), L("4 lines"),
			M("(B) the second", "b portion"),
			M("(C) the third", "c portion") },
		    .class = SPILL_CLASS_NONE },
		{ "coordinates",
		    { M("(0) at the left", "0 portion"),
			M("(0) at the left", "0 portion"),
			M("(00) at the right", "0 portion"), L("4 lines") },
		    .class = SPILL_CLASS_NONE },
		{ "two letters in the header",
		    { M("SHAPE", "!originator"), { "OS", "os line", HEADER },
			L("9 lines"), M("OS", "os line") },
		    .class = SPILL_CLASS_NONE },
		{ "santa",
		    { M("SECRET SANTA", "s inline compound"), L("20 lines") },
		    MENTION },
		{ "a vacancy",
		    { M("TOP SECRET CLEARANCE REQUIRED", "ts inline clearance"),
			L("20 lines") },
		    MENTION },
		{ "disclaimer",
		    { L("lunch at one?"),
			M("CONFIDENTIALITY NOTICE", "!disclaimer"),
			M("CONFIDENTIAL", "c line") },
		    MENTION },
		{ "a quotation",
		    { M("\"NATO SECRET\"", "ns loose quoted"), L("20 lines") },
		    MENTION },
		{ "a private letter of business",
		    { M("22nd October, 1925", "!date"),
			M("PRIVATE & CONFIDENTIAL", "c loose"),
			L("Dear Mr. Smith,"),
			L("The minister's cabinet is delivered on Tuesday, "
			  "says the Treasury."),
			L("20 lines") },
		    LONE(MANY, "CONFIDENTIAL", 3) },
		{ "an example in a manual",
		    { L("60 lines"), M("NATO SECRET", "ns line"),
			L("60 lines") },
		    MENTION, .file = "spill-cat.1" },
		{ "one pair of brackets",
		    { M("the case () NATO SECRET", "ns box"), L("9 lines") },
		    MENTION },
		{ "options of a program",
		    { M("protected [ ] SECRET", "s box"),
			M("public [ ] RESTRICTED", "r box"), L("9 lines") },
		    MENTION, .code = true },
		{ "a keyword at the edge of two pages of a book",
		    { { "Ministry", "!originator", .page = 1 },
			{ "60 lines", NULL, .page = 1, .last = 90 },
			{ "RESTRICTED", "r line", .page = 40, .last = 41 },
			{ "RESTRICTED", "r line", FOOTER, .page = 40,
			    .last = 41 } },
		    .pages = 90, LONE(MANY, "RESTRICTED", 2) },
		{ "an example near the head of a manual",
		    { L("9 lines"), M("    NATO SECRET", "ns line"),
			L("60 lines") },
		    MENTION, .file = "README.md" },
		{ "an example in a program",
		    { L("9 lines"), M("NATO SECRET", "ns line"), L("9 lines") },
		    MENTION, .code = true },
		{ "a choice in data",
		    { L("8 lines"), M("Nato Secret", "ns line title") },
		    MENTION, .data = true },
		{ "a value in data",
		    { L("8 lines"), M("SECRET//NOFORN", "uss line cat=NOFORN"),
			L("8 lines") },
		    MENTION, .data = true },
		{ "bare word, once",
		    { L("2 lines"), M("SECRET", "s line"), L("20 lines") },
		    LONE(MANY, "SECRET", 4) },
		{ "bare word twice in the middle",
		    { L("10 lines"), M("SECRET", "s line"), L("20 lines"),
			M("SECRET", "s line"), L("20 lines") },
		    LONE(MANY, "SECRET", 4) },
		{ "bare word under a letterhead, not in capitals",
		    { M("Ministry of Defence", "!originator"),
			M("Secret", "s line title"), L("20 lines") },
		    MENTION },
		{ "bare word far from a letterhead",
		    { M("Ministry of Defence", "!originator"), L("100 lines"),
			M("SECRET", "s line"), L("20 lines") },
		    LONE(MANY, "SECRET", 4) },
		{ "phrase, once",
		    { L("2 lines"), M("MUITO SECRETO", "ms line"),
			L("20 lines") },
		    LONE("PT", "MUITO SECRETO", 5) },
		{ "unsure spelling, once",
		    { M("NATO SECRET", "ns line unsure"), L("20 lines") },
		    LONE("NATO", "NATO SECRET", 4) },
		{ "unsure spelling at head and foot",
		    { M("NATO SECRET", "ns line unsure"), L("20 lines"),
			M("NATO SECRET", "ns line unsure") },
		    LONE("NATO", "NATO SECRET", 4) },
		{ "a clearance",
		    { L("RUI SILVA"), L("SECURITY CLEARANCE"),
			M("NATO SECRET", "ns line"), L("EXPERIENCE"),
			L("9 lines") },
		    MENTION, .flags = "" },
		{ "a certificate",
		    { L("This certifies that he has been cleared up to"),
			M("COSMIC TOP SECRET", "cts line"),
			L("Valid until 2027") },
		    MENTION, .flags = "" },
		{ "words to be written",
		    { L("Hello,"),
			L("please put the following words on each page:"),
			M("NATO SECRET", "ns line"), L("9 lines") },
		    MENTION, .flags = "" },
		{ "a glossary",
		    { L("GLOSSARY"), M("NATO SECRET", "ns line"),
			L("A level of classification."), L("NATO"),
			L("The alliance.") },
		    MENTION, .flags = "" },
		{ "a line that goes on",
		    { L("The meeting will be held at level"),
			M("NATO SECRET", "ns line"), L("9 lines") },
		    MENTION, .flags = "" },
		{ "a clearance at the head of a PDF's page",
		    { { "SECURITY CLEARANCE", NULL, HEADER, .page = 1 },
			{ "NATO SECRET", "ns line", .page = 1 },
			{ "EXPERIENCE", NULL, .page = 1 } },
		    .pages = 1, MENTION, .flags = "" },
		{ "an answer",
		    { L("What is on the envelope?"),
			M("NATO SECRET", "ns line"), L("9 lines") },
		    MENTION, .flags = "" },
		{ "a block of code in Markdown",
		    { L("# Test data"), L("```"), M("NATO SECRET", "ns line"),
			L("The first company moves."),
			M("NATO SECRET", "ns line"), L("```") },
		    MENTION },
		{ "at the end of a program",
		    { L("40 lines"), M("NATO SECRET", "ns line"),
			L("return LEVELS[1]") },
		    MENTION, .code = true },
		{ "the name of a sheet",
		    { { "NATO SECRET", "ns line", .role = SPILL_ROLE_ARTIFACT },
			L("20 lines") },
		    MENTION },
		{ "a caveat without a level",
		    { M("NOFORN", "noforn line"), L("20 lines") }, MENTION },
	};

	(void)state;
	check_all(docs, SPILL_COUNT(docs));
}

/* --- what looks like it ------------------------------------------------- */

#define TEMPLATE .class = SPILL_CLASS_TEMPLATE

static void
others(void **state)
{
	static const struct doc docs[] = {
		{ "four levels, each alone, once in 20 pages",
		    { { "30 lines", NULL, .page = 1, .last = 20 },
			{ "COSMIC TOP SECRET", "cts line", .page = 7 },
			{ "NATO SECRET", "ns line", .page = 7 },
			{ "NATO CONFIDENTIAL", "nc line", .page = 7 },
			{ "NATO RESTRICTED", "nr line", .page = 7 },
			{ "9 lines", NULL, .page = 7 } },
		    .pages = 20, TEMPLATE },
		{ "a slide that lists levels",
		    { { "NATO SECRET", "ns line", .page = 1 },
			{ "NATO CONFIDENTIAL", "nc line", .page = 1 },
			{ "NATO RESTRICTED", "nr line", .page = 1 },
			{ "9 lines", NULL, .page = 1 } },
		    .pages = 1, TEMPLATE },
		{ "a policy under a letterhead",
		    { { "Ministry of Defence", "!originator", .page = 1 },
			{ "30 lines", NULL, .page = 1, .last = 35 },
			{ "SECRET", "s line", .page = 7, .last = 9 },
			{ "TOP SECRET", "ts line", .page = 12, .last = 13 },
			{ "CONFIDENTIAL", "c line", .page = 20, .last = 22 } },
		    .pages = 35, TEMPLATE },
		{ "a table of levels",
		    { { "NATO SECRET", "ns line", CELL }, L("20 lines"),
			{ "NATO CONFIDENTIAL", "nc line", CELL }, L("20 lines"),
			{ "NATO RESTRICTED", "nr line", CELL },
			{ "9 lines", NULL, .page = 1, .last = 9 },
			{ "NATO SECRET", "ns line", HEADER, .page = 1,
			    .last = 9 } },
		    .pages = 9, NATO_SECRET,
		    .secondary = 1u << SPILL_CLASS_TEMPLATE },
		{ "a column of clearances",
		    { { "Name", NULL, CELL }, { "Clearance", NULL, CELL },
			{ "Silva", NULL, CELL },
			{ "NATO SECRET", "ns line", CELL },
			{ "Costa", NULL, CELL },
			{ "NATO SECRET", "ns line", CELL } },
		    TEMPLATE },
		{ "a field of a table",
		    { { "Classification", NULL, CELL },
			{ "NATO SECRET", "ns line", CELL },
			{ "Quantity", NULL, CELL }, { "12", NULL, CELL } },
		    NATO_SECRET },
		{ "cells of two levels",
		    { { "a.docx", NULL, CELL },
			{ "NATO SECRET", "ns line", CELL },
			{ "b.docx", NULL, CELL },
			{ "NATO RESTRICTED", "nr line", CELL } },
		    TEMPLATE },
		{ "a sheet with its marking in the first cell",
		    { { "NATO SECRET", "ns line", CELL },
			{ "b.docx", NULL, CELL },
			{ "NATO RESTRICTED", "nr line", CELL } },
		    NATO_SECRET, .secondary = 1u << SPILL_CLASS_TEMPLATE },
		{ "boxes to be ticked",
		    { M("[ ] NATO SECRET  [x] NATO CONFIDENTIAL",
			"ns box nc box ticked") },
		    TEMPLATE },
		{ "when filled in",
		    { M("NATO SECRET (WHEN FILLED IN)", "ns line !conditional"),
			L("20 lines") },
		    TEMPLATE },
		{ "a guide",
		    { M("Marking guide", "!policy"),
			M("Use NATO RESTRICTED, NATO SECRET or COSMIC TOP "
			  "SECRET.",
			    "nr list ns list cts list"),
			M("Not NATO SECRET and NATO RESTRICTED",
			    "ns list nr list") },
		    TEMPLATE },
		{ "a policy with its own marking",
		    { { "NATO RESTRICTED", "nr line", HEADER, .page = 1,
			  .last = 9 },
			{ "20 lines", NULL, .page = 1, .last = 9 },
			{ "NATO SECRET", "ns line", .page = 3 },
			{ "NATO CONFIDENTIAL", "nc line", .page = 3 },
			{ "COSMIC TOP SECRET", "cts line", .page = 3 } },
		    .pages = 9, MARKED("NATO", "NATO RESTRICTED", 2),
		    .secondary = 1u << SPILL_CLASS_TEMPLATE },
		{ "exercise",
		    { M("EXERCISE EXERCISE EXERCISE", "!exercise"),
			M("NATO SECRET", "ns line"), L("20 lines"),
			M("NATO SECRET", "ns line"),
			M("EXERCISE EXERCISE EXERCISE", "!exercise") },
		    .class = SPILL_CLASS_SPECIMEN, .scheme = "NATO",
		    .level = "NATO SECRET", .rank = 4, .flags = "exercise" },
		{ "specimen behind it",
		    { M("NATO SECRET", "ns line"), M("SPECIMEN", "!specimen"),
			L("20 lines") },
		    .class = SPILL_CLASS_SPECIMEN, .scheme = "NATO",
		    .level = "NATO SECRET", .rank = 4 },
		{ "a word of a sentence is no specimen",
		    { M("NATO SECRET", "ns line"),
			M("For this reason the sample that we took in the "
			  "harbour is kept in the cold room below",
			    "!specimen"),
			L("20 lines") },
		    NATO_SECRET },
		{ "two levels in a short text",
		    { L("Markings of the alliance"),
			M("NATO SECRET", "ns line"),
			L("Grave damage to the alliance."),
			M("NATO CONFIDENTIAL", "nc line"),
			L("Damage to the interests of the alliance.") },
		    TEMPLATE },
		{ "two levels under a letterhead",
		    { M("SHAPE", "!originator"), M("NATO SECRET", "ns line"),
			L("20 lines"), M("NATO CONFIDENTIAL", "nc line") },
		    NATO_SECRET, .flags = "top-bottom-differ" },
		{ "exercise at the head alone",
		    { M("EXERCISE EXERCISE EXERCISE", "!exercise"),
			M("NATO SECRET", "ns line"), L("20 lines"),
			M("NATO SECRET", "ns line") },
		    .class = SPILL_CLASS_SPECIMEN, .scheme = "NATO",
		    .level = "NATO SECRET", .rank = 4, .flags = "exercise" },
		{ "a stamp of training",
		    { M("SAMPLE - NOT CLASSIFIED - FOR TRAINING ONLY", "shout"),
			M("NATO SECRET", "ns line"), L("20 lines"),
			M("NATO SECRET", "ns line") },
		    .class = SPILL_CLASS_SPECIMEN, .scheme = "NATO",
		    .level = "NATO SECRET", .rank = 4 },
		{ "a specimen among many pages",
		    { { "NATO SECRET", "ns line", .page = 1, .last = 9 },
			{ "50 lines", NULL, .page = 1, .last = 9 },
			{ "SPECIMEN", "!specimen", .page = 7 } },
		    .pages = 9, NATO_SECRET },
		{ "a price list",
		    { { "20 lines", NULL, .page = 1, .last = 10 },
			{ "CONFIDENTIAL", "c line", FOOTER, .page = 1,
			    .last = 10 } },
		    .pages = 10, .class = SPILL_CLASS_CORPORATE,
		    .level = "CONFIDENTIAL", .rank = 3 },
		{ "an alliance's price list",
		    { { "SHAPE", "!originator", HEADER },
			{ "20 lines", NULL, .page = 1, .last = 10 },
			{ "CONFIDENTIAL", "c line", FOOTER, .page = 1,
			    .last = 10 } },
		    .pages = 10, MARKED(MANY, "CONFIDENTIAL", 3) },
		{ "traffic light", { M("TLP:RED", "tlp line"), L("20 lines") },
		    .class = SPILL_CLASS_CORPORATE },
		{ "archive",
		    { { "SECRET", "s line", .page = 1, .last = 6 },
			{ "Approved For Release 2005/07/13", "!declass !date",
			    .page = 1, .last = 6 },
			{ "20 lines", NULL, .page = 1, .last = 6 },
			{ "SECRET", "s line", .page = 1, .last = 6 } },
		    .pages = 6, .class = SPILL_CLASS_DECLASSIFIED,
		    .former = "SECRET" },
		{ "a stamp far from its marking, with a date",
		    { M("NATO SECRET", "ns line"), L("20 lines"),
			M("DECLASSIFIED", "!declass"), M("7 May 1991", "!date"),
			L("20 lines") },
		    .class = SPILL_CLASS_DECLASSIFIED, .scheme = "NATO",
		    .former = "NATO SECRET" },
		{ "a stamp that says by whom and when",
		    { M("NATO SECRET", "ns line"), L("20 lines"),
			M("DECLASSIFIED by IS on 2010-01-01", "") },
		    .class = SPILL_CLASS_DECLASSIFIED, .scheme = "NATO",
		    .former = "NATO SECRET" },
		{ "a sentence that says by whom and when",
		    { M("NATO SECRET", "ns line"), L("20 lines"),
			M("Annex B was declassified by IS on 2010-01-01.",
			    "") },
		    NATO_SECRET },
		{ "a word of declassification without date, far away",
		    { M("NATO SECRET", "ns line"), L("20 lines"),
			M("DECLASSIFIED", "!declass"), L("20 lines") },
		    NATO_SECRET },
		{ "struck through",
		    { M("NATO SECRET", "ns line struck"), L("20 lines"),
			M("NATO SECRET", "ns line struck") },
		    .class = SPILL_CLASS_DECLASSIFIED,
		    .former = "NATO SECRET" },
		{ "struck through, a lower one beside it",
		    { M("NATO SECRET", "ns line struck"),
			M("NATO RESTRICTED", "nr line"), L("20 lines") },
		    MARKED("NATO", "NATO RESTRICTED", 2),
		    .former = "NATO SECRET", .flags = "downgraded" },
		{ "stamped down",
		    { M("NATO SECRET", "ns line"),
			M("DOWNGRADED TO NATO RESTRICTED",
			    "nr inline !downgrade"),
			L("20 lines") },
		    MARKED("NATO", "NATO RESTRICTED", 2),
		    .former = "NATO SECRET", .flags = "downgraded" },
		{ "will be declassified",
		    { M("NATO SECRET", "ns line"),
			M("It will be declassified in 2031.",
			    "u inline lower future"),
			L("20 lines") },
		    NATO_SECRET },
	};

	(void)state;
	check_all(docs, SPILL_COUNT(docs));
}

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

static int
open_judge(void **state)
{
	(void)state;
	if (spill_vocab_open(&vocab, NULL, 0) != SPILL_OK)
		return -1;
	return spill_judge_open(&judge, vocab);
}

static int
free_judge(void **state)
{
	(void)state;
	spill_judge_free(&judge);
	spill_vocab_free(&vocab);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marked),
		cmocka_unit_test(not_marked),
		cmocka_unit_test(others),
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
