/*
 * doctext_fuzz.c: documents. The first byte chooses the format: their order
 * here stays as it is, and the corpus good. What must hold is in doctext.h;
 * is() ends, too.
 */
#include "../../common/text/docworker_i.h"
#include "../../common/text/formats_i.h"
#include "doctext.h"

static const struct spill_doctext *const formats[] = { &doctext_ooxml,
	&doctext_odf, &doctext_rtf, &doctext_mail, &doctext_html, &doctext_xml,
	&doctext_plain, &doctext_image, &doctext_unread, &doctext_vcard,
	&doctext_sqlite };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct spill_sniff sniff = { SPILL_SPAN("text/plain"),
		SPILL_SPAN("text") };
	struct spill_span all = { (const char *)data, size };
	static bool warm;

	for (size_t i = 0; !warm && i < SPILL_COUNT(formats); i++)
		must(
		    formats[i]->warm == NULL || formats[i]->warm() == SPILL_OK);
	warm = true;
	if (size == 0)
		return 0;
	all.p++;
	all.len--;
	(void)spill_doctext_find(all, &sniff, spill_span("a.html"));
	must_keep(formats[data[0] % SPILL_COUNT(formats)], all);
	return 0;
}
