/*
 * rtf_dest.c: destinations of RTF: what the text of a group is for.
 */
#include <stdio.h>
#include <string.h>

#include "rtf_i.h"

/* What stands for a text of its own. */
static const struct {
	const char *word;
	enum spill_role role;
} texts[] = { { "header", SPILL_ROLE_HEADER }, { "headerl", SPILL_ROLE_HEADER },
	{ "headerr", SPILL_ROLE_HEADER }, { "headerf", SPILL_ROLE_HEADER },
	{ "footer", SPILL_ROLE_FOOTER }, { "footerl", SPILL_ROLE_FOOTER },
	{ "footerr", SPILL_ROLE_FOOTER }, { "footerf", SPILL_ROLE_FOOTER },
	{ "footnote", SPILL_ROLE_NOTE }, { "annotation", SPILL_ROLE_COMMENT },
	{ "shptxt", SPILL_ROLE_TEXTBOX } };

static const char *const values[] = { "title", "subject", "author", "manager",
	"company", "operator", "category", "keywords", "comment", "doccomm",
	"hlinkbase", "docvar", "atnauthor", "atnid", "bkmkstart", "password",
	"userprops", NULL };

static const char *const skipped[] = { "colortbl", "stylesheet", "pict",
	"objdata", "objclass", "listtable", "listoverridetable", "rsidtbl",
	"generator", "filetbl", "revtbl", "themedata", "colorschememapping",
	"datastore", "latentstyles", "xmlnstbl", "mmathPr", "pnseclvl",
	"nonshppict", "blipuid", "bin", "datafield", "panose", "fontemb",
	"falt", "private", "private1", "nextfile", "template", "xe", "tc",
	"pntext", "listtext", "shprslt", "bkmkend", "atnref", "atrfstart",
	"atrfend", "atndate", "wgrffmtfilter", "fldtype", "ffdefres", NULL };

/* Words that a star stands before and whose text counts all the same. */
static const char *const starred[] = { "shppict", "shpinst", "background",
	"nesttableprops", "upr", "ud", "formfield", "ffname", "ffdeftext",
	"docvar", "do", "dptxbxtext", "shptxt", "footnote", "ftnsep", "fldinst",
	"annotation", "userprops", NULL };

/* A group begins with a word of these. */
bool
rtf_destination(struct rtf *r, const char *word)
{
	struct group *g = rtf_top(r);

	if (g->dest == D_SKIP)
		return true;
	for (size_t i = 0; i < SPILL_COUNT(texts); i++)
		if (strcmp(word, texts[i].word) == 0) {
			if (g->role != texts[i].role)
				rtf_hold_line(r);
			rtf_end_line(r);
			g->dest = D_TEXT;
			g->role = texts[i].role;
			g->cell = g->hidden = g->struck = false;
			rtf_place(r);
			return true;
		}
	if (strcmp(word, "fonttbl") == 0)
		g->dest = D_FONTS;
	else if (strcmp(word, "sn") == 0)
		g->dest = D_SHAPE_NAME;
	else if (strcmp(word, "sv") == 0)
		g->dest = D_SHAPE_VALUE;
	else if (strcmp(word, "propname") == 0)
		g->dest = D_USER_NAME;
	else if (strcmp(word, "staticval") == 0)
		g->dest = D_USER_VALUE;
	else if (strcmp(word, "fldinst") == 0)
		g->dest = D_CODE;
	else if (rtf_among(word, skipped))
		g->dest = D_SKIP;
	else if (g->begin && rtf_among(word, values)) {
		g->dest = D_VALUE;
		(void)snprintf(r->value_of, sizeof(r->value_of), "%s", word);
	} else if (g->star && g->begin && !rtf_among(word, starred))
		g->dest = D_SKIP;
	else
		return false;
	if (g->dest == D_SHAPE_NAME || g->dest == D_USER_NAME)
		spill_buf_reset(&r->name);
	if (g->dest != D_SKIP)
		spill_buf_reset(&r->value);
	return true;
}

/* "gtextUNICODE" has the words of WordArt; a watermark is one by its name. */
void
rtf_shape_value(struct rtf *r)
{
	struct spill_span n = spill_buf_as_span(&r->name);
	struct spill_span v = spill_buf_as_span(&r->value);

	if (spill_span_eq(n, SPILL_SPAN("wzName")))
		r->watermark = memmem(v.p, v.len, "atermark", 8) != NULL ||
			       memmem(v.p, v.len, "WaterMark", 9) != NULL;
	if (spill_span_eq(n, SPILL_SPAN("gtextUNICODE")))
		rtf_tell(r,
		    rtf_top(r)->role == SPILL_ROLE_HEADER || r->watermark
			? SPILL_ROLE_WATERMARK
			: SPILL_ROLE_TEXTBOX,
		    "", &r->value);
	else if (spill_span_eq(n, SPILL_SPAN("wzDescription")))
		rtf_tell(r, SPILL_ROLE_ARTIFACT, "", &r->value);
	spill_buf_reset(&r->value);
}
