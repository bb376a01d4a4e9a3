/*
 * verdict_i.h: what the halves of the judge share.
 *
 *	verdict.c         lines come in: pages, signals
 *	verdict_facts.c   a marking's features that its line tells
 *	verdict_hits.c    markings come in: hits, groups, lists, edges of pages
 *	verdict_other.c   portions, labels, names of files
 *	verdict_lead.c    what the line before makes of a level; stamps
 *	verdict_points.c  the table of points
 *	verdict_score.c   what each hit is worth, and what it is by itself
 *	verdict_class.c   the class of the document
 *	verdict_roll.c    level, categories, release, flags
 *	verdict_state.c   letters of state
 *	verdict_lang.c    languages, for words of several ranks
 *	verdict_say.c     reasons for people
 *
 * A hit's features are bits, one for each row of the table; what depends on
 * the whole document is added at its end. Hits are kept up to a number; all of
 * them count in their group, which is all that has one scheme and level.
 */
#ifndef SPILL_VERDICT_I_H
#define SPILL_VERDICT_I_H

#include <spill/arena.h>
#include <spill/verdict.h>

#define JUDGE_HITS \
	SPILL_JUDGE_HITS /* kept in the order of the document, and ... */
#define JUDGE_GROUPS 96 /* ... the best of each group beyond that */
#define JUDGE_EDGE   3 /* lines at the head and the foot of a page */
#define JUDGE_NEAR   5 /* lines within which a specimen's word counts */
#define JUDGE_LIST   12 /* lines within which three ranks are a list */
#define JUDGE_WINDOW 60 /* lines that stand for a page where there is none */
#define JUDGE_OPEN   40 /* lines in which letterhead and preamble stand */
#define JUDGE_REAL   24 /* half points: a marking beyond doubt */
#define JUDGE_TEXT   200 /* bytes of a marking as written */
#define JUDGE_PART   256 /* bytes of the name of a part */
#define JUDGE_LIKELY 14 /* half points: probable */

enum judge_point {
	/* bases: one of them */
	JP_SELF,
	JP_PAIR,
	JP_PHRASE,
	JP_GENERIC,
	JP_WEAK,
	JP_PORTION,
	JP_CAVEAT,
	JP_CATEGORIES,
	JP_LABEL,
	/* how it stands in its line */
	JP_LINE,
	JP_LOOSE,
	JP_FIELD,
	JP_SUBJECT,
	JP_INLINE,
	JP_CAPITALS,
	JP_TITLE,
	JP_LOWER,
	JP_SPACED,
	/* where it stands */
	JP_OBJECT,
	JP_EDGE,
	JP_BOTH,
	JP_PAGES_2,
	JP_PAGES_50,
	JP_PAGES_90,
	JP_ARTIFACT,
	/* what else the document has */
	JP_LEVEL,
	JP_MATCH,
	JP_PORTIONS,
	JP_CAB,
	JP_COPY,
	JP_REGISTRY,
	JP_REFERENCE,
	JP_ORIGINATOR,
	JP_MESSAGE,
	JP_PRECEDENCE,
	JP_DATED,
	JP_LETTER,
	/* what speaks against it */
	JP_QUOTED,
	JP_SPEECH,
	JP_NEGATED,
	JP_COMPOUND,
	JP_CLEARANCE,
	JP_LIST,
	JP_BOX,
	JP_CONDITIONAL,
	JP_SPECIMEN,
	JP_DISCLAIMER,
	JP_CODE,
	JP_POLICY,
	JP_CANDIDATE,
	JP_EDITS,
	JUDGE_POINTS
};

#define JP(x) ((uint64_t)1 << JP_##x)

/* What has one of these marks nothing, whatever speaks for it. */
#define JUDGE_NEVER                                                          \
	(JP(LIST) | JP(BOX) | JP(CONDITIONAL) | JP(COMPOUND) | JP(NEGATED) | \
	    JP(CLEARANCE) | JP(ARTIFACT))

struct judge_point_row {
	const char *name;
	int half; /* points, in halves */
	const char *when;
};

