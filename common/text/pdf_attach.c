/*
 * pdf_attach.c: files that a PDF has in it: their text is told here, in parts
 * that have their names.
 */
#include "docworker_i.h"
#include "pdf_i.h"

#define DEEP		4 /* PDF in PDF */
#define MOST_ATTACHMENT ((size_t)64 << 20)

struct attached {
	struct pdf *p;
	struct spill_buf prefix;
};

static int
on_inner_line(void *ctx, const struct spill_line *l)
{
	struct attached *a = ctx;
	size_t n = a->prefix.len;

	spill_buf_puts(&a->prefix, l->part.len > 0 ? "#" : "");
	spill_buf_span(&a->prefix, l->part);
	lines_place(&a->p->l, spill_buf_as_span(&a->prefix), l->role, l->page);
	lines_put(&a->p->l, l->text);
	lines_end(&a->p->l);
	a->prefix.len = n;
	return a->p->l.rc;
}

static int
on_inner_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct attached *a = ctx;
	size_t n = a->prefix.len;

	(void)offset;
	(void)length;
	spill_buf_puts(&a->prefix, ": ");
	spill_buf_puts(&a->prefix, detail);
	lines_flaw(&a->p->l, code, 0, 0, spill_buf_str(&a->prefix));
	a->prefix.len = n;
	return a->p->l.rc;
}

static int
on_inner_element(void *ctx, const struct spill_element *e, bool opens)
{
	struct attached *a = ctx;
	const struct spill_doctext_sink *sink = a->p->l.sink;
	struct spill_element out = *e;
	size_t n = a->prefix.len;
	int rc;

	spill_buf_puts(&a->prefix, e->part.len > 0 ? "#" : "");
	spill_buf_span(&a->prefix, e->part);
	out.part = spill_buf_as_span(&a->prefix);
	rc = sink->element(sink->ctx, &out, opens);
	a->prefix.len = n;
	return rc;
}

static gboolean
on_saved(const gchar *buf, gsize n, gpointer data, GError **error)
{
	struct spill_buf *b = data;

	(void)error;
	spill_buf_put(b, buf, n);
	return b->rc == SPILL_OK;
}

/* A PDF among them is no format of the table: it has this worker. */
static int
attached_as(struct attached *a, const struct spill_doctext *f,
    struct spill_src *src, const struct spill_doctext_sink *sink)
{
	static unsigned depth; /* a worker does one thing at a time */
	int rc;

	if (f == &doctext_pdf && depth == DEEP - 1)
		return on_inner_flaw(a, "limit", 0, 0,
		    "it is deeper in other PDF than is looked into, 4");
	depth++;
	rc = f->run(src, a->p->conf, sink);
	depth--;
	return rc == SPILL_EFORMAT || rc == SPILL_ELIMIT ? SPILL_OK : rc;
}

static int
attached_text(struct attached *a, struct spill_span bytes, const char *name)
{
	const struct spill_doctext_sink sink = { .line = on_inner_line,
		.flaw = on_inner_flaw,
		.ctx = a,
		.element =
		    a->p->l.sink->element != NULL ? on_inner_element : NULL };
	struct spill_span head = { bytes.p,
		SPILL_MIN(bytes.len, SPILL_SNIFF_HEAD) };
	struct spill_src src = spill_src_of(bytes);
	const struct spill_doctext *f;
	struct spill_sniff s;
	int rc = spill_sniff(head, bytes.len, &s);

	if (rc != SPILL_OK)
		return rc;
	f = doctext_pdf.is(head, &s, spill_span(name))
		? &doctext_pdf
		: spill_doctext_find(head, &s, spill_span(name));
	if (f == NULL)
		return on_inner_flaw(a, "unsupported", 0, 0,
		    "an attachment of a kind whose text is not read here");
	return attached_as(a, f, &src, &sink);
}

static int
attachment(struct pdf *p, PopplerAttachment *x)
{
	struct attached a = { .p = p, .prefix = SPILL_BUF_INIT(8192) };
	struct spill_buf bytes = SPILL_BUF_INIT(MOST_ATTACHMENT);
	const char *name = x->name != NULL ? x->name : "";
	int rc = SPILL_OK;

	spill_buf_puts(&a.prefix, "attachment ");
	spill_buf_puts(&a.prefix, name);
	lines_place(
	    &p->l, spill_buf_as_span(&a.prefix), SPILL_ROLE_ARTIFACT, 0);
	lines_put(&p->l, spill_span(name));
	if (x->description != NULL) {
		lines_end(&p->l);
		lines_put(&p->l, spill_span(x->description));
	}
	lines_end(&p->l);
	if (!poppler_attachment_save_to_callback(x, on_saved, &bytes, NULL))
		rc = on_inner_flaw(&a,
		    bytes.rc == SPILL_ELIMIT ? "limit" : "damaged", 0, 0,
		    bytes.rc == SPILL_ELIMIT
			? "it is larger than the limit of 64 MiB"
			: "it cannot be read");
	if (rc == SPILL_OK && bytes.len > 0)
		rc = attached_text(&a, spill_buf_as_span(&bytes), name);
	spill_buf_release(&bytes);
	spill_buf_release(&a.prefix);
	return rc;
}

int
pdf_attachments(struct pdf *p, PopplerDocument *d)
{
	GList *all = poppler_document_get_attachments(d);
	int rc = SPILL_OK;

	for (GList *i = all; i != NULL; i = i->next) {
		if (rc == SPILL_OK && !pdf_late(p))
			rc = attachment(p, i->data);
		g_object_unref(i->data);
	}
	g_list_free(all);
	return rc == SPILL_OK ? p->l.rc : rc;
}
