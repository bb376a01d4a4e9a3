/*
 * label_ism_text.c: a marking of IC-ISM in the words of a banner (IC Markings
 * System Register and Manual): LEVEL//SCI//SAP//AEA//FGI//DISSEM//NON-IC.
 */
#include <stdio.h>
#include <string.h>

#include "label_i.h"

/* --- codes -------------------------------------------------------------- */

struct code {
	const char *code, *banner;
};

static const struct code dissem[] = { { "RS", "RSEN" }, { "OC", "ORCON" },
	{ "OC-USGOV", "ORCON-USGOV" }, { "IMC", "IMCON" }, { "NF", "NOFORN" },
	{ "PR", "PROPIN" }, { "DSEN", "DEA SENSITIVE" },
	{ "FED_ONLY", "FED ONLY" }, { "DL_ONLY", "DL ONLY" },
	{ "AC", "ATTORNEY-CLIENT" }, { "AWP", "ATTORNEY-WP" }, { NULL, NULL } };

static const struct code non_ic[] = { { "DS", "LIMDIS" }, { "XD", "EXDIS" },
	{ "ND", "NODIS" }, { "SBU-NF", "SBU NOFORN" },
	{ "LES-NF", "LES NOFORN" }, { NULL, NULL } };

static const struct code aea[] = { { "DCNI", "DOD UCNI" },
	{ "UCNI", "DOE UCNI" }, { "RD-SG-14", "RD-SIGMA 14" },
	{ "RD-SG-15", "RD-SIGMA 15" }, { "RD-SG-18", "RD-SIGMA 18" },
	{ "RD-SG-20", "RD-SIGMA 20" }, { "FRD-SG-14", "FRD-SIGMA 14" },
	{ "FRD-SG-15", "FRD-SIGMA 15" }, { "FRD-SG-18", "FRD-SIGMA 18" },
	{ "FRD-SG-20", "FRD-SIGMA 20" }, { NULL, NULL } };

static const struct code none[] = { { NULL, NULL } };

/* The next word of a list; false: there is none. */
static bool
word(struct spill_span *rest, struct spill_span *w)
{
	size_t n = 0;

	*rest = label_trim(*rest);
	if (rest->len == 0)
		return false;
	while (n < rest->len && strchr(" \t\r\n", rest->p[n]) == NULL)
		n++;
	*w = (struct spill_span){ rest->p, n };
	*rest = (struct spill_span){ rest->p + n, rest->len - n };
	return true;
}

static struct spill_span
in_words(const struct code *c, struct spill_span w)
{
	for (; c->code != NULL; c++)
		if (label_is(w, c->code))
			return spill_span(c->banner);
	return w;
}

/* --- the parts of a banner ---------------------------------------------- */

struct banner {
	struct spill_buf *text;
	struct spill_marking *m;
};

/* Siblings of one category: "//A/B"; each with what stands before it. */
static void
controls(struct banner *b, struct spill_span list, const struct code *codes,
    const char *before)
{
	const char *between = "//";
	struct spill_span w;
	char one[96];

	while (word(&list, &w)) {
		w = in_words(codes, w);
		label_keep(one, spill_span(before));
		label_put(one + strlen(one), sizeof(one) - strlen(one), w);
		spill_buf_puts(b->text, between);
		spill_buf_puts(b->text, one);
		label_list(b->m->categories, sizeof(b->m->categories),
		    spill_span(one));
		between = "/";
		b->m->valid += b->m->valid < SPILL_MARKING_CATEGORIES;
	}
}

/* "REL TO USA, GBR": what stands before the first, between two, behind the
 * last. False: there is none. */
static bool
countries(struct banner *b, struct spill_span list, const char *lead,
    const char *between, const char *tail)
{
	struct spill_span w;
	bool any = false;

	while (word(&list, &w)) {
		spill_buf_puts(b->text, any ? between : lead);
		spill_buf_span(b->text, w);
		any = true;
	}
	spill_buf_puts(b->text, any ? tail : "");
	return any;
}

