/*
 * pdf.c: a document and what is around its pages: information, XMP, layers,
 * earlier revisions.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <spill/cipher.h>
#include <spill/hash.h>

#include "meta_i.h"
#include "pdf_i.h"
#include "docworker_i.h"

#define REVISIONS 64 /* that are looked into */
#define LAYERS	  1000
#define SECONDS	  30 /* of CPU time; twice as much ends the worker */
#define BILLION	  ((uint64_t)1000000000)

/* --- time --------------------------------------------------------------- */

static uint64_t
cpu_now(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * BILLION + (uint64_t)t.tv_nsec;
}

/* A second more for each MiB; those in it have what it has itself. */
static void
set_time(struct spill_doctext_conf *conf, uint64_t size)
{
	if (conf->cpu_end == 0)
		conf->cpu_end = cpu_now() + (SECONDS + (size >> 20)) * BILLION;
}

bool
pdf_late(struct pdf *p)
{
	if (!p->late && cpu_now() > p->conf->cpu_end) {
		p->late = true;
		lines_flaw(&p->l, "limit", 0, 0,
		    "it takes too much time: what is left is not read");
	}
	return p->late;
}

/* --- opening ------------------------------------------------------------ */

static PopplerDocument *
open_bytes(struct spill_span all, int *code)
{
	GBytes *b = g_bytes_new_static(all.p, all.len);
	GError *e = NULL;
	PopplerDocument *d = poppler_document_new_from_bytes(b, NULL, &e);

	*code = e != NULL ? e->code : POPPLER_ERROR_INVALID;
	g_clear_error(&e);
	g_bytes_unref(b);
	return d;
}

static void
tell_refusal(struct pdf *p, const struct pdf_file *f, int code)
{
	const char *handler = f->crypt.handler;
	char text[128];

	(void)snprintf(text, sizeof(text), "it is encrypted by %s",
	    handler[0] == '\0' || strcmp(handler, "Standard") == 0
		? "a password"
		: handler);
	if (code == POPPLER_ERROR_ENCRYPTED)
		lines_flaw(&p->l, "encrypted", 0, 0, text);
	else
		lines_flaw(&p->l, "damaged", 0, 0,
		    code == POPPLER_ERROR_BAD_CATALOG
			? "its catalogue of pages cannot be read"
			: "it cannot be read as PDF");
}

/* --- information -------------------------------------------------------- */

static void
value(struct pdf *p, const char *name, enum spill_role role, char *text)
{
	if (text == NULL)
		return;
	lines_place(&p->l, spill_span(name), role, 0);
	lines_put(&p->l, spill_span(text));
	lines_end(&p->l);
	g_free(text);
}

static void
information(struct pdf *p, PopplerDocument *d, struct pdf_file *f)
{
	char *xmp = poppler_document_get_metadata(d);

	value(p, "Title", SPILL_ROLE_PROPERTY, poppler_document_get_title(d));
	value(p, "Author", SPILL_ROLE_PROPERTY, poppler_document_get_author(d));
	value(
	    p, "Subject", SPILL_ROLE_PROPERTY, poppler_document_get_subject(d));
	value(p, "Keywords", SPILL_ROLE_PROPERTY,
	    poppler_document_get_keywords(d));
	value(
	    p, "Creator", SPILL_ROLE_PROPERTY, poppler_document_get_creator(d));
	value(p, "Producer", SPILL_ROLE_PROPERTY,
	    poppler_document_get_producer(d));
	pdf_info_tell(p->info, f);
	if (xmp != NULL && p->l.rc == SPILL_OK)
		p->l.rc = xmp_text(spill_span(xmp), &p->l, "XMP");
	g_free(xmp);
}

/* --- pages -------------------------------------------------------------- */

static void
tell_unreadable(struct pdf *p, uint32_t page)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "page %u cannot be read", page);
	lines_flaw(&p->l, "damaged", 0, 0, text);
}

static void
count_scan(struct pdf *p, PopplerPage *page, uint32_t number)
{
	GList *all = poppler_page_get_image_mapping(page);

	if (all == NULL)
		return;
	p->scans++;
	if (p->scans == 1)
		p->first_scan = number;
	poppler_page_free_image_mapping(all);
}

