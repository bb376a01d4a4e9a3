/*
 * mail.c: which files are mail, and the format's descriptor.
 */
#include <string.h>

#include "mail_i.h"
#include "unpack_i.h"

#define LOOK ((size_t)64 << 10) /* bytes of a header that is() looks at */

/* What is before the mail itself: a byte order mark; of .emlx the line that
 * has its length, 0 if there is none. */
static size_t
before(struct spill_span head, uint64_t *len)
{
	struct spill_span rest = head, line;

	*len = 0;
	if (head.len >= 3 && memcmp(head.p, "\xef\xbb\xbf", 3) == 0)
		return 3;
	line = mail_first(&rest);
	while (line.len > 0 && line.p[line.len - 1] == ' ')
		line.len--;
	if (line.len > 0 && line.len <= 12 && rest.len < head.len &&
	    spill_span_uint(line, len))
		return head.len - rest.len;
	return 0;
}

struct seen {
	unsigned fields, known;
	bool address; /* From: with one */
	bool date; /* a Date that is one */
	bool machine; /* a field that only programs write */
	bool mime, type;
};

static void
look_at(struct spill_span line, struct seen *f)
{
	static const char *const machine[] = { "Received", "Return-Path",
		"Message-ID", "Delivered-To", "DKIM-Signature",
		"X-Mozilla-Status", "Envelope-To" };

	f->fields++;
	f->known += mail_known(line);
	for (size_t i = 0; i < SPILL_COUNT(machine); i++)
		f->machine |= mail_field_is(line, machine[i]);
	f->mime |= mail_field_is(line, "MIME-Version");
	f->type |= mail_field_is(line, "Content-Type");
	if (mail_field_is(line, "From") &&
	    memchr(line.p, '@', line.len) != NULL)
		f->address = true;
	if (mail_field_is(line, "Date"))
		f->date |=
		    mail_date((struct spill_span){ line.p + 5, line.len - 5 })
			.set;
}

/* A header that a text does not begin with by chance: a memo has From, To,
 * Subject and a date, too, but no addresses and no time of day. */
static bool
is_header(struct spill_span head, bool sniffed)
{
	struct spill_span line, rest = head;
	struct seen f = { 0 };

	rest.len = SPILL_MIN(rest.len, LOOK);
	while (rest.len > 0) {
		line = mail_first(&rest);
		if (line.len == 0 && f.fields > 0)
			break;
		if (f.fields > 0 && line.len > 0 &&
		    (line.p[0] == ' ' || line.p[0] == '\t'))
			continue;
		if (mail_name(line) == 0) {
			/* The last one may be cut. */
			if (rest.len == 0 && f.fields > 0)
				break;
			if (f.fields < 3)
				return false;
			break;
		}
		look_at(line, &f);
	}
	if (f.mime && (f.type || f.machine || f.address))
		return true;
	if (f.known >= 2 && (f.machine || (f.address && f.date)))
		return true;
	return f.known >= 3 && (f.address || f.date || sniffed);
}

static bool
is_mail(struct spill_span head, const struct spill_sniff *s)
{
	uint64_t len;
	size_t at = before(head, &len);
	bool sniffed = s != NULL && s->mime.len >= 8 &&
		       memcmp(s->mime.p, "message/", 8) == 0;

	head.p += at;
	head.len -= at;
	return mbox_is(head) || is_header(head, sniffed);
}

static int
run(struct mail_in *in, struct member *m)
{
	struct spill_span head;
	uint64_t len, at, end = in->src->size;
	int rc = mail_look(in, 0, 2 * MAIL_LINE, &head);

	if (rc != SPILL_OK)
		return rc;
	at = before(head, &len);
	head.p += at;
	head.len -= SPILL_MIN((size_t)at, head.len);
	if (mbox_is(head))
		return in->own != NULL ? SPILL_EFORMAT : mbox_run(in, m, at);
	if (len > 0 && len < end - at)
		end = at + len;
	return mail_parts(in, m, at, end);
}

int
mail_message(struct mail_in *in, struct member *m)
{
	int rc = mail_gmime_init();

	return rc == SPILL_OK ? run(in, m) : rc;
}

static int
mail_run(struct spill_src *s, const struct spill_unpack_conf *conf,
    const struct spill_unpack_sink *sink)
{
	struct member m = { 0 };
	struct mail_in in = { 0 };
	int rc = member_init(&m, s, sink);

	(void)conf;
	if (rc == SPILL_OK)
		rc = mail_in_init(&in, s);
	if (rc == SPILL_OK)
		rc = mail_message(&in, &m);
	mail_in_release(&in);
	member_release(&m);
	return rc;
}

const struct spill_unpack spill_unpack_mail = {
	.name = "mail",
	.is = is_mail,
	.run = mail_run,
	.warm = mail_gmime_init,
};