static void
sorted(struct spill_span list, char *to, size_t size)
{
	struct spill_span w;

	to[0] = '\0';
	while (word(&list, &w))
		label_list(to, size, w);
}

/* "FGI DEU GBR", "DISPLAY ONLY AFG": a category with its countries. */
static void
category(struct banner *b, const char *before, struct spill_span list,
    const char *behind)
{
	char *to = b->m->categories, names[192], one[256];

	sorted(list, names, sizeof(names));
	for (char *p = names; *p != '\0'; p++)
		*p = *p == ';' ? ' ' : *p;
	(void)snprintf(one, sizeof(one), "%s%s%s", before, names, behind);
	spill_list_unite(to, sizeof(b->m->categories), one);
	b->m->valid += b->m->valid < SPILL_MARKING_CATEGORIES;
}

static void
fgi(struct banner *b, const struct label_ism *i)
{
	if (label_trim(i->fgi_protected).len > 0) {
		spill_buf_puts(b->text, "//FGI");
		category(b, "FGI", SPILL_SPAN(""), "");
	} else if (countries(b, i->fgi_open, "//FGI ", " ", "")) {
		category(b, "FGI ", i->fgi_open, "");
	}
}

/* What is left of the controls without REL, EYES and DISPLAYONLY, which stand
 * for lists of countries; *eyes: EYES was among them. */
static void
without_lists(struct spill_span list, struct spill_buf *rest, bool *eyes)
{
	struct spill_span w;

	*eyes = false;
	while (word(&list, &w)) {
		*eyes |= label_is(w, "EYES");
		if (label_is(w, "REL") || label_is(w, "DISPLAYONLY") ||
		    label_is(w, "EYES"))
			continue;
		spill_buf_span(rest, w);
		spill_buf_putc(rest, ' ');
	}
}

static void
foreign(struct banner *b, const struct label_ism *i)
{
	struct spill_buf rest = SPILL_BUF_INIT(1024);
	bool slash, eyes;
	char names[256];

	without_lists(i->dissem, &rest, &eyes);
	slash = rest.len > 0;
	controls(b, spill_buf_as_span(&rest), dissem, "");
	spill_buf_release(&rest);
	if (eyes &&
	    countries(b, i->rel, slash ? "/" : "//", "/", " EYES ONLY")) {
		category(b, "", i->rel, " EYES ONLY");
		slash = true;
	} else if (countries(
		       b, i->rel, slash ? "/REL TO " : "//REL TO ", ", ", "")) {
		sorted(i->rel, names, sizeof(names));
		spill_list_unite(b->m->release, sizeof(b->m->release), names);
		b->m->valid += b->m->valid < SPILL_MARKING_CATEGORIES;
		slash = true;
	}
	if (countries(b, i->display,
		slash ? "/DISPLAY ONLY " : "//DISPLAY ONLY ", ", ", ""))
		category(b, "DISPLAY ONLY ", i->display, "");
}

/* --- the grade ---------------------------------------------------------- */

/* Older versions have NATO's grades in the attribute itself. */
static const struct {
	const char *code;
	int rank;
	bool nato;
	const char *category;
} grades[] = { { "U", 1, false, "" }, { "R", 2, false, "" },
	{ "C", 3, false, "" }, { "S", 4, false, "" }, { "TS", 5, false, "" },
	{ "NU", 1, true, "" }, { "NR", 2, true, "" }, { "NC", 3, true, "" },
	{ "NS", 4, true, "" }, { "CTS", 5, true, "" },
	{ "NCA", 3, true, "ATOMAL" }, { "NSAT", 4, true, "ATOMAL" },
	{ "NS-A", 4, true, "ATOMAL" }, { "NS-S", 4, true, "SIOP" },
	{ "CTSA", 5, true, "ATOMAL" }, { "CTS-A", 5, true, "ATOMAL" },
	{ "CTS-B", 5, true, "BOHEMIA" }, { "CTS-BALK", 5, true, "BALK" } };