static int
one_page(struct pdf *p, PopplerDocument *d, uint32_t n)
{
	PopplerPage *page = poppler_document_get_page(d, (int)n - 1);
	struct pdf_line **last = p->last;
	int rc;

	if (page == NULL) {
		tell_unreadable(p, n);
		return p->l.rc;
	}
	rc = pdf_page_read(p, page, n);
	if (p->last == last && !pdf_late(p))
		count_scan(p, page, n);
	g_object_unref(page);
	return rc;
}

static int
tell_too_long(struct pdf *p, uint32_t page)
{
	char text[96];

	(void)snprintf(text, sizeof(text),
	    "page %u has more text than the limit of memory", page);
	lines_flaw(&p->l, "limit", 0, 0, text);
	return p->l.rc;
}

/* All lines that there are, as far as they may be held: tell is called for
 * those so far where they become too many. */
static int
pages(struct pdf *p, PopplerDocument *d, void (*tell)(struct pdf *p))
{
	int rc = SPILL_OK;

	p->pages = (uint32_t)SPILL_MAX(poppler_document_get_n_pages(d), 0);
	for (uint32_t i = 1; i <= p->pages && rc == SPILL_OK && !pdf_late(p);
	     i++) {
		if (p->texts.used > p->texts.max / 2) {
			tell(p);
			pdf_pages_drop(p);
		}
		rc = one_page(p, d, i);
		if (rc == SPILL_ELIMIT)
			rc = tell_too_long(p, i);
	}
	if (rc == SPILL_OK)
		tell(p);
	return rc == SPILL_OK ? p->l.rc : rc;
}

/* --- what is not shown, or not any more --------------------------------- */

/* Lines that were told, by their hashes. */
struct told {
	uint64_t *hash;
	size_t n, cap;
};

static uint64_t
hash_of(struct spill_span s)
{
	char text[1024];
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < sizeof(text); i++)
		if (s.p[i] != ' ' && s.p[i] != '\t')
			text[n++] = s.p[i];
	return spill_mix(text, n, s.len > sizeof(text) ? s.len : 0);
}

static int
by_hash(const void *a, const void *b)
{
	return SPILL_CMP(*(const uint64_t *)a, *(const uint64_t *)b);
}

static bool
has(const struct told *t, uint64_t hash)
{
	return t->n > 0 &&
	       bsearch(&hash, t->hash, t->n, sizeof(hash), by_hash) != NULL;
}

/* Those of p are told from now on. */
static int
remember(struct told *t, const struct pdf *p)
{
	for (const struct pdf_line *x = p->first; x != NULL; x = x->next) {
		uint64_t *v =
		    spill_grow(t->hash, t->n, &t->cap, sizeof(*t->hash));

		if (v == NULL)
			return SPILL_ENOMEM;
		t->hash = v;
		v[t->n++] = hash_of(x->text);
	}
	if (t->n > 0)
		qsort(t->hash, t->n, sizeof(*t->hash), by_hash);
	return SPILL_OK;
}