extern const struct judge_point_row judge_points[JUDGE_POINTS];

enum judge_lang {
	JL_EN,
	JL_ES,
	JL_PT,
	JL_RO,
	JL_BG,
	JL_RU,
	JL_JA,
	JL_PL,
	JL_CS,
	JL_SK,
	JUDGE_LANGS
};

struct judge_hit {
	struct spill_hit hit;
	uint64_t facts; /* 1 << enum judge_point */
	char text[JUDGE_TEXT]; /* .hit.text is there at the end */
	size_t text_len;
	uint32_t group, segment;
	uint32_t mark_page; /* page, or the window that stands for one */
	bool opening; /* where a letter or a message has its marking */
	bool indented; /* by four blanks: code, in Markdown */
	bool quoted; /* in a message that is quoted */
	bool led; /* the line before says that it is talked about */
	bool fenced; /* in a block of code, of Markdown */
	bool named; /* in the name of the file */
	bool label;
	unsigned label_flags;
	enum spill_label_family family;
};

/* All that has one scheme and level. */
struct judge_group {
	char scheme[48], level[96];
	int rank, rank_max;
	enum spill_term_spec spec; /* the best of them */
	unsigned flags; /* SPILL_MARKING_*, of all */
	uint64_t hits, alone, portions, struck, quoted, hidden, deleted, shown;
	uint32_t pages; /* with a hit that stands alone */
	uint32_t last_page;
	/* How many pages have one in the first or last lines, in both, in a
	 * header or a footer; which had one last, and where. */
	uint32_t edges, both, object_pages;
	uint32_t last_top, last_bottom, last_both, last_object, top_line;
	bool every; /* in what is printed on every page */
	unsigned objects; /* 1 << role: header, footer, watermark */
	uint32_t spare; /* place of its best hit beyond the first; 0: none */
	/* Of the hits that stand alone. */
	char categories[512], release[512];
	bool released, nobody; /* one of them had a list; it came to nothing */
	bool sure; /* one that stands alone is of a spelling that is sure */
	bool tried, settled; /* at the end: it has one country now */
	bool real; /* at the end: it marks the document */
};

/* A hit of the last lines of a page, or of the last lines for a list. */
struct judge_recent {
	uint64_t line;
	uint32_t group;
	int32_t hit; /* -1: not kept */
	int rank;
};

#define JUDGE_RECENT 64

struct judge_ring {
	struct judge_recent at[JUDGE_RECENT];
	size_t n, first;
};

struct judge_portions {
	/* rich: more than one letter; full: more than two, or categories */
	uint64_t hits, classified, self, rich, full;
	uint64_t initials; /* of the words behind them */
	uint64_t last_line;
	uint64_t lines;
	char value[8][16]; /* different ones, up to this many */
	size_t values;
	int rank, self_rank;
	char scheme[48], level[96];
	char categories[512], release[512];
	bool released, nobody, noforn;
	bool bare, mixed; /* letters alone; no one scheme has all of these */
	char schemes[48]; /* that have all of these */
};

enum judge_flag { /* column flags; names in verdict_roll.c */
	JF_LABEL_MISMATCH,
	JF_TOP_BOTTOM,
	JF_HEADER_MISMATCH,
	JF_PORTION_ABOVE,
	JF_BANNER_MISSING,
	JF_UNDER_MARKED,
	JF_UNMARKED_PAGES,
	JF_DOWNGRADED,
	JF_EXERCISE,
	JF_EVASION,
	JF_HIDDEN,
	JF_DELETED,
	JF_QUOTED,
	JF_RELEASE,
	JF_FRAGMENT,
	JF_NONSTANDARD,
	JF_ONE_PLACE,
	JUDGE_FLAGS
};

struct judge_labels {
	unsigned n; /* that say something of this document */
	unsigned policy, corp, unresolved;
	int rank, part_rank; /* highest; of a part; -1 */
	bool main; /* not of a part only */
	uint32_t hit; /* of the highest */
	enum spill_label_family family;
};

