/*
 * odf_decl.c: what stands in the header, footer and field for the date of
 * slides: declared once and used by name ([ODF] 1.3 part 3, 9.11).
 */
#include <string.h>

#include "odf_i.h"

#define DECLS 256

static const struct {
	const char *kind, *use;
	enum spill_role role;
} kinds[] = { { "header-decl", "use-header-name", SPILL_ROLE_HEADER },
	{ "footer-decl", "use-footer-name", SPILL_ROLE_FOOTER },
	{ "date-time-decl", "use-date-time-name", SPILL_ROLE_FOOTER } };

bool
odf_is_decl(struct spill_span name)
{
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++)
		if (xml_is(name, kinds[i].kind))
			return true;
	return false;
}

static bool
copy(struct odf *o, struct spill_span *to, struct spill_span s)
{
	to->p = spill_arena_dup(&o->names, s.p, s.len);
	to->len = s.len;
	return to->p != NULL;
}

int
odf_decl_add(struct odf *o, struct spill_span kind)
{
	struct decl *d;

	if (o->ndecls++ == DECLS)
		lines_flaw(&o->l, "limit", 0, 0,
		    "it has more footers of slides than are looked into, 256");
	if (o->ndecls > DECLS)
		return SPILL_OK;
	d = spill_arena_alloc(&o->names, sizeof(*d));
	if (d == NULL || !copy(o, &d->kind, kind) ||
	    !copy(o, &d->name, spill_buf_as_span(&o->value_name)) ||
	    !copy(o, &d->text, spill_buf_as_span(&o->value)))
		return SPILL_ENOMEM;
	d->next = o->decls;
	o->decls = d;
	return SPILL_OK;
}

void
odf_decls_use(struct odf *o, const struct xml_tag *t)
{
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
		struct spill_span name = xml_attr(t, kinds[i].use);

		for (struct decl *d = o->decls; d != NULL && name.len > 0;
		     d = d->next)
			if (spill_span_eq(d->name, name) &&
			    xml_is(d->kind, kinds[i].kind)) {
				odf_aside(o, "", kinds[i].role, d->text);
				d->used = true;
				break;
			}
	}
}

void
odf_decls_end(struct odf *o)
{
	o->page = 0;
	for (; o->decls != NULL; o->decls = o->decls->next)
		if (!o->decls->used)
			odf_aside(o, "", SPILL_ROLE_ARTIFACT, o->decls->text);
}