/* Only what is new is left. */
static void
leave_new(struct pdf *p, const struct told *t)
{
	struct pdf_line **at = &p->first;

	while (*at != NULL) {
		if (has(t, hash_of((*at)->text)))
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
	p->last = at;
}

static void
no_tell(struct pdf *p)
{
	(void)p;
}

static bool
show_layers(PopplerLayersIter *i, unsigned *n)
{
	bool any = false;

	do {
		PopplerLayer *l = poppler_layers_iter_get_layer(i);
		PopplerLayersIter *child = poppler_layers_iter_get_child(i);

		if (l != NULL && !poppler_layer_is_visible(l)) {
			poppler_layer_show(l);
			any = true;
		}
		if (l != NULL)
			g_object_unref(l);
		if (child != NULL && *n < LAYERS)
			any |= show_layers(child, n);
		if (child != NULL)
			poppler_layers_iter_free(child);
	} while (++*n < LAYERS && poppler_layers_iter_next(i));
	return any;
}

static int
layers(struct pdf *p, PopplerDocument *d, struct told *t)
{
	PopplerLayersIter *i = poppler_layers_iter_new(d);
	unsigned n = 0;
	int rc = SPILL_OK;

	if (i == NULL)
		return SPILL_OK;
	if (!pdf_late(p) && show_layers(i, &n)) {
		rc = pages(p, d, no_tell);
		leave_new(p, t);
		for (struct pdf_line *x = p->first; x != NULL; x = x->next)
			x->hidden = true;
		pdf_pages_tell(p, "layer", false);
		if (rc == SPILL_OK)
			rc = remember(t, p);
		pdf_pages_drop(p);
	}
	poppler_layers_iter_free(i);
	return rc == SPILL_OK ? p->l.rc : rc;
}

/* Its properties, those that are not now's. */
static void
old_information(struct pdf *p, struct spill_span bytes, const char *part)
{
	char prefix[40];
	struct pdf_file f;

	(void)snprintf(prefix, sizeof(prefix), "%s#", part);
	p->info->prefix = prefix;
	p->info->role = SPILL_ROLE_DELETED;
	p->info->usual = true;
	pdf_file_open(&f, bytes);
	pdf_info_tell(p->info, &f);
	pdf_file_close(&f);
}

/* The state at an earlier end of file (7.5.6). */
static int
revision(
    struct pdf *p, struct spill_span bytes, unsigned number, struct told *t)
{
	char part[32];
	int code, rc;
	PopplerDocument *d = open_bytes(bytes, &code);

	if (d == NULL)
		return SPILL_OK;
	rc = pages(p, d, no_tell);
	leave_new(p, t);
	(void)snprintf(part, sizeof(part), "revision %u", number);
	old_information(p, bytes, part);
	pdf_pages_tell(p, part, true);
	if (rc == SPILL_OK)
		rc = remember(t, p);
	pdf_pages_drop(p);
	g_object_unref(d);
	return rc == SPILL_OK ? p->l.rc : rc;
}

static int
revisions(struct pdf *p, struct spill_span all, struct told *t)
{
	static const char mark[] = "%%EOF";
	struct spill_span head = { all.p, SPILL_MIN(all.len, (size_t)1024) };
	const char *at = all.p, *end = all.p + all.len;
	bool linear = memmem(head.p, head.len, "/Linearized", 11) != NULL;
	unsigned n = 0;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && n < REVISIONS && !pdf_late(p) &&
	       (at = memmem(at, (size_t)(end - at), mark, 5)) != NULL) {
		at += 5;
		/* The last is the document; the first of a linear one is that
		 * of its first page. */
		if (memmem(at, (size_t)(end - at), mark, 5) == NULL)
			break;
		n++;
		if (n > 1 || !linear)
			rc = revision(p,
			    (struct spill_span){ all.p, (size_t)(at - all.p) },
			    n, t);
	}
	if (n == REVISIONS)
		lines_flaw(&p->l, "limit", 0, 0,
		    "it has more revisions than are looked into, 64");
	return rc == SPILL_OK ? p->l.rc : rc;
}

/* --- whole -------------------------------------------------------------- */

static void
tell_pages(struct pdf *p)
{
	pdf_pages_tell(p, "", false);
}

static void
tell_unmapped(struct pdf *p, uint64_t characters)
{
	char text[128];

	if (p->unmapped * 10 <= characters || p->unmapped < 8)
		return;
	(void)snprintf(text, sizeof(text),
	    "%llu characters are of fonts that do not say which they are",
	    (unsigned long long)p->unmapped);
	lines_flaw(&p->l, "unsupported", 0, 0, text);
}

static void
tell_textless(struct pdf *p)
{
	char text[128];

	if (p->pages == 0)
		lines_flaw(&p->l, "damaged", 0, 0, "it has no page");
	if (p->scans == 0)
		return;
	(void)snprintf(text, sizeof(text),
	    "what is written in pictures is not read: pages without text: %u, "
	    "the first is %u",
	    p->scans, p->first_scan);
	lines_flaw(&p->l, "unsupported", 0, 0, text);
}

/* Are there lines to come that may have been told? Of layers, or of revisions:
 * it ends more than once. */
static bool
is_told_again(PopplerDocument *d, struct spill_span all)
{
	PopplerLayersIter *i = poppler_layers_iter_new(d);
	const char *end = all.p + all.len;
	const char *at = memmem(all.p, all.len, "%%EOF", 5);

	if (i != NULL)
		poppler_layers_iter_free(i);
	return i != NULL ||
	       (at != NULL &&
		   memmem(at + 5, (size_t)(end - at - 5), "%%EOF", 5) != NULL);
}

