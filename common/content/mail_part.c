/*
 * mail_part.c: the parts of a message (RFC 2045, 2046): which lines are
 * boundaries, and what is between them. One pass over the lines; a part is
 * read once more when its end is known.
 */
#include <stdlib.h>
#include <string.h>

#include "mail_i.h"

#define BOUNDARY 1000 /* RFC 2046 allows 70 */
#define EXTRAS	 1000 /* of a message */

enum region {
	BODY, /* the message's own text */
	PART,
	PREAMBLE,
	EPILOGUE,
};

struct level {
	char boundary[BOUNDARY];
	size_t len;
	uint64_t at; /* its header */
	bool own; /* its first part may be the message's own text */
	bool alternative, digest;
	bool seen, closed; /* its boundary, the last one */
	enum mail_code code; /* that it claims; only parts may have one */
	unsigned parts;
};

struct extra {
	uint64_t from, end;
	enum mail_code code;
	const char *what;
};

struct parts {
	struct mail_in *in;
	struct member *m;
	uint64_t end; /* of the message */
	struct level *levels; /* MAIL_DEPTH */
	unsigned depth;
	struct mail_head head, inner;
	struct mail_type type;
	struct spill_buf title, note;
	const char *fallback; /* type of a part that declares none */
	enum region region;
	uint64_t from; /* it begins there */
	unsigned number;
	struct extra *extras;
	size_t nextras, cap;
};

static bool
is_type(const struct parts *p, const char *mime)
{
	struct spill_span t = spill_buf_as_span(&p->type.mime);

	if (t.len == 0)
		t = spill_span(p->fallback);
	return spill_span_eq(t, spill_span(mime));
}

static bool
is_multipart(const struct parts *p)
{
	return p->type.mime.len > 10 &&
	       memcmp(p->type.mime.p, "multipart/", 10) == 0;
}

/* --- boundaries --------------------------------------------------------- */

