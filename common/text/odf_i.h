/*
 * odf_i.h: OpenDocument, what its files share.
 *
 * odf.c		the descriptor, elements, parts
 * odf_style.c	styles, as far as they hide or break
 * odf_decl.c	headers and footers of slides
 */
#ifndef SPILL_ODF_I_H
#define SPILL_ODF_I_H

#include "text_i.h"

struct style {
	struct spill_span name;
	bool hidden, struck, breaks; /* breaks: a page begins with it */
	struct style *next;
};

#define BUCKETS 256

/* What stands in the header or footer of slides, by name. */
struct decl {
	struct spill_span kind, name, text;
	bool used;
	struct decl *next;
};

struct odf {
	struct lines l;
	struct docparts parts;
	struct spill_arena names;
	struct spill_span part;
	struct style *styles[BUCKETS], *style; /* style: that is read */
	struct paras paras;
	uint32_t page;
	/* Elements that are open. */
	unsigned header, footer, note, annotation, change, box, cell, deleted,
	    hidden, master, speaker, watermark, notes, spans;
	/* The first of spans that hides, or strikes through; 0: none. */
	unsigned hidden_spans, struck_spans;
	bool struck; /* by the style of its paragraph */
	enum spill_role shape; /* of a placeholder */
	bool body, sheets, slides, hidden_row, hidden_sheet;
	struct spill_buf value, value_name; /* of a property */
	bool in_value, in_meta;
	struct decl *decls;
	unsigned ndecls;
	bool hidden_slide;
};

/* --- odf.c -------------------------------------------------------------- */

/* A line of its own, on the page that is open. */
void odf_aside(struct odf *o, const char *what, enum spill_role role,
    struct spill_span text);

/* --- odf_style.c -------------------------------------------------------- */

/* NULL: there is none. */
const struct style *odf_style(struct odf *o, struct spill_span name);
bool odf_is_hidden(struct odf *o, struct spill_span name);
bool odf_is_struck(struct odf *o, struct spill_span name);
/* What follows is of this one. */
int odf_style_add(struct odf *o, struct spill_span name);
void odf_style_look(struct odf *o, const struct xml_tag *t);

/* --- odf_decl.c --------------------------------------------------------- */

bool odf_is_decl(struct spill_span name);
/* It ends; its text is o->value. */
int odf_decl_add(struct odf *o, struct spill_span kind);
/* Those that a slide, or its notes, uses. */
void odf_decls_use(struct odf *o, const struct xml_tag *t);
/* Those that none did. */
void odf_decls_end(struct odf *o);

#endif
