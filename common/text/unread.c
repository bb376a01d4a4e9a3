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
	"application/x-quark", "application/x-indesign",
	"application/x-msaccess", "application/x-dbf",
	"application/x-mobipocket-ebook", "video/", "audio/", NULL };

/* Those that libmagic does not know. */
static const struct {
	const char *mark;
	size_t at, len;
} marks[] = {
	{ "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", 0, 8 }, /* OneNote */
	{ "HWP Document File", 0, 17 },
	{ "TEXtREAd", 60, 8 }, /* Palm's PalmDOC */
	/* What has not yet come into a data base of SQLite, or was taken out
	 * of it: https://www.sqlite.org/fileformat2.html 3 and 4. */
	{ "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 0, 8 },
	{ "\x37\x7f\x06\x82", 0, 4 },
	{ "\x37\x7f\x06\x83", 0, 4 },
};

static bool
is_unread(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	(void)name;
	for (size_t i = 0; i < SPILL_COUNT(marks); i++)
		if (head.len >= marks[i].at + marks[i].len &&
		    memcmp(head.p + marks[i].at, marks[i].mark, marks[i].len) ==
			0)
			return true;
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
