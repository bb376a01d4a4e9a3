/*
 * doctext.c: the table of document formats.
 */
#include "formats_i.h"

/* The first that says yes is it: what is more particular comes first. */
const struct spill_doctext *const spill_doctexts[] = {
	&doctext_ooxml,
	&doctext_odf,
	&doctext_rtf,
	&doctext_vcard,
	&doctext_mail,
	&doctext_image,
	&doctext_unread,
	&doctext_html,
	&doctext_xml,
	&doctext_plain,
	NULL,
};

const struct spill_doctext *
spill_doctext_find(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	for (size_t i = 0; spill_doctexts[i] != NULL; i++)
		if (spill_doctexts[i]->is(head, s, name))
			return spill_doctexts[i];
	return NULL;
}

const struct spill_doctext *
spill_doctext_declared(
    const struct spill_doctext *found, struct spill_span mime)
{
	if (found != NULL && found != &doctext_plain)
		return found;
	if (spill_span_eq(mime, SPILL_SPAN("text/html")))
		return &doctext_html;
	return spill_span_eq(mime, SPILL_SPAN("text/plain")) ? &doctext_plain
							     : found;
}

const struct spill_doctext *
spill_doctext_mail(void)
{
	return &doctext_mail;
}

const struct spill_doctext *
spill_doctext_xml(void)
{
	return &doctext_xml;
}
