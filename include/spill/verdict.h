/*
 * verdict.h: what the markings of a document add up to. The judge sees each
 * line's place and what the grammar found in it, and the labels; at the end of
 * the document each marking has its score, with every point of it, and the
 * document its class.
 *
 * Points are in halves and integers; they stand in one table
 * (verdict_points.c), never in code.
 */
#ifndef SPILL_VERDICT_H
#define SPILL_VERDICT_H

#include <spill/buf.h>
#include <spill/doctext.h>
#include <spill/grammar.h>
#include <spill/label.h>

enum spill_class { /* column class; the order is that of the records page */
	SPILL_CLASS_MARKED,
	SPILL_CLASS_LABELLED,
	SPILL_CLASS_PORTION,
	SPILL_CLASS_DECLASSIFIED,
	SPILL_CLASS_SPECIMEN,
	SPILL_CLASS_TEMPLATE,
	SPILL_CLASS_CORPORATE,
	SPILL_CLASS_MENTION,
	SPILL_CLASS_NONE, /* no words of markings at all: no row */
	SPILL_CLASSES,
};

extern const char *const spill_class_names[SPILL_CLASSES];

/* A line as the judge sees it. */
struct spill_seen {
	const struct spill_line *line; /* place: part, role, page, offset */
	const struct spill_parse *parse; /* NULL: nothing is in it */
};

struct spill_hit { /* a marking with its place and score */
	struct spill_marking m;
	enum spill_role role;
	uint32_t page, line_of_page; /* both from 1 */
	uint64_t line, offset; /* of the document; byte of the marking in the
				  item, or UINT64_MAX */
	unsigned repairs, edits;
	int score; /* half points */
	enum spill_class class; /* what it is by itself */
	char where[12]; /* column where: header, footer, banner, body, ... */
	char reason[256]; /* "self 6, line 6, capitals 3, ..." */
	struct spill_span text, part; /* as written: at most 200 bytes */
};

struct spill_verdict {
	enum spill_class class;
	unsigned secondary; /* 1 << class */
	char scheme[64], level[96], former_level[96];
	int rank, rank_max; /* -1: none */
	char categories[512], release[512];
	unsigned score; /* 0 to 100 */
	uint32_t pages, pages_marked, markings;
	char flags[256]; /* label-mismatch;top-bottom-differ;... */
	struct spill_span originator, reference, copy_no, doc_date;
	char reason[512];
	/* The document's label of Microsoft's, "" if it has none: where its
	 * name is known, that and what it says (rank -1: it is no marking);
	 * other documents of the case may have the GUID alone. */
	struct {
		char guid[37], name[128], scheme[48], level[96];
		int rank;
	} mip;
};

/* The points, as a list for the manual page. */
void spill_verdict_points(struct spill_buf *b);

struct spill_judge;

struct spill_judge_doc {
	struct spill_span name; /* of the file or member, raw */
	struct spill_span mime; /* may be empty */
	bool code; /* a program's source, a configuration */
	bool fragment; /* no whole document: carved, remnant */
};

int spill_judge_open(struct spill_judge **j, const struct spill_vocab *v);
void spill_judge_free(struct spill_judge **j);
void spill_judge_begin(struct spill_judge *j, const struct spill_judge_doc *d);
/* Every line that is no property, in order, also those with nothing in them:
 * they are counted. Properties come as labels, and, if they are for readers
 * (Subject, Title), as lines. */
int spill_judge_line(struct spill_judge *j, const struct spill_seen *s);
int spill_judge_label(struct spill_judge *j, const struct spill_label *l);
/* The name of the file, or a path, has a marking in it. */
int spill_judge_name(struct spill_judge *j, const struct spill_parse *p);
/* n lines of the body of this page (0: not known) that hold nothing, none of
 * them blank. They come in order between the others: the foot of a page is told
 * by what is behind a line. */
void spill_judge_skip(struct spill_judge *j, uint64_t n, uint32_t page);

/* The verdict; what it points to is good until the next begin. */
int spill_judge_end(struct spill_judge *j, struct spill_verdict *v);
/* The hits, in order of place, behind end(); of a document that has more than
 * SPILL_JUDGE_HITS, those and the best of the others. */
#define SPILL_JUDGE_HITS 1024
size_t spill_judge_hits(const struct spill_judge *j);
const struct spill_hit *spill_judge_hit(const struct spill_judge *j, size_t i);
/* 0 to 100, as of a verdict: 12 points, the cut of a real marking, are 60. */
unsigned spill_hit_score(const struct spill_hit *h);

/* Its points as 0 to 100, as of a verdict. */
unsigned spill_hit_score(const struct spill_hit *h);

/* A container's verdict of those of its members: class and rank of the
 * highest, flag "member"; own may be one of class NONE. */
void spill_verdict_rollup(const struct spill_vocab *v,
    struct spill_verdict *own, const struct spill_verdict *member);

#endif