bool
label_ism_water(struct spill_span v, struct spill_marking *m)
{
	static const char lead[] = "NATO-";
	int rank;

	v = label_trim(v);
	if (!label_begins(v, lead))
		return false;
	rank = label_rank((struct spill_span){
	    v.p + sizeof(lead) - 1, v.len - (sizeof(lead) - 1) });
	if (rank < 0)
		return false;
	label_grade(m, "NATO", rank);
	return true;
}

static unsigned
owners(struct spill_span list, bool *us)
{
	struct spill_span w;
	unsigned n = 0;

	*us = false;
	while (word(&list, &w)) {
		*us |= label_is(w, "USA");
		n++;
	}
	return n;
}

/* What stands before the level, and the level. */
static void
level(struct banner *b, const struct label_ism *i, int rank, bool nato)
{
	struct spill_span owner = label_trim(i->owner);
	bool us;
	unsigned n = owners(owner, &us);
	const char *scheme = n == 0 ? "US" : n == 1 ? label_scheme(owner) : "";

	if (nato)
		scheme = "NATO";
	label_grade(b->m, scheme, rank);
	if (n > 1) {
		label_keep(b->m->scheme, SPILL_SPAN("JOINT"));
		spill_buf_printf(b->text, "//JOINT %s", b->m->level);
		(void)countries(b, owner, " ", " ", "");
		return;
	}
	if (scheme[0] == '\0')
		label_keep(b->m->scheme, owner);
	if (strcmp(scheme, "US") != 0)
		spill_buf_puts(b->text, "//");
	if (strcmp(scheme, "US") != 0 && strcmp(scheme, "NATO") != 0) {
		spill_buf_span(b->text, owner);
		spill_buf_putc(b->text, ' ');
	}
	spill_buf_puts(b->text, b->m->level);
}

/* Controlled unclassified information: CUI//SP-CTI//FEDCON. */
static void
cui(struct banner *b, const struct label_ism *i)
{
	label_grade(b->m, "US-CUI", 1);
	label_keep(b->m->level, SPILL_SPAN("CUI"));
	b->m->flags |= SPILL_MARKING_CONTROLLED;
	spill_buf_puts(b->text, "CUI");
	controls(b, i->cui_specified, none, "SP-");
	controls(b, i->cui_basic, none, "");
}

bool
label_ism_text(
    const struct label_ism *i, struct spill_buf *text, struct spill_marking *m)
{
	struct spill_span cls = label_trim(i->classification);
	bool controlled = i->cui_basic.len > 0 || i->cui_specified.len > 0;
	struct banner b = { text, m };
	size_t k = 0;

	while (k < SPILL_COUNT(grades) && !label_is(cls, grades[k].code))
		k++;
	if (controlled &&
	    (cls.len == 0 || grades[k % SPILL_COUNT(grades)].rank == 1)) {
		cui(&b, i);
		foreign(&b, i);
		return true;
	}
	if (k == SPILL_COUNT(grades))
		return false;
	level(&b, i, grades[k].rank, grades[k].nato);
	m->flags |= SPILL_MARKING_UPPER;
	controls(&b, spill_span(grades[k].category), none, "");
	controls(&b, i->sci, none, "");
	controls(&b, i->sar, none, "SAR-");
	controls(&b, i->aea, aea, "");
	/* NATO-ATOMAL */
	for (struct spill_span list = i->non_us, w; word(&list, &w);) {
		bool lead = label_begins(w, "NATO-");

		controls(&b,
		    (struct spill_span){
			w.p + (lead ? 5 : 0), w.len - (lead ? 5 : 0) },
		    none, "");
	}
	fgi(&b, i);
	foreign(&b, i);
	controls(&b, i->non_ic, non_ic, "");
	return true;
}
