/*
 * mail_own.c: what a message says itself: the fields of its header, and the
 * text that is no attachment.
 */
#include <string.h>

#include "mail_i.h"

/* --- the header --------------------------------------------------------- */

struct field {
	struct spill_buf raw, value;
	size_t name; /* bytes of it, in raw */
	uint64_t at;
};

static int
tell_field(struct mail_in *in, struct field *f)
{
	struct spill_span raw = spill_buf_as_span(&f->raw);
	const char *colon = raw.len > 0 ? memchr(raw.p, ':', raw.len) : NULL;
	int rc = SPILL_OK;

	if (f->name > 0 && colon != NULL) {
		size_t n = (size_t)(colon + 1 - raw.p);

		spill_buf_reset(&f->value);
		(void)mail_words(
		    &f->value, (struct spill_span){ raw.p + n, raw.len - n });
		rc = in->own->field(in->own->ctx,
		    (struct spill_span){ raw.p, f->name },
		    spill_buf_as_span(&f->value), f->at);
	}
	spill_buf_reset(&f->raw);
	f->name = 0;
	return rc;
}

static int
field_line(struct mail_in *in, struct field *f, const struct mail_line *l)
{
	size_t n = mail_name(l->head);
	bool folded =
	    l->head.len > 0 && (l->head.p[0] == ' ' || l->head.p[0] == '\t');
	int rc = SPILL_OK;

	if (!folded) {
		rc = tell_field(in, f);
		f->name = n;
		f->at = l->at;
	}
	if (rc == SPILL_OK && f->name > 0)
		rc = mail_take(in, l->at, l->end, &f->raw);
	return rc;
}

int
mail_own_fields(struct mail_in *in, const struct mail_head *h)
{
	struct field f = { .raw = SPILL_BUF_INIT(MAIL_VALUE),
		.value = SPILL_BUF_INIT(4 * MAIL_VALUE) };
	struct mail_line l;
	uint64_t at = h->at;
	int rc;

	while ((rc = mail_line(in, at, h->body, &l)) == SPILL_OK) {
		rc = field_line(in, &f, &l);
		if (rc != SPILL_OK)
			break;
		at = l.next;
	}
	if (rc == SPILL_END)
		rc = tell_field(in, &f);
	spill_buf_release(&f.raw);
	spill_buf_release(&f.value);
	return rc;
}

/* --- its text ----------------------------------------------------------- */

static int
on_data(void *ctx, const void *p, size_t n)
{
	struct mail_in *in = ctx;

	return in->own->data(in->own->ctx, p, n);
}

int
mail_own_text(struct mail_in *in, const struct mail_type *t,
    enum mail_code code, uint64_t at, uint64_t end)
{
	const struct spill_unpack_sink sink = {
		.data = on_data, .flaw = spill_unpack_no_flaw, .ctx = in
	};
	struct spill_span mime = spill_buf_as_span(&t->mime);
	struct member m = { 0 };
	const char *why = NULL;
	int rc = in->own->begin(in->own->ctx,
	    mime.len > 0 ? mime : SPILL_SPAN("text/plain"),
	    spill_buf_as_span(&t->charset),
	    code == MAIL_PLAIN ? at : UINT64_MAX);

	if (rc == SPILL_OK)
		rc = member_init(&m, in->src, &sink);
	m.wanted = true;
	if (rc == SPILL_OK)
		rc = mail_code_put(&m, code, at, end, &why);
	member_release(&m);
	return rc == SPILL_OK ? in->own->end(in->own->ctx, why) : rc;
}

/* --- whole -------------------------------------------------------------- */

static int
no_member(void *ctx, const struct spill_member_info *m)
{
	(void)ctx;
	(void)m;
	return SPILL_END;
}

static int
no_end(void *ctx, enum spill_member_end how, const char *why)
{
	(void)ctx;
	(void)how;
	(void)why;
	return SPILL_OK;
}

/* Its attachments are passed over; whoever lists them tells what is wrong. */
int
spill_mail_own(struct spill_src *s, const struct spill_mail_own *own)
{
	const struct spill_unpack_sink sink = {
		.begin = no_member, .end = no_end, .flaw = spill_unpack_no_flaw
	};
	struct member m = { 0 };
	struct mail_in in = { 0 };
	int rc = member_init(&m, s, &sink);

	if (rc == SPILL_OK)
		rc = mail_in_init(&in, s);
	in.own = own;
	if (rc == SPILL_OK)
		rc = mail_message(&in, &m);
	mail_in_release(&in);
	member_release(&m);
	return rc;
}
