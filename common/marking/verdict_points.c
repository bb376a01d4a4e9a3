/*
 * verdict_points.c: what each feature of a marking is worth. In half points:
 * the sums are integers, and each cut of them is, too.
 *
 * The weights follow practice: a line that is nothing but a marking outweighs
 * everything a sentence can say, and what stands around the words, or on how
 * many pages they do, tells a marking from talk about markings.
 */
#include "verdict_i.h"

const struct judge_point_row judge_points[JUDGE_POINTS] = {
	[JP_SELF] = { "self", 12, "its words name their owner" },
	[JP_PAIR] = { "pair", 16, "in two languages whose levels agree" },
	[JP_PHRASE] = { "phrase", 6, "a wording of one country" },
	[JP_GENERIC] = { "generic", 0, "a bare level" },
	[JP_WEAK] = { "weak", -8, "an everyday word or one to three letters" },
	[JP_PORTION] = { "portion", 4, "in parentheses, before a text" },
	[JP_CAVEAT] = { "caveat", 0, "a caveat without a level" },
	[JP_CATEGORIES] = { "categories", 0,
	    "4, and 3 for each valid category, at most 12" },
	[JP_LABEL] = { "label", 20, "a label for machines" },

	[JP_LINE] = { "line", 12, "the line is the marking" },
	[JP_LOOSE] = { "line-loose", 8,
	    "but for a full stop, a page's number, a precedence" },
	[JP_FIELD] = { "field", 8, "the value of a field" },
	[JP_SUBJECT] = { "subject", 8, "set off in a title" },
	[JP_INLINE] = { "running-text", -12, "among other words" },
	[JP_CAPITALS] = { "capitals", 6, "all its letters are capitals" },
	[JP_TITLE] = { "title-case", -4, "Capitalised Words" },
	[JP_LOWER] = { "lower-case", -12, "small letters" },
	[JP_SPACED] = { "spaced", 4, "letter-spaced, as in messages" },

	[JP_OBJECT] = { "header-footer", 12,
	    "in a header, a footer or a watermark of the format" },
	[JP_EDGE] = { "edge", 8, "in the first or last 3 lines of a page" },
	[JP_BOTH] = { "top-and-bottom", 6, "of the same page" },
	[JP_PAGES_2] = { "pages-2", 4, "on two pages or more" },
	[JP_PAGES_50] = { "pages-half", 10, "on half of the pages or more" },
	[JP_PAGES_90] = { "pages-all", 14, "on 9 in 10 pages or more" },
	[JP_ARTIFACT] = { "name-of-part", -12,
	    "the name of a sheet or a style" },

	[JP_LEVEL] = { "level", 12, "the label names a level" },
	[JP_MATCH] = { "label-agrees", 16, "a label has the same level" },
	[JP_PORTIONS] = { "portions-agree", 10,
	    "3 portion marks or more up to the same level" },
	[JP_CAB] = { "authority-block", 16,
	    "two lines of a classification authority block" },
	[JP_COPY] = { "copy-number", 4, "the copy is numbered" },
	[JP_REGISTRY] = { "registry", 6, "a register's number" },
	[JP_REFERENCE] = { "reference", 6, "a reference of a known family" },
	[JP_ORIGINATOR] = { "originator", 6, "a body of state or alliance" },
	[JP_MESSAGE] = { "message", 6, "message traffic" },
	[JP_PRECEDENCE] = { "precedence", 6, "with the precedence" },
	[JP_LETTER] = { "letter-of-state", 6,
	    "dated, addressed, and it speaks of governments" },
	[JP_DATED] = { "dated", 4, "under the date of a letter or a message" },

	[JP_QUOTED] = { "quotation-marks", -8, "around it" },
	[JP_SPEECH] = { "talk", -10, "marked, levels, such as, ... near it" },
	[JP_NEGATED] = { "negated", -8, "not, unless, formerly, ..." },
	[JP_COMPOUND] = { "compound", -20, "part of another expression" },
	[JP_CLEARANCE] = { "clearance", -10, "a clearance of a person" },
	[JP_LIST] = { "list", -16, "3 levels or more within 12 lines" },
	[JP_BOX] = { "box", -16, "an option to be ticked" },
	[JP_CONDITIONAL] = { "conditional", -16, "(when filled in)" },
	[JP_SPECIMEN] = { "specimen", -12, "specimen, exercise near it" },
	[JP_DISCLAIMER] = { "disclaimer", -20,
	    "a phrase of business in the paragraph" },
	[JP_CODE] = { "code", -20, "in a program or a configuration" },
	[JP_POLICY] = { "policy", -8, "the text teaches marking" },
	[JP_CANDIDATE] = { "unconfirmed", -4, "a spelling that is not sure" },
	[JP_EDITS] = { "repairs", -4, "for each letter that was guessed" },
};

/* Of a base there is one; what is worth something by number is not here. */
int
judge_sum(const struct judge_hit *h)
{
	int sum = 0;

	for (int i = 0; i < JUDGE_POINTS; i++)
		if (h->facts >> i & 1 && i != JP_EDITS && i != JP_CATEGORIES)
			sum += judge_points[i].half;
	if (h->facts & JP(CATEGORIES))
		sum += SPILL_MIN(8 + 6 * (int)h->hit.m.valid, 24);
	if (h->facts & JP(EDITS))
		sum += judge_points[JP_EDITS].half *
		       (int)SPILL_MIN(h->hit.edits, 8u);
	return sum;
}
