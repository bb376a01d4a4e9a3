/*
 * dig.c: an item, its members, their members, each as its container hands it
 * out: hashed while it comes, kept until it has been looked into. The depth is
 * bounded by the request, and so is the stack.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/locator.h>
#include <spill/name.h>

#include "dig_i.h"

#define RATIO_FLOOR ((uint64_t)64 << 20) /* bytes that any item may give */

/* One container that is open. */
struct level {
	struct dig *d;
	const struct subject *of;
	size_t chain_len, path_len; /* the container's */
	struct nth nth;
	uint64_t members;
	const char *status; /* of the container; NULL: as it was */
	/* The member that is on its way. */
	struct subject s;
	struct spill_member_info info;
	struct dig_want want;
	struct store store;
	uint64_t got; /* bytes that came */
	bool open, cut; /* cut: by a limit */
	bool unnamed; /* it is passed by */
};

/* --- places ------------------------------------------------------------- */

static uint64_t
place(uint64_t n, bool members)
{
	return 2 * n + members;
}

int
dig_progress(struct dig *d, uint64_t n, bool members)
{
	return spill_job_progress(
	    d->job, (uint64_t)d->item << SPILL_LOOK_SHIFT | place(n, members));
}

bool
dig_skips(const struct dig *d, uint64_t n, bool members)
{
	for (size_t i = 0; i < d->ask->skips; i++)
		if (d->ask->skip[i] == place(n, members))
			return true;
	return false;
}