/* The level of the boundary that a line is, the innermost first; -1: none. */
static int
boundary(const struct parts *p, const struct mail_line *l, bool *last)
{
	struct spill_span s = l->head;

	if (s.len < 3 || s.p[0] != '-' || s.p[1] != '-' ||
	    l->end - l->at != s.len)
		return -1;
	while (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t')
		s.len--;
	s.p += 2;
	s.len = s.len >= 2 ? s.len - 2 : 0;
	for (unsigned k = p->depth; k > 0; k--) {
		const struct level *v = &p->levels[k - 1];

		*last = s.len == v->len + 2;
		if ((s.len != v->len && !*last) ||
		    memcmp(s.p, v->boundary, v->len) != 0)
			continue;
		if (!*last || memcmp(s.p + v->len, "--", 2) == 0)
			return (int)k - 1;
	}
	return -1;
}

static bool
is_boundary(void *ctx, const struct mail_line *l)
{
	bool last;

	return boundary(ctx, l, &last) >= 0;
}

/* --- attachments -------------------------------------------------------- */

static int
begin(struct parts *p, struct spill_member_info *i, char name[24])
{
	int n = snprintf(name, 24, "%u", ++p->number);

	i->kind = SPILL_MEMBER_ATTACHMENT;
	i->name = (struct spill_span){ name, (size_t)n };
	i->note = spill_buf_as_span(&p->note);
	i->size = i->uid = i->gid = UINT64_MAX;
	return member_begin(p->m, i);
}

static enum mail_code
code_of(const struct parts *p)
{
	return mail_code_of(spill_buf_as_span(&p->head.value[MAIL_ENCODING]));
}

static int
finish_member(struct parts *p, const char *why)
{
	return member_end(
	    p->m, why != NULL ? SPILL_MEMBER_PARTIAL : SPILL_MEMBER_OK, why);
}

/* The subject of a message that is a part. */
static int
inner_title(struct parts *p, uint64_t end)
{
	int rc = mail_head_read(p->in, p->from, end, NULL, NULL, &p->inner);

	if (rc == SPILL_OK)
		(void)mail_words(&p->title,
		    spill_buf_as_span(&p->inner.value[MAIL_SUBJECT]));
	return rc;
}

static int
attach(struct parts *p, uint64_t end, bool cut)
{
	enum mail_code code = code_of(p);
	struct spill_member_info i = { .born = p->type.born,
		.modified = p->type.modified,
		.accessed = p->type.accessed };
	char name[24];
	const char *why;
	int rc = SPILL_OK;

	spill_buf_reset(&p->title);
	spill_buf_reset(&p->note);
	spill_buf_span(&p->title, spill_buf_as_span(&p->type.name));
	if (p->type.guessed)
		spill_buf_puts(&p->note, "bytes of its name were guessed");
	if (p->title.len == 0 && code == MAIL_PLAIN &&
	    is_type(p, "message/rfc822"))
		rc = inner_title(p, end);
	if (rc != SPILL_OK)
		return rc;
	i.title = spill_buf_as_span(&p->title);
	i.mime = spill_buf_as_span(&p->type.mime);
	i.charset = spill_buf_as_span(&p->type.charset);
	if (i.mime.len == 0)
		i.mime = spill_span(p->fallback);
	rc = begin(p, &i, name);
	if (rc == SPILL_OK)
		rc = mail_code_put(p->m, code, p->from, end, &why);
	if (rc != SPILL_OK)
		return rc;
	if (cut && why == NULL)
		why = "the message ends before its boundary";
	return finish_member(p, why);
}

/* --- what is between parts ---------------------------------------------- */

static int
is_blank(struct parts *p, uint64_t at, uint64_t end, bool *blank)
{
	struct spill_span s;
	int rc;

	*blank = true;
	while (at < end) {
		rc = mail_look(p->in, at, 1, &s);
		if (rc != SPILL_OK || s.len == 0)
			return rc;
		s.len = (size_t)SPILL_MIN((uint64_t)s.len, end - at);
		for (size_t i = 0; i < s.len; i++)
			if (strchr(" \t\r\n\f", s.p[i]) == NULL) {
				*blank = false;
				return SPILL_OK;
			}
		at += s.len;
	}
	return SPILL_OK;
}

/* Words that mailers put before the first part, and nothing else. */
static int
is_stock(struct parts *p, uint64_t at, uint64_t end, bool *yes)
{
	static const char *const stock[] = {
		"This is a multi-part message in MIME format.",
		"This is a multi-part message in MIME format",
		"This is a multipart message in MIME format.",
		"This is a multipart message in MIME format",
		"This is a MIME-encapsulated message",
		"This is a MIME-encapsulated message.",
		"This is a MIME encapsulated message.",
		"This is a MIME-formatted message.",
		"This is a cryptographically signed message in MIME format.",
		"This is an OpenPGP/MIME signed message (RFC 4880 and 3156)",
		"This is an OpenPGP/MIME encrypted message (RFC 4880 and "
		"3156)",
		"This is an OpenPGP/MIME signed message (RFC 2440 and 3156)",
		"This is an OpenPGP/MIME encrypted message (RFC 2440 and "
		"3156)",
		"This message is in MIME format. Since your mail reader does "
		"not understand this format, some or all of this message may "
		"not be legible.",
		"This message is in MIME format. The first part should be "
		"readable text, while the remaining parts are likely "
		"unreadable without MIME-aware tools.",
		"This message is in MIME format. The first part should be "
		"readable text, while the remaining parts are likely "
		"unreadable without MIME-aware tools. Send mail to "
		"mime@docserver.cac.washington.edu for more info.",
	};
	char text[300];
	size_t n = 0;
	struct spill_buf b = SPILL_BUF_INIT(sizeof(text));
	int rc = mail_take(p->in, at, end, &b);

	for (size_t i = 0; i < b.len; i++) {
		bool blank = strchr(" \t\r\n", b.p[i]) != NULL;

		if (!blank)
			text[n++] = b.p[i];
		else if (n > 0 && text[n - 1] != ' ')
			text[n++] = ' ';
	}
	while (n > 0 && text[n - 1] == ' ')
		n--;
	*yes = false;
	for (size_t i = 0; i < SPILL_COUNT(stock); i++)
		*yes |= end - at < sizeof(text) &&
			spill_span_eq((struct spill_span){ text, n },
			    spill_span(stock[i]));
	spill_buf_release(&b);
	return rc;
}

/* Kept until all parts are told, so that their numbers do not depend on it. */
static int
add_extra(struct parts *p, uint64_t end)
{
	const struct level *v = &p->levels[p->depth - 1];
	struct extra *e;
	bool nothing = false;
	int rc = is_blank(p, p->from, end, &nothing);

	if (rc == SPILL_OK && !nothing && p->region == PREAMBLE)
		rc = is_stock(p, p->from, end, &nothing);
	if (rc != SPILL_OK || nothing)
		return rc;
	if (p->nextras == EXTRAS)
		return SPILL_OK;
	e = spill_grow(p->extras, p->nextras, &p->cap, sizeof(*e));
	if (e == NULL)
		return SPILL_ENOMEM;
	p->extras = e;
	e += p->nextras++;
	*e = (struct extra){ p->from, end, v->seen ? MAIL_PLAIN : v->code,
		p->region == EPILOGUE ? "text behind the last part"
		: v->seen
		    ? "text before the first part"
		    : "a multipart in which its boundary does not occur" };
	return SPILL_OK;
}

static int
extras(struct parts *p)
{
	char name[24];
	const char *why;
	int rc = SPILL_OK;

	for (size_t i = 0; rc == SPILL_OK && i < p->nextras; i++) {
		const struct extra *e = &p->extras[i];
		struct spill_member_info info = { 0 };

		rc = member_flaw(
		    p->m, "anomaly", e->from, e->end - e->from, "%s", e->what);
		spill_buf_reset(&p->note);
		spill_buf_puts(&p->note, e->what);
		if (rc == SPILL_OK)
			rc = begin(p, &info, name);
		if (rc == SPILL_OK)
			rc =
			    mail_code_put(p->m, e->code, e->from, e->end, &why);
		if (rc == SPILL_OK)
			rc = finish_member(p, why);
	}
	if (rc == SPILL_OK && p->nextras == EXTRAS)
		rc = member_flaw(p->m, "limit", 0, 0,
		    "text between parts in %d places or more", EXTRAS);
	return rc;
}

/* --- structure ---------------------------------------------------------- */

/* What is from p->from on ends. cut: by the end of the message. */
static int
finish(struct parts *p, uint64_t end, bool cut)
{
	if (p->region == BODY && p->in->own != NULL)
		return mail_own_text(p->in, &p->type, code_of(p), p->from, end);
	if (p->region == BODY)
		return SPILL_OK;
	if (p->region == PART)
		return attach(p, end, cut);
	return add_extra(p, end);
}

static int
leave(struct parts *p)
{
	const struct level *v = &p->levels[--p->depth];

	if (v->closed)
		return SPILL_OK;
	return member_flaw(p->m, "damaged", v->at, 0,
	    v->seen ? "a multipart without its last boundary"
		    : "a multipart without its boundary");
}

static int
enter(struct parts *p, bool own)
{
	struct level *v = &p->levels[p->depth++];
	struct spill_buf *b = &p->type.boundary;

	*v = (struct level){ .len = b->len, .at = p->head.at, .own = own };
	memcpy(v->boundary, b->p, b->len);
	while (v->len > 0 && v->boundary[v->len - 1] == ' ')
		v->len--;
	v->code = code_of(p);
	v->alternative = is_type(p, "multipart/alternative");
	v->digest = is_type(p, "multipart/digest");
	p->region = PREAMBLE;
	return SPILL_OK;
}

static void
read_types(struct parts *p)
{
	struct mail_type *t = &p->type;

	t->attachment = t->guessed = false;
	t->born = t->modified = t->accessed = (struct spill_time){ 0 };
	spill_buf_reset(&t->mime);
	spill_buf_reset(&t->boundary);
	spill_buf_reset(&t->name);
	spill_buf_reset(&t->charset);
	if (p->head.has[MAIL_TYPE])
		mail_type_read(t, spill_buf_as_span(&p->head.value[MAIL_TYPE]));
	if (p->head.has[MAIL_DISPOSITION])
		mail_disposition_read(
		    t, spill_buf_as_span(&p->head.value[MAIL_DISPOSITION]));
}

/* The part, or the message, whose header is in p->head. own: it may be the
 * message's own text. */
static int
entity(struct parts *p, bool own)
{
	size_t n;
	int rc = mail_head_flaws(p->m, &p->head);

	read_types(p);
	n = p->type.boundary.len;
	p->from = p->head.body;
	p->region = PART;
	if (rc != SPILL_OK)
		return rc;
	if (is_multipart(p)) {
		if (n > 0 && n <= BOUNDARY && p->depth < MAIL_DEPTH)
			return enter(p, own);
		if (n > 0 && n <= BOUNDARY)
			return member_flaw(p->m, "limit", p->head.at, 0,
			    "a multipart more than %d deep", MAIL_DEPTH);
		return member_flaw(p->m, "damaged", p->head.at, 0,
		    "a multipart that declares no boundary");
	}
	if (own && !p->type.attachment && p->type.name.len == 0 &&
	    (is_type(p, "text/plain") || is_type(p, "text/html")))
		p->region = BODY;
	return SPILL_OK;
}

static int
at_boundary(struct parts *p, const struct mail_line *l, int k, bool last)
{
	struct level *v = &p->levels[k];
	uint64_t end, next = l->next;
	int rc = mail_before(p->in, p->from, l->at, &end);

	if (rc == SPILL_OK) {
		v->seen = true;
		rc = finish(p, end, false);
	}
	while (rc == SPILL_OK && p->depth > (unsigned)k + 1)
		rc = leave(p);
	if (rc != SPILL_OK)
		return rc;
	if (last) {
		v->closed = true;
		p->region = EPILOGUE;
		p->from = next;
		return SPILL_OK;
	}
	p->fallback = v->digest ? "message/rfc822" : "text/plain";
	rc = mail_head_read(p->in, next, p->end, is_boundary, p, &p->head);
	if (rc != SPILL_OK)
		return rc;
	return entity(p, v->own && (v->parts++ == 0 || v->alternative));
}

static int
lines(struct parts *p)
{
	struct mail_line l;
	uint64_t at = p->head.body;
	bool last;
	int rc, k;

	while ((rc = mail_line(p->in, at, p->end, &l)) == SPILL_OK) {
		at = l.next;
		k = boundary(p, &l, &last);
		if (k < 0)
			continue;
		rc = at_boundary(p, &l, k, last);
		if (rc != SPILL_OK)
			return rc;
		if (!last)
			at = p->head.body;
	}
	if (rc == SPILL_END)
		rc = finish(
		    p, p->end, p->depth > 0 && !p->levels[p->depth - 1].closed);
	while (rc == SPILL_OK && p->depth > 0)
		rc = leave(p);
	return rc == SPILL_OK ? extras(p) : rc;
}

static void
parts_release(struct parts *p)
{
	mail_head_release(&p->head);
	mail_head_release(&p->inner);
	spill_buf_release(&p->type.mime);
	spill_buf_release(&p->type.boundary);
	spill_buf_release(&p->type.name);
	spill_buf_release(&p->type.charset);
	spill_buf_release(&p->title);
	spill_buf_release(&p->note);
	free(p->levels);
	free(p->extras);
}

int
mail_parts(struct mail_in *in, struct member *m, uint64_t at, uint64_t end)
{
	struct parts p = { .in = in,
		.m = m,
		.end = end,
		.fallback = "text/plain",
		.note = SPILL_BUF_INIT(4096),
		.title = SPILL_BUF_INIT(4 * MAIL_VALUE) };
	int rc;

	p.type.mime = p.type.boundary = SPILL_BUF_INIT(MAIL_VALUE);
	p.type.name = SPILL_BUF_INIT(4 * MAIL_VALUE);
	p.type.charset = SPILL_BUF_INIT(MAIL_VALUE);
	mail_head_init(&p.head);
	mail_head_init(&p.inner);
	p.levels = malloc(MAIL_DEPTH * sizeof(*p.levels));
	rc = p.levels != NULL ? SPILL_OK : SPILL_ENOMEM;
	if (rc == SPILL_OK)
		rc = mail_head_read(in, at, end, NULL, NULL, &p.head);
	if (rc == SPILL_OK && p.head.fields == 0)
		rc = SPILL_EFORMAT;
	if (rc == SPILL_OK && in->own != NULL)
		rc = mail_own_fields(in, &p.head);
	if (rc == SPILL_OK)
		rc = entity(&p, true);
	if (rc == SPILL_OK)
		rc = lines(&p);
	parts_release(&p);
	return rc;
}