/* What is gathered of one document of a file; files may hold several. */
struct judge_part {
	uint64_t line; /* lines of the flow so far, blank ones not counted */
	uint64_t before; /* of these in earlier documents of the file */
	uint32_t pages_before;
	uint32_t page, pages; /* the page at hand; how many */
	uint32_t unit; /* counts pages; a text without pages is one */
	uint64_t page_line; /* lines of it so far */
	int top_rank; /* of its first lines; -1 */
	uint32_t told_page; /* "Page 3 of 12" said so */
	unsigned opening; /* signals of letterhead, preamble and headers */
	unsigned signals; /* all of them */
	uint64_t lead; /* JP() of the line behind the last one, ... */
	uint64_t lead_line; /* ... and where that was */
	bool fence; /* in a block of code, of Markdown */
	unsigned cabs;
	uint64_t cab_line;
	/* The country of those who wrote it, as its head says; "": it says
	 * none. Two of them are none. */
	char country[8];
	bool countries;
	bool cab; /* two labels of an authority block */
	bool dated, addressed; /* as letters are */
	unsigned concepts; /* of state, in the opening */
	uint64_t specimen_line, exercise_line, disclaimer_line, declass_line,
	    date_line, dated_line;
	bool declass_dated, declass_object, declass_near, cancelled;
	uint64_t declass_at; /* its line of the page */
	uint32_t declass_pages, declass_last;
	unsigned rank_mask; /* ranks that stand alone, lists among them */
	unsigned list_mask; /* the most of one list within a line */
	unsigned list_lines; /* lines with such a list */
	unsigned boxes;
	struct spill_marking *lower; /* DOWNGRADED TO ...; NULL */
	const struct judge_hit *old; /* at the end: what it was; NULL */
	bool pair; /* at the end: a short text about two levels */
	bool frames; /* at the end: levels differ at head and foot */
	bool state; /* at the end: a state or an alliance wrote it */
	bool top_bottom_differ;
	struct judge_ring edge, list;
	bool in_table;
	unsigned table_mask;
	uint64_t head_line; /* of the table's column of levels; 0: none */
	size_t table_first;
	size_t table_spared; /* its first cell, if that has one; and one */
	struct judge_portions portions;
	struct judge_labels labels;
	unsigned flags; /* 1 << enum judge_flag */
	struct judge_group group[JUDGE_GROUPS];
	size_t groups, last_group;
	unsigned repairs;
	uint64_t hits; /* all of them, with labels */
	uint64_t words; /* but bare letters of portions */
	size_t first_hit; /* in hits[] */
};

struct spill_judge {
	const struct spill_vocab *v;
	struct spill_judge_doc doc;
	struct spill_arena arena;
	struct judge_hit *hits; /* JUDGE_HITS, then the spare ones */
	size_t nhits, cap;
	struct judge_part now;
	uint32_t segment;
	struct spill_verdict before; /* of the documents before this one */
	bool several, paged, named;
	bool table; /* CSV and the like */
	bool manual; /* of programs: man, Markdown, reStructuredText */
	bool data; /* XML: an element's text is its line */
	uint64_t read; /* bytes that were looked at for their language */
	unsigned lang[JUDGE_LANGS];
	struct spill_span part_kept; /* of the last hit */
	char flow_part[JUDGE_PART]; /* of the last line of the flow */
	size_t flow_len;
	struct spill_span originator, reference, copy_no, doc_date;
	struct spill_label mip; /* the first of Microsoft's; guid "": none */
	int rc;
};

/* verdict_facts.c: features that need the line alone. */
uint64_t judge_facts(const struct spill_judge *j, const struct spill_line *l,
    const struct spill_parse *p, const struct spill_marking *m);
uint64_t judge_base(const struct spill_marking *m);
uint64_t judge_letters(const struct spill_marking *m);
/* Its words are everybody's. */
bool judge_is_cheap(const struct spill_marking *m);

/* verdict_other.c */
int judge_hits_label(struct spill_judge *j, const struct spill_label *l);
int judge_hits_name(struct spill_judge *j, const struct spill_parse *p);
void judge_portion(struct spill_judge *j, const struct spill_marking *m,
    struct spill_span text);

