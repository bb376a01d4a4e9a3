/*
 * doctext_fuzz.c: documents. The first byte chooses the format: their order
 * here stays as it is, and the corpus good. What must hold: the contract of
 * doctext.h: lines of UTF-8 without a line break, no longer than a line may be,
 * together no more than the limit; parts and details are texts; is() and run()
 * end.
 */
#include <spill/doctext.h>
#include <spill/utf8.h>

#include "../../common/text/docworker_i.h"
#include "../../common/text/formats_i.h"
#include "fuzz.h"

#define LIMIT ((uint64_t)1 << 20)

static const struct spill_doctext *const formats[] = { &doctext_ooxml,
	&doctext_odf, &doctext_rtf, &doctext_mail, &doctext_html, &doctext_xml,
	&doctext_plain, &doctext_image, &doctext_unread, &doctext_vcard,
	&doctext_sqlite };

struct seen {
	uint64_t bytes;
	bool any;
};

static void
must_text(struct spill_span s)
{
	for (size_t i = 0; i < s.len;) {
		uint32_t cp;
		unsigned n = spill_utf8_decode(s.p + i, s.len - i, &cp);

		must(n > 0 && cp != '\n' && cp != '\r' && cp != 0);
		i += n;
	}
}

static int
on_line(void *ctx, const struct spill_line *l)
{
	struct seen *s = ctx;

	must(l->text.len > 0 && l->text.len <= SPILL_TEXT_LINE);
	must((unsigned)l->role < SPILL_ROLES);
	must_text(l->text);
	s->bytes += l->text.len;
	s->any = true;
	must(s->bytes <= LIMIT);
	return SPILL_OK;
}

static int
on_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct seen *s = ctx;

	(void)offset;
	(void)length;
	must(code[0] != '\0' && detail[0] != '\0');
	s->any = true;
	return SPILL_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct spill_doctext_conf conf = { .bytes = LIMIT,
		.memory = (uint64_t)16 << 20 };
	const struct spill_sniff sniff = { SPILL_SPAN("text/plain"),
		SPILL_SPAN("text") };
	struct spill_span all = { (const char *)data, size };
	struct seen seen = { 0 };
	const struct spill_doctext_sink sink = { on_line, on_flaw, &seen };
	struct spill_src src;
	static bool warm;
	int rc;

	for (size_t i = 0; !warm && i < SPILL_COUNT(formats); i++)
		must(
		    formats[i]->warm == NULL || formats[i]->warm() == SPILL_OK);
	warm = true;
	if (size == 0)
		return 0;
	all.p++;
	all.len--;
	(void)spill_doctext_find(all, &sniff, spill_span("a.html"));
	src = spill_src_of(all);
	rc = formats[data[0] % SPILL_COUNT(formats)]->run(&src, &conf, &sink);
	must(rc == SPILL_OK || rc == SPILL_ENOMEM || rc == SPILL_ELIMIT ||
	     (rc == SPILL_EFORMAT && !seen.any));
	return 0;
}
