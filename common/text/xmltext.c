/*
 * xmltext.c: XML of any kind: the text of each element is a line, and so are
 * the values of attributes, among which labels stand.
 */
#include <string.h>
#include <strings.h>

#include "formats_i.h"
#include "text_i.h"

struct any {
	struct lines l;
	struct spill_buf text;
	unsigned depth;
};

static void
flush(struct any *x)
{
	if (x->text.len == 0)
		return;
	lines_place(&x->l, SPILL_SPAN(""), SPILL_ROLE_BODY, 0);
	x->l.flow = true;
	lines_put(&x->l, spill_buf_as_span(&x->text));
	lines_end(&x->l);
	x->l.flow = false;
	spill_buf_reset(&x->text);
}

static int
on_start(void *ctx, const struct xml_tag *t)
{
	struct any *x = ctx;

	flush(x);
	for (size_t i = 0; i < t->nattr; i++) {
		struct spill_buf b = SPILL_BUF_INIT(4096);

		spill_buf_span(&b, t->name);
		spill_buf_putc(&b, '@');
		spill_buf_span(&b, t->attr[i].name);
		lines_place(
		    &x->l, spill_buf_as_span(&b), SPILL_ROLE_ARTIFACT, 0);
		lines_put(&x->l, t->attr[i].value);
		lines_end(&x->l);
		spill_buf_release(&b);
	}
	return x->l.rc;
}

static int
on_end(void *ctx, struct spill_span name, struct spill_span uri)
{
	struct any *x = ctx;

	(void)name;
	(void)uri;
	flush(x);
	return x->l.rc;
}

static int
on_text(void *ctx, struct spill_span text)
{
	struct any *x = ctx;

	spill_buf_span(&x->text, text);
	if (x->text.len > SPILL_TEXT_LINE)
		flush(x);
	return x->l.rc;
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct any x = { .text = SPILL_BUF_INIT((size_t)64 << 20) };
	const struct xml_ops ops = { .start = on_start,
		.end = on_end,
		.text = on_text,
		.ctx = &x,
		.sink = sink };
	struct spill_buf b = { 0 };
	struct spill_span all;
	struct xml_flaw flaw = { 0 };
	int rc = text_open(&x.l, s, conf, sink, &b, &all);

	if (rc == SPILL_OK)
		rc = xml_read(all, &ops, &flaw);
	flush(&x);
	if (rc == SPILL_OK && flaw.code != NULL)
		lines_flaw(&x.l, flaw.code, flaw.at, 0, flaw.why);
	rc = text_close(&x.l, &b, rc);
	spill_buf_release(&x.text);
	return rc;
}

static bool
is_xml(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	static const struct spill_span plus = { "+xml", 4 };

	(void)head;
	(void)name;
	return spill_span_eq(s->mime, SPILL_SPAN("text/xml")) ||
	       spill_span_eq(s->mime, SPILL_SPAN("application/xml")) ||
	       (s->mime.len > plus.len &&
		   memcmp(s->mime.p + s->mime.len - plus.len, plus.p,
		       plus.len) == 0);
}

const struct spill_doctext doctext_xml = {
	.name = "xml",
	.is = is_xml,
	.run = run,
	.warm = xml_warm,
};
