/*
 * unread.c: documents whose text is not read yet: that is said, so that an
 * empty answer always means that there is none.
 */
#include <string.h>

#include "formats_i.h"
#include "text_i.h"

static const char *const kinds[] = { "application/msword",
	"application/vnd.ms-", "application/CDFV2", "application/x-ole",
	"application/encrypted", "application/vnd.visio",
	"application/vnd.wordperfect", "application/x-wri", "application/x-hwp",
	"application/vnd.lotus", "application/onenote",
	"application/x-mspublisher", "application/postscript",
	"application/x-dvi", "application/x-chm", "application/pgp-encrypted",
	"application/x-quark", "application/x-indesign", "video/", "audio/",
	NULL };

static bool
is_unread(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	(void)head;
	(void)name;
	for (const char *const *k = kinds; *k != NULL; k++) {
		size_t n = strlen(*k);

		if (s->mime.len >= n && memcmp(s->mime.p, *k, n) == 0)
			return true;
	}
	return false;
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	(void)s;
	(void)conf;
	return sink->flaw(sink->ctx, "unsupported", 0, 0,
	    "the text of documents of this kind is not read");
}

const struct spill_doctext doctext_unread = {
	.name = "unread",
	.is = is_unread,
	.run = run,
};