static int
document(struct pdf *p, PopplerDocument *d, struct pdf_file *f)
{
	struct told t = { 0 };
	int rc;

	information(p, d, f);
	rc = pages(p, d, tell_pages);
	tell_unmapped(p, p->l.out);
	tell_textless(p);
	if (rc == SPILL_OK && is_told_again(d, f->all))
		rc = remember(&t, p);
	pdf_pages_drop(p);
	pdf_around_pages(p, d);
	if (rc == SPILL_OK)
		rc = layers(p, d, &t);
	if (rc == SPILL_OK)
		rc = pdf_attachments(p, d);
	if (rc == SPILL_OK)
		rc = revisions(p, f->all, &t);
	free(t.hash);
	return rc;
}

static int
whole(struct pdf *p, struct spill_span all)
{
	struct pdf_file f;
	PopplerDocument *d;
	int rc = SPILL_OK, code;

	pdf_file_open(&f, all);
	d = open_bytes(all, &code);
	if (d == NULL) {
		tell_refusal(p, &f, code);
		p->info->usual = true;
		pdf_info_tell(p->info, &f);
	} else {
		rc = document(p, d, &f);
		g_object_unref(d);
	}
	pdf_file_close(&f);
	return rc;
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct spill_doctext_conf timed = *conf;
	struct pdf p = { .conf = &timed,
		.texts = SPILL_ARENA_INIT(TEXT_HELD(conf) / 2) };
	struct spill_buf b = { 0 };
	struct spill_span all;
	int rc = text_whole(s, TEXT_HELD(conf), &b, &all), end;

	set_time(&timed, s->size);
	lines_open(&p.l, sink, conf);
	p.info = calloc(1, sizeof(*p.info));
	if (p.info == NULL)
		rc = SPILL_ENOMEM;
	else
		*p.info = (struct pdf_info){
			.l = &p.l, .prefix = "", .role = SPILL_ROLE_PROPERTY
		};
	p.last = &p.first;
	if (rc == SPILL_ELIMIT)
		lines_flaw(&p.l, "limit", 0, 0,
		    "it is larger than the limit of memory");
	if (rc == SPILL_OK)
		rc = whole(&p, all);
	end = lines_close(&p.l);
	free(p.info);
	pdf_pages_drop(&p);
	spill_buf_release(&b);
	return rc == SPILL_OK || rc == SPILL_ELIMIT ? end : rc;
}

/* Strings in UTF-16 go through iconv, which loads a module for them that stays
 * as long as one conversion is open. */
static bool
keep_conversions(void)
{
	static const char *const from[] = { "UTF-16BE", "UTF-16LE", "UTF-16" };
	static GIConv kept[SPILL_COUNT(from)];

	for (size_t i = 0; i < SPILL_COUNT(from); i++) {
		if (kept[i] == NULL)
			kept[i] = g_iconv_open("UTF-8", from[i]);
		if (kept[i] == (GIConv)-1)
			return false;
	}
	return true;
}

/* A document that stays open: poppler's tables live as long as one does. */
static int
warm(void)
{
	static const char least[] =
	    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
	    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
	    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
	    "trailer<</Root 1 0 R>>\n%%EOF\n";
	static PopplerDocument *kept;
	int code;

	if (kept == NULL)
		kept = open_bytes(
		    (struct spill_span){ least, sizeof(least) - 1 }, &code);
	if (kept != NULL) {
		PopplerPage *page = poppler_document_get_page(kept, 0);

		if (page != NULL) {
			g_free(poppler_page_get_text(page));
			g_object_unref(page);
		}
	}
	if (kept == NULL || !keep_conversions() ||
	    spill_cipher_warm() != SPILL_OK || charset_warm() != SPILL_OK)
		return SPILL_EIO;
	return xml_warm();
}

static bool
is_pdf(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	(void)name;
	return spill_span_eq(s->mime, SPILL_SPAN("application/pdf")) ||
	       (head.len > 5 && memcmp(head.p, "%PDF-", 5) == 0);
}

const struct spill_doctext doctext_pdf = {
	.name = "pdf",
	.is = is_pdf,
	.run = run,
	.warm = warm,
};
