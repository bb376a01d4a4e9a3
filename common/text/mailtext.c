/*
 * mailtext.c: mail: the fields of its header, each a property by its name, and
 * the text of the message itself. Attachments have their own.
 */
#include <string.h>

#include <spill/mail.h>

#include "formats_i.h"
#include "html_i.h"
#include "text_i.h"

struct letter {
	struct lines l;
	struct spill_buf text; /* of a part */
	struct spill_span mime; /* in mime_text */
	char mime_text[32];
	struct spill_buf charset;
	uint64_t at;
	unsigned parts;
};

static int
on_field(
    void *ctx, struct spill_span name, struct spill_span value, uint64_t at)
{
	struct letter *m = ctx;

	lines_place(&m->l, name, SPILL_ROLE_PROPERTY, 0);
	lines_at(&m->l, at);
	m->l.flow = true;
	lines_put(&m->l, value);
	lines_end(&m->l);
	m->l.flow = false;
	return m->l.rc;
}

static int
on_begin(
    void *ctx, struct spill_span mime, struct spill_span charset, uint64_t at)
{
	struct letter *m = ctx;

	m->mime.len = SPILL_MIN(mime.len, sizeof(m->mime_text));
	memcpy(m->mime_text, mime.p, m->mime.len);
	m->mime.p = m->mime_text;
	spill_buf_reset(&m->charset);
	spill_buf_span(&m->charset, charset);
	spill_buf_reset(&m->text);
	m->at = at;
	m->parts++;
	return SPILL_OK;
}

static int
on_data(void *ctx, const void *p, size_t n)
{
	struct letter *m = ctx;

	spill_buf_put(&m->text, p, n);
	return m->text.rc == SPILL_ENOMEM ? SPILL_ENOMEM : SPILL_OK;
}

static int
on_end(void *ctx, const char *why)
{
	struct letter *m = ctx;
	struct spill_span all = spill_buf_as_span(&m->text);
	struct spill_span charset = spill_buf_as_span(&m->charset);
	int rc = SPILL_OK;

	if (m->text.rc == SPILL_ELIMIT)
		lines_flaw(&m->l, "limit", 0, 0,
		    "its text is larger than the limit of memory");
	if (why != NULL)
		lines_flaw(&m->l, "damaged", 0, 0, why);
	lines_place(&m->l, m->mime, SPILL_ROLE_BODY, 0);
	if (xml_is(m->mime, "text/html"))
		rc = html_text(all, charset, &m->l, m->mime, SPILL_ROLE_BODY);
	else
		rc = plain_text(all, charset, m->at, &m->l);
	lines_end(&m->l);
	return rc == SPILL_OK ? m->l.rc : rc;
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct letter m = { .charset = SPILL_BUF_INIT(256) };
	const struct spill_mail_own own = { .field = on_field,
		.begin = on_begin,
		.data = on_data,
		.end = on_end,
		.ctx = &m };
	int rc, end;

	m.text.max = (size_t)SPILL_MIN(TEXT_HELD(conf), SIZE_MAX / 2);
	lines_open(&m.l, sink, conf);
	rc = spill_mail_own(s, &own);
	end = lines_close(&m.l);
	spill_buf_release(&m.text);
	spill_buf_release(&m.charset);
	return rc == SPILL_OK ? end : rc;
}

static bool
is_mail(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	(void)name;
	return spill_unpack_mail.is(head, s);
}

const struct spill_doctext doctext_mail = {
	.name = "mail",
	.is = is_mail,
	.run = run,
	.warm = charset_warm,
};
