/*
 * label_fuzz.c: labels. The first byte chooses what the rest is: an item's
 * bytes, XML, JSON, or properties, one to a line, "name: value". What must
 * hold: there are no more labels than there may be, each text of one ends
 * within its room and is UTF-8, ranks are ranks, and it ends.
 */
#include <spill/doctext.h>
#include <spill/label.h>
#include <spill/utf8.h>

#include "../../common/marking/label_i.h"
#include "fuzz.h"

static struct spill_labels *labels;

static void
must_text(const char *s, size_t size)
{
	size_t len = strnlen(s, size);

	must(len < size);
	for (size_t i = 0; i < len;) {
		uint32_t cp;
		unsigned n = spill_utf8_decode(s + i, len - i, &cp);

		must(n > 0 && spill_cp_printable(cp));
		i += n;
	}
}

#define MUST(t) must_text(t, sizeof(t))

static int
on_label(void *ctx, const struct spill_label *x)
{
	const struct spill_marking *m = &x->marking;
	unsigned *n = ctx;

	++*n;
	must((unsigned)x->family < SPILL_LABEL_FAMILIES);
	must(m->rank >= -1 && m->rank <= 5 && m->rank_max <= 5);
	must(m->rank < 0 || m->level[0] != '\0');
	MUST(m->scheme);
	MUST(m->level);
	MUST(m->categories);
	MUST(m->release);
	MUST(m->context);
	MUST(m->admin);
	MUST(x->guid);
	MUST(x->tenant);
	MUST(x->name);
	MUST(x->created);
	return SPILL_OK;
}

static int
on_element(void *ctx, const struct spill_element *e, bool opens)
{
	(void)ctx;
	return spill_labels_element(labels, e, opens);
}

static int
on_line(void *ctx, const struct spill_line *line)
{
	(void)ctx;
	(void)line;
	return SPILL_OK;
}

static int
on_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	(void)ctx;
	(void)code;
	(void)offset;
	(void)length;
	(void)detail;
	return SPILL_OK;
}

static void
properties(struct spill_span s)
{
	while (s.len > 0) {
		const char *end = memchr(s.p, '\n', s.len);
		size_t n = end != NULL ? (size_t)(end - s.p) : s.len;
		const char *colon = memchr(s.p, ':', n);
		struct spill_span name = { s.p, n }, value = { "", 0 };

		if (colon != NULL) {
			name.len = (size_t)(colon - s.p);
			value =
			    (struct spill_span){ colon + 1, n - name.len - 1 };
		}
		must(spill_labels_property(
			 labels, SPILL_SPAN("x"), name, value) == SPILL_OK);
		n += end != NULL;
		s = (struct spill_span){ s.p + n, s.len - n };
	}
}

static void
document(unsigned kind, struct spill_span s)
{
	const struct spill_doctext_sink sink = {
		.line = on_line, .flaw = on_flaw, .element = on_element
	};
	const struct spill_doctext_conf conf = { 0 };
	struct spill_src src = spill_src_of(s);

	if (kind == 0)
		must(spill_labels_bytes(labels, &src, s) == SPILL_OK);
	else if (kind == 1)
		must(spill_doctext_xml()->run(&src, &conf, &sink) == SPILL_OK);
	else if (kind == 2)
		must(label_json(labels, SPILL_SPAN("x"), s) == SPILL_OK);
	else
		properties(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spill_vocab *vocab;
	unsigned n = 0;
	const struct spill_label_sink sink = { on_label, &n };

	if (labels == NULL) {
		must(spill_vocab_open(&vocab, NULL, 0) == SPILL_OK);
		must(spill_doctext_xml()->warm() == SPILL_OK);
		must(spill_labels_open(&labels, vocab) == SPILL_OK);
	}
	if (size == 0)
		return 0;
	spill_labels_begin(labels);
	document(data[0] % 4,
	    (struct spill_span){ (const char *)data + 1, size - 1 });
	must(spill_labels_end(labels, &sink) == SPILL_OK);
	must(n <= LABEL_MOST);
	return 0;
}