/* The picks are in order of bytes. */
static size_t
lower(const struct dig *d, struct spill_span chain)
{
	size_t lo = 0, hi = d->ask->picks;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (spill_span_cmp(d->ask->pick[mid].chain, chain) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct dig_want
dig_wants(const struct dig *d, struct spill_span chain)
{
	struct dig_want w = { 0 };
	size_t i = lower(d, chain);

	if (i < d->ask->picks && spill_span_eq(d->ask->pick[i].chain, chain)) {
		w.leaf = true;
		w.closed = d->ask->pick[i++].closed;
	}
	/* Others that begin with it may stand between: ":a.b" is less than
	 * ":a:b". */
	for (; i < d->ask->picks; i++) {
		struct spill_span c = d->ask->pick[i].chain;

		if (c.len < chain.len || memcmp(c.p, chain.p, chain.len) != 0)
			break;
		if (c.len > chain.len && c.p[chain.len] == ':') {
			w.below = true;
			break;
		}
	}
	return w;
}

/* --- limits ------------------------------------------------------------- */

static int
hit(struct dig *d, const char *what, uint64_t value)
{
	char detail[128];

	(void)snprintf(detail, sizeof(detail), "limit of %s: %llu", what,
	    (unsigned long long)value);
	return dig_error(d, "limit", detail);
}

/* May its members have so many bytes more? *name and *value: the limit. */
static bool
may_grow(const struct dig *d, uint64_t n, const char **name, uint64_t *value)
{
	const struct spill_look_limits *l = &d->ask->limits;
	uint64_t all = d->bytes + n;

	if (l->bytes > 0 && all > l->bytes) {
		*name = "bytes of members";
		*value = l->bytes;
		return false;
	}
	if (l->ratio > 0 && all > RATIO_FLOOR && all / l->ratio > d->size) {
		*name = "expansion";
		*value = l->ratio;
		return false;
	}
	return true;
}

/* --- members ------------------------------------------------------------ */

/* What has no name is called as its container, without the extension that
 * says what that is. */
static struct spill_span
shown_name(const struct level *v)
{
	const struct spill_member_info *m = &v->info;
	struct spill_span of = v->of->name;
	const char *dot, *slash;

	if (m->title.len > 0 || m->name.len > 0)
		return m->title.len > 0 ? m->title : m->name;
	slash = memrchr(of.p, '/', of.len);
	if (slash != NULL)
		of = (struct spill_span){ slash + 1,
			of.len - (size_t)(slash + 1 - of.p) };
	dot = memrchr(of.p, '.', of.len);
	if (dot != NULL && dot > of.p)
		of.len = (size_t)(dot - of.p);
	return of;
}

/* A title is one part of a path, whatever is in it. */
static void
show_title(struct spill_buf *b, struct spill_span title)
{
	while (title.len > 0) {
		const char *slash = memchr(title.p, '/', title.len);
		size_t n =
		    slash != NULL ? (size_t)(slash - title.p) : title.len;

		spill_name_escape(b, (struct spill_span){ title.p, n });
		if (slash != NULL)
			spill_buf_puts(b, "%2F");
		n += slash != NULL;
		title.p += n;
		title.len -= n;
	}
}

/* Of a message its number and subject, of an attachment the name of its file:
 * for people, as the locator has the number. */
static void
show_name(const struct level *v, struct spill_buf *b)
{
	const struct spill_member_info *m = &v->info;

	spill_buf_putc(b, '/');
	if (m->kind == SPILL_MEMBER_MESSAGE) {
		spill_name_escape(b, m->name);
		spill_buf_puts(b, m->title.len > 0 ? " " : "");
		show_title(b, m->title);
	} else if (m->kind == SPILL_MEMBER_ATTACHMENT && m->title.len > 0) {
		show_title(b, m->title);
	} else {
		spill_name_escape(b, shown_name(v));
	}
}

/* The name as the last part of the chain and the path. */
static int
name_member(struct level *v)
{
	struct dig *d = v->d;
	const struct spill_member_info *m = &v->info;
	uint64_t nth = nth_count(&v->nth, m->name);
	int rc;

	d->chain.len = v->chain_len;
	d->path.len = v->path_len;
	if (nth == 0)
		return SPILL_ENOMEM;
	rc = spill_locator_member(&d->chain, m->name, nth);
	if (rc != SPILL_OK)
		return rc;
	show_name(v, &d->path);
	return d->path.rc;
}

static bool
is_file(const struct spill_member_info *m)
{
	return m->kind == SPILL_MEMBER_FILE ||
	       m->kind == SPILL_MEMBER_MESSAGE ||
	       m->kind == SPILL_MEMBER_ATTACHMENT;
}

/* A folder or a pipe that has bytes hides them. */
static bool
has_content(const struct spill_member_info *m)
{
	return is_file(m) || (m->size != UINT64_MAX && m->size > 0);
}

/* Is there a limit on how many there are? SPILL_END: it has been reached. */
static int
count_member(struct level *v)
{
	struct dig *d = v->d;
	uint64_t most = d->ask->limits.members;
	int rc;

	bool loud = d->said >= SPILL_LOOK_ROWS;

	if ((most == 0 || d->n < most) && !loud) {
		v->s.n = ++d->n;
		v->members++;
		return SPILL_OK;
	}
	v->status = "limit";
	if (d->told_members)
		return SPILL_ELIMIT;
	d->told_members = true;
	d->chain.len = v->chain_len;
	d->path.len = v->path_len;
	rc = loud ? hit(d, "bytes of rows", SPILL_LOOK_ROWS)
		  : hit(d, "members", most);
	return rc == SPILL_OK ? SPILL_ELIMIT : rc;
}

/* No locator can name it. */
static int
too_long(struct level *v)
{
	struct dig *d = v->d;
	int rc;

	d->chain.rc = d->path.rc = SPILL_OK;
	d->chain.len = v->chain_len;
	d->path.len = v->path_len;
	v->unnamed = true;
	v->open = false;
	v->s.silent = true;
	rc = hit(d, "bytes of a locator, by a member, which is left out",
	    SPILL_LOCATOR_TEXT);
	return rc == SPILL_OK ? SPILL_END : rc;
}

static int
begin(void *ctx, const struct spill_member_info *m)
{
	struct level *v = ctx;
	struct dig *d = v->d;
	int rc;

	if (!v->of->all && d->found == d->ask->picks)
		return DIG_STOP;
	v->info = *m;
	v->s = (struct subject){ .info = &v->info,
		.name = shown_name(v),
		.parent_len = v->chain_len,
		.above = v->of->below,
		.depth = v->of->depth + 1,
		.status = "ok",
		.size = UINT64_MAX };
	v->cut = v->unnamed = false;
	v->got = 0;
	rc = count_member(v);
	if (rc == SPILL_OK)
		rc = name_member(v);
	if (rc == SPILL_ELIMIT && !d->told_members)
		return too_long(v);
	if (rc != SPILL_OK)
		return rc;
	v->want = (struct dig_want){ .leaf = true, .below = true };
	if (!v->of->all)
		v->want = dig_wants(
		    d, (struct spill_span){ d->chain.p, d->chain.len });
	v->s.silent = !v->want.leaf;
	v->s.all = v->of->all || (v->want.leaf && !v->want.closed);
	v->s.closed = !v->s.all && !v->want.below;
	v->open = (v->want.leaf || v->want.below) && has_content(m);
	if (v->open)
		store_open(&v->store, &d->pool);
	rc = dig_progress(d, v->s.n, false);
	if (rc == SPILL_OK && dig_skips(d, v->s.n, false)) {
		v->s.status = "crash";
		rc = dig_error(d, "crash",
		    "it is not looked at: workers died of it, or had too "
		    "little memory or time");
		return rc == SPILL_OK ? SPILL_END : rc;
	}
	return rc != SPILL_OK || v->open ? rc : SPILL_END;
}

static int
data(void *ctx, const void *p, size_t n)
{
	struct level *v = ctx;
	struct dig *d = v->d;
	const char *name;
	uint64_t value;
	int rc;

	if (!may_grow(d, n, &name, &value)) {
		v->cut = true;
		if (d->told_bytes)
			return SPILL_END;
		d->told_bytes = true;
		rc = hit(d, name, value);
		return rc == SPILL_OK ? SPILL_END : rc;
	}
	d->bytes += n;
	v->got += n;
	if (d->ask->extract && v->want.leaf)
		return spill_job_bytes(d->job, p, n);
	spill_digest_put(d->digest, p, n);
	return store_put(&v->store, p, n);
}

static const char *
status_of(enum spill_member_end how)
{
	static const char *const names[] = {
		[SPILL_MEMBER_OK] = "ok",
		[SPILL_MEMBER_SKIPPED] = "ok",
		[SPILL_MEMBER_PARTIAL] = "partial",
		[SPILL_MEMBER_ENCRYPTED] = "encrypted",
		[SPILL_MEMBER_UNSUPPORTED] = "unsupported",
	};

	return names[how];
}

/* Why its content is not all there, as an error of its own. */
static int
tell_member(struct level *v, enum spill_member_end how, const char *why)
{
	static const char *const codes[] = {
		[SPILL_MEMBER_PARTIAL] = "damaged",
		[SPILL_MEMBER_ENCRYPTED] = "encrypted",
		[SPILL_MEMBER_UNSUPPORTED] = "unsupported",
	};
	struct dig *d = v->d;
	int rc = SPILL_OK;

	if (how > SPILL_MEMBER_SKIPPED)
		rc = dig_error(d, codes[how],
		    why != NULL			    ? why
		    : how == SPILL_MEMBER_ENCRYPTED ? "it is encrypted"
		    : how == SPILL_MEMBER_UNSUPPORTED
			? "its method is not known"
			: "it is damaged");
	if (rc == SPILL_OK && v->open && v->store.full)
		rc = hit(d, "bytes that are kept", v->store.len);
	return rc;
}

/* The content is there: what it is, and what is in it. */
static int
look_at(struct level *v)
{
	struct spill_src src = store_src(&v->store);
	struct spill_span head = store_head(&v->store);
	size_t n = (size_t)SPILL_MIN(v->store.len, SPILL_SNIFF_HEAD);
	char *buf = NULL;
	int rc = SPILL_OK;

	if (v->store.spooled) {
		buf = malloc(n);
		head = (struct spill_span){ buf, 0 };
		rc = buf == NULL ? SPILL_ENOMEM
				 : src.read(&src, 0, buf, n, &head.len);
	}
	head.len = SPILL_MIN(head.len, SPILL_SNIFF_HEAD);
	v->s.closed |= v->store.full;
	if (rc == SPILL_OK)
		rc = dig_into(v->d, &v->s, head, &src);
	free(buf);
	return rc;
}

/* A row all the same; what was hashed of it is of no use. */
static int
no_look(struct level *v)
{
	struct dig *d = v->d;
	struct spill_digest_text sums;
	int rc = v->open ? spill_digest_done(d->digest, &sums) : SPILL_OK;

	return rc != SPILL_OK || v->s.silent || d->ask->extract
		   ? rc
		   : dig_row(d, &v->s, NULL, NULL);
}

static int
end(void *ctx, enum spill_member_end how, const char *why)
{
	struct level *v = ctx;
	struct dig *d = v->d;
	bool bytes =
	    v->got > 0 ||
	    (is_file(&v->info) && !v->cut &&
		(how == SPILL_MEMBER_OK || how == SPILL_MEMBER_PARTIAL));
	int rc;

	if (v->unnamed)
		return SPILL_OK;
	if (strcmp(v->s.status, "crash") != 0)
		v->s.status = v->cut ? "limit" : status_of(how);
	if (how == SPILL_MEMBER_OK && v->open && !v->cut)
		v->s.size = v->got;
	rc = tell_member(v, how, why);
	if (rc == SPILL_OK && v->open && bytes &&
	    !(d->ask->extract && v->want.leaf))
		rc = look_at(v);
	else if (rc == SPILL_OK)
		rc = no_look(v);
	d->found += v->want.leaf && !v->of->all;
	if (v->open)
		store_close(&v->store);
	v->open = false;
	d->chain.len = v->chain_len;
	d->path.len = v->path_len;
	return rc == SPILL_OK ? dig_progress(d, v->of->n, true) : rc;
}

static int
flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct level *v = ctx;

	v->d->chain.len = v->chain_len;
	v->d->path.len = v->path_len;
	if (strcmp(code, "anomaly") != 0)
		v->status = strcmp(code, "encrypted") == 0     ? "encrypted"
			    : strcmp(code, "unsupported") == 0 ? "unsupported"
			    : strcmp(code, "limit") == 0       ? "limit"
							       : "partial";
	return dig_error_at(v->d, code, offset, length, detail);
}

int
dig_members(struct dig *d, const struct spill_unpack *format,
    const struct subject *s, struct spill_src *src)
{
	const struct spill_unpack_conf conf = { d->ask->limits.memory };
	struct level *v = calloc(1, sizeof(*v));
	const struct spill_unpack_sink sink = {
		.begin = begin, .data = data, .end = end, .flaw = flaw, .ctx = v
	};
	int rc;

	if (v == NULL)
		return SPILL_ENOMEM;
	*v = (struct level){ .d = d,
		.of = s,
		.chain_len = d->chain.len,
		.path_len = d->path.len };
	rc = format->run(src, &conf, &sink);
	if (v->open)
		store_close(&v->store);
	nth_release(&v->nth);
	d->chain.len = v->chain_len;
	d->path.len = v->path_len;
	/* The limit of members ends one container after the other. */
	if (rc == SPILL_ELIMIT && d->told_members)
		rc = SPILL_OK;
	if (rc == SPILL_OK && s->all && !d->ask->extract)
		rc = dig_complete(d, v->members, v->status);
	free(v);
	return rc == SPILL_EFORMAT ? SPILL_OK : rc;
}

/* --- one ---------------------------------------------------------------- */

/* Why a container is not opened, as an error; SPILL_END then. */
static int
may_open(struct dig *d, const struct subject *s)
{
	const struct spill_look_limits *l = &d->ask->limits;
	int rc;

	if (dig_skips(d, s->n, true)) {
		rc = dig_error(d, "crash",
		    "its members are not listed: a worker died of it");
		return rc == SPILL_OK ? SPILL_END : rc;
	}
	if (l->depth == 0 || s->depth < l->depth)
		return SPILL_OK;
	rc = hit(d, "depth", l->depth);
	if (rc == SPILL_OK)
		rc = dig_complete(d, UINT64_MAX, "limit");
	return rc == SPILL_OK ? SPILL_END : rc;
}

/* What a message is, its mailbox knows; else its first bytes say what it is,
 * or its last ones, of a zip behind something else. */
static const struct spill_unpack *
format_of(const struct subject *s, struct spill_span head,
    const struct spill_sniff *t, struct spill_src *src)
{
	const struct spill_unpack *f;

	if (s->message)
		return &spill_unpack_mail;
	f = spill_unpack_find(head, t);
	return f != NULL ? f : spill_unpack_behind(src);
}

/* Where nobody asks for words on it, a part of a document that is XML and of
 * which the stage has all is just that. */
static int
sniff(const struct dig *d, const struct subject *s, struct spill_span head,
    uint64_t size, struct spill_sniff *t)
{
	static const char xml[] = { '<', '?', 'x', 'm', 'l' };
	const struct spill_look_stage *stage = spill_look_stage;

	if (!d->ask->untyped)
		return spill_sniff(head, size, t);
	if (s->info != NULL && head.len > sizeof(xml) &&
	    memcmp(head.p, xml, sizeof(xml)) == 0 && stage != NULL &&
	    stage->covers != NULL && stage->covers(s->above, s->info->name)) {
		*t = (struct spill_sniff){ SPILL_SPAN("text/xml"), { "", 0 } };
		return SPILL_OK;
	}
	return spill_sniff_mime(head, size, t);
}

int
dig_into(struct dig *d, const struct subject *s, struct spill_span head,
    struct spill_src *src)
{
	struct spill_digest_text sums;
	const struct spill_unpack *format;
	struct subject now = *s;
	struct spill_sniff t;
	int rc = spill_digest_done(d->digest, &sums);

	now.message =
	    s->info != NULL &&
	    (s->info->kind == SPILL_MEMBER_MESSAGE ||
		spill_span_eq(s->info->mime, SPILL_SPAN("message/rfc822")));
	if (rc == SPILL_OK)
		rc = sniff(d, s, head, src->size, &t);
	if (rc == SPILL_OK && !s->silent && !d->ask->extract)
		rc = dig_row(d, s, &t, &sums);
	if (rc == SPILL_OK && d->ask->want != 0 && !d->ask->extract)
		rc = dig_stage(d, &now, head, &t, src);
	if (rc != SPILL_OK || s->closed)
		return rc;
	s = &now;
	format = format_of(s, head, &t, src);
	if (format == NULL)
		return SPILL_OK;
	rc = may_open(d, s);
	if (rc == SPILL_OK)
		rc = dig_progress(d, s->n, true);
	if (rc == SPILL_OK)
		rc = dig_members(d, format, s, src);
	return rc == SPILL_END ? SPILL_OK : rc;
}
