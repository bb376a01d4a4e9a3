/*
 * label_told.h: what the tests of labels share: feeding them, and a line for
 * each label that was told.
 */
#ifndef SPILL_LABEL_TOLD_H
#define SPILL_LABEL_TOLD_H

#include <stdio.h>

#include "util.h"

#include "../../common/marking/label_i.h"

static struct spill_vocab *vocab;
static struct spill_labels *labels;
static struct spill_buf log_ = SPILL_BUF_INIT((size_t)16 << 20);
/* What the log has beside the marking. */
enum { PART = 1, TENANT = 2, NAME = 4 };
static unsigned show_;

/* --- what is told ------------------------------------------------------- */

static inline void
put(const char *key, const char *value)
{
	if (value[0] != '\0')
		spill_buf_printf(&log_, " %s=%s", key, value);
}

/* "mip NATO 2 NATO RESTRICTED rel=UKR" and letters for the flags. */
static inline int
on_label(void *ctx, const struct spill_label *x)
{
	static const char *const flags[] = { "removed", "privileged", "portion",
		"unresolved", "corp", "policy", "weak", "former", "prior" };
	const struct spill_marking *m = &x->marking;

	(void)ctx;
	spill_buf_puts(&log_, spill_label_names[x->family]);
	if (m->rank >= 0)
		spill_buf_printf(&log_, " %s %d", m->scheme, m->rank);
	put("level", m->level);
	put("cat", m->categories);
	put("rel", m->release);
	put("ctx", m->context);
	put("adm", m->admin);
	put("guid", x->guid);
	if ((show_ & TENANT) != 0)
		put("tenant", x->tenant);
	if ((show_ & NAME) != 0)
		put("name", x->name);
	if ((show_ & TENANT) != 0)
		put("created", x->created);
	if ((show_ & PART) != 0 && x->part.len > 0) {
		spill_buf_puts(&log_, " part=");
		spill_buf_span(&log_, x->part);
	}
	for (size_t i = 0; i < SPILL_COUNT(flags); i++)
		if ((x->flags & 1u << i) != 0)
			spill_buf_printf(&log_, " %s", flags[i]);
	spill_buf_putc(&log_, '\n');
	return log_.rc;
}

static inline const char *
told(void)
{
	const struct spill_label_sink sink = { on_label, NULL };

	spill_buf_reset(&log_);
	assert_int_equal(spill_labels_end(labels, &sink), SPILL_OK);
	return spill_buf_str(&log_);
}

static inline int
setup(void **state)
{
	(void)state;
	if (spill_vocab_open(&vocab, NULL, 0) != SPILL_OK ||
	    spill_doctext_xml()->warm() != SPILL_OK)
		return -1;
	return spill_labels_open(&labels, vocab);
}

static inline int
teardown(void **state)
{
	(void)state;
	spill_labels_free(&labels);
	spill_vocab_free(&vocab);
	spill_buf_release(&log_);
	return 0;
}

static inline int
on_element(void *ctx, const struct spill_element *e, bool opens)
{
	(void)ctx;
	return spill_labels_element(labels, e, opens);
}

static inline int
on_line(void *ctx, const struct spill_line *line)
{
	(void)ctx;
	(void)line;
	return SPILL_OK;
}

static inline int
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

static inline void
feed_xml(struct spill_span s)
{
	const struct spill_doctext_sink sink = {
		.line = on_line, .flaw = on_flaw, .element = on_element
	};
	const struct spill_doctext_conf conf = { 0 };
	struct spill_src src = spill_src_of(s);

	assert_int_equal(
	    spill_doctext_xml()->run(&src, &conf, &sink), SPILL_OK);
}

static inline const char *
of_xml(struct spill_span s)
{
	spill_labels_begin(labels);
	feed_xml(s);
	return told();
}

static inline const char *
of_bytes(struct spill_span s)
{
	struct spill_src src = spill_src_of(s);

	spill_labels_begin(labels);
	assert_int_equal(spill_labels_bytes(labels, &src, s), SPILL_OK);
	return told();
}

#define assert_xml(s, want)   assert_string_equal(of_xml(SPILL_SPAN(s)), want)
#define assert_bytes(s, want) assert_string_equal(of_bytes(SPILL_SPAN(s)), want)

static inline void
feed(const char *name, const char *value)
{
	assert_int_equal(spill_labels_property(labels, SPILL_SPAN("part"),
			     spill_span(name), spill_span(value)),
	    SPILL_OK);
}

/* Cut anywhere, it ends; nothing is read behind the cut. */
static inline void
cut_everywhere(struct spill_span s, const char *want)
{
	for (size_t n = 0; n < s.len; n++) {
		char *p = exact(s.p, n);

		(void)of_bytes((struct spill_span){ p, n });
		free(p);
	}
	assert_string_equal(of_bytes(s), want);
}

#endif
