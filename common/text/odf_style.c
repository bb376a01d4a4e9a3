/*
 * odf_style.c: styles, as far as they hide text or begin a page.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "odf_i.h"

#define TINY 2.5 /* points: nobody reads that */

static struct style **
bucket(struct odf *o, struct spill_span name)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619u;
	return &o->styles[h % BUCKETS];
}

const struct style *
odf_style(struct odf *o, struct spill_span name)
{
	const struct style *s = *bucket(o, name);

	while (s != NULL && !spill_span_eq(s->name, name))
		s = s->next;
	return s;
}

bool
odf_is_struck(struct odf *o, struct spill_span name)
{
	const struct style *s = odf_style(o, name);

	return s != NULL && s->struck;
}

bool
odf_is_hidden(struct odf *o, struct spill_span name)
{
	const struct style *s = odf_style(o, name);

	return s != NULL && s->hidden;
}

int
odf_style_add(struct odf *o, struct spill_span name)
{
	struct style *s = spill_arena_alloc(&o->names, sizeof(*s));
	struct style **at = bucket(o, name);

	if (s == NULL)
		return SPILL_ENOMEM;
	s->name.p = spill_arena_dup(&o->names, name.p, name.len);
	s->name.len = s->name.p != NULL ? name.len : 0;
	s->next = *at;
	*at = o->style = s;
	return SPILL_OK;
}

void
odf_style_look(struct odf *o, const struct xml_tag *t)
{
	struct spill_span size = xml_attr(t, "font-size");
	struct spill_span color = xml_attr(t, "color");
	char text[16] = { 0 };

	struct spill_span line = xml_attr(t, "text-line-through-style");

	if (o->style == NULL)
		return;
	if (line.len > 0)
		o->style->struck = !xml_is(line, "none");
	if (xml_is(xml_attr(t, "display"), "none") ||
	    xml_is(xml_attr(t, "display"), "false"))
		o->style->hidden = true;
	if (size.len > 2 && size.len < sizeof(text) &&
	    memcmp(size.p + size.len - 2, "pt", 2) == 0) {
		memcpy(text, size.p, size.len - 2);
		if (strtod(text, NULL) <= TINY)
			o->style->hidden = true;
	}
	if (color.len == 7 && strncasecmp(color.p, "#ffffff", 7) == 0 &&
	    xml_attr(t, "background-color").len == 0)
		o->style->hidden = true;
}
