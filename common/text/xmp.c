/*
 * xmp.c: XMP packets (ISO 16684-1): RDF, of which each value is a property.
 */
#include <string.h>

#include "meta_i.h"

struct packet {
	struct lines *l;
	struct spill_span prefix;
	struct spill_buf part, name; /* name: of the property that is open */
	unsigned depth;
};

/* Elements of RDF itself are no names. */
static bool
is_rdf(struct spill_span uri)
{
	static const char rdf[] = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

	return spill_span_eq(uri, spill_span(rdf));
}

static void
place(struct packet *x, struct spill_span name)
{
	spill_buf_reset(&x->part);
	spill_buf_span(&x->part, x->prefix);
	spill_buf_puts(&x->part, x->prefix.len > 0 ? "#" : "");
	spill_buf_span(&x->part, name);
	lines_place(x->l, spill_buf_as_span(&x->part), SPILL_ROLE_PROPERTY, 0);
	x->l->flow = true;
}

static int
on_start(void *ctx, const struct xml_tag *t)
{
	struct packet *x = ctx;

	if (!is_rdf(t->uri)) {
		spill_buf_reset(&x->name);
		spill_buf_span(&x->name, t->name);
	}
	for (size_t i = 0; i < t->nattr; i++) {
		if (is_rdf(t->attr[i].uri) || xml_is(t->attr[i].name, "lang"))
			continue;
		place(x, t->attr[i].name);
		lines_put(x->l, t->attr[i].value);
	}
	place(x, spill_buf_as_span(&x->name));
	return x->l->rc;
}

static int
on_end(void *ctx, struct spill_span name, struct spill_span uri)
{
	struct packet *x = ctx;

	(void)name;
	(void)uri;
	lines_end(x->l);
	return x->l->rc;
}

static int
on_text(void *ctx, struct spill_span text)
{
	struct packet *x = ctx;

	lines_put(x->l, text);
	return x->l->rc;
}

int
xmp_text(struct spill_span packet, struct lines *l, const char *prefix)
{
	struct packet x = { .l = l,
		.prefix = spill_span(prefix),
		.part = SPILL_BUF_INIT(4096),
		.name = SPILL_BUF_INIT(4096) };
	const struct xml_ops ops = { .start = on_start,
		.end = on_end,
		.text = on_text,
		.ctx = &x,
		.sink = l->sink,
		.part = x.prefix };
	struct xml_flaw flaw;
	int rc;

	/* Packets are padded, and some end with a NUL. */
	while (packet.len > 0 &&
	       strchr(" \t\r\n", packet.p[packet.len - 1]) != NULL)
		packet.len--;
	rc = xml_read(packet, &ops, &flaw);
	lines_end(l);
	l->flow = false;
	spill_buf_release(&x.part);
	spill_buf_release(&x.name);
	return rc == SPILL_OK && flaw.code != NULL
		   ? (lines_flaw(l, flaw.code, 0, 0,
			  strcmp(flaw.code, "damaged") == 0
			      ? "its XMP is damaged"
			      : flaw.why),
			 l->rc)
		   : rc;
}