/* "(S)": rank 4 to some, a list's letter to others. */
bool judge_is_bare(struct spill_span text, const struct spill_marking *m);
/* Is it one of "CA|NZ|US"? */
bool judge_has_scheme(const char *schemes, const char *name, size_t n);

/* verdict_hits.c */
int judge_hits_add(struct spill_judge *j, const struct spill_seen *s);
size_t judge_group_of(struct judge_part *p, const struct spill_marking *m);
/* The place in hits[]; -1: it only counts. */
int32_t judge_hits_keep(struct spill_judge *j, const struct judge_hit *h,
    struct spill_span text, struct spill_span part);
void judge_hits_close_page(struct spill_judge *j);
/* A word was read that bears on the markings just before it. */
void judge_hits_near(struct spill_judge *j, enum judge_point p);
void judge_hits_sort(struct spill_judge *j);
/* So many bytes of it at most; none when there is no room for more of them. */
struct spill_span judge_keep(
    struct spill_judge *j, struct spill_span s, size_t most);

/* verdict_score.c: each hit of the document at hand. */
void judge_score(struct spill_judge *j);
bool judge_has_state(const struct spill_judge *j);
bool judge_portions_ok(const struct spill_judge *j);
/* Not in the middle of a program or a manual, where examples stand. */
bool judge_is_shown(const struct spill_judge *j, const struct judge_hit *h);
int judge_sum(const struct judge_hit *h);
/* Where countries differ the upper end counts. */
int judge_top(int rank, int rank_max);

/* verdict_class.c, verdict_roll.c */
void judge_classify(struct spill_judge *j, struct spill_verdict *v);
void judge_roll(struct spill_judge *j, struct spill_verdict *v);
/* The higher of two in *own, its counts the sum; false: it was that already. */
bool judge_merge(struct spill_verdict *own, const struct spill_verdict *m);
const struct judge_hit *judge_best(
    const struct spill_judge *j, enum spill_class class);
const struct judge_hit *judge_lone(const struct spill_judge *j);

/* verdict_state.c */
void judge_state_read(struct judge_part *p, struct spill_span text);
bool judge_is_letter_of_state(const struct judge_part *p);

/* verdict_lead.c: facts of a level behind such a line; signals of a stamp. */
uint64_t judge_lead(struct spill_span text);
bool judge_is_head(struct spill_span text);
unsigned judge_stamp(struct spill_span text, bool shout);

/* verdict_lang.c */
void judge_lang_read(struct spill_judge *j, struct spill_span text);
/* A word of several countries is one country's, if the head of the document or
 * its language says which. */
bool judge_lang_settle(const struct spill_judge *j, struct judge_hit *h);

/* verdict_say.c */
void judge_say_hit(struct judge_hit *h);
void judge_say(const struct spill_judge *j, struct spill_verdict *v);
const char *judge_where(const struct judge_hit *h);

/* A part of a document for certain people: they meet. */
void judge_release(const struct spill_judge *j, char *to, size_t size,
    bool *released, bool *nobody, const char *list);
/* Lists as they stand in cells: ";" between. */
void judge_list_add(char *list, size_t size, const char *name);
bool judge_list_has(const char *list, const char *name);

/* Where a letterhead, a preamble and the marking of a message stand. */
static inline bool
judge_is_opening(const struct judge_part *p)
{
	return p->line - p->before <= JUDGE_OPEN;
}

/* A marking that is its line, or the value of a field. */
static inline bool
judge_is_alone(enum spill_form f)
{
	return f == SPILL_FORM_LINE || f == SPILL_FORM_LINE_LOOSE ||
	       f == SPILL_FORM_FIELD || f == SPILL_FORM_SUBJECT;
}

static inline bool
judge_is_object(enum spill_role r)
{
	return r == SPILL_ROLE_HEADER || r == SPILL_ROLE_FOOTER ||
	       r == SPILL_ROLE_WATERMARK;
}

#endif
