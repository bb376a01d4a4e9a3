/*
 * ole_native.c: files that Windows' packager put into a document: the stream
 * "\001Ole10Native" ([MS-OLEDS] 2.3.6). What its NativeData is, is the
 * packager's own affair and not in that text; it is known from its files:
 *
 *	u32 bytes that follow; u16 2; label, path the file came from (each in
 *	the code page of the machine, NUL behind it); u16 0; u16 3; u32 length
 *	and temporary path; u32 length and bytes of the file; and from newer
 *	ones u32 count and UTF-16 of temporary path, label and path.
 *
 * Other objects have something else there: no file then.
 */
#include <string.h>

#include <spill/cur.h>
#include <spill/ondisk.h>

#include "ole_i.h"

#define NATIVE_HEAD 8192 /* bytes before the file, at the most */

struct native {
	struct spill_span label, path, wide_label, wide_path;
	uint64_t at, len; /* of the file in the stream */
};

bool
ole_is_native(const struct ole_entry *e)
{
	static const char name[] = "\1\0O\0l\0e\0"
				   "1\0"
				   "0\0N\0a\0t\0i\0v\0e";

	return e->name.len == sizeof(name) &&
	       memcmp(e->name.p, name, sizeof(name)) == 0;
}

static struct spill_span
text(struct spill_cur *c)
{
	const char *p = (const char *)c->p + c->pos;
	const char *end = memchr(p, 0, spill_cur_left(c));
	struct spill_span s;

	if (end == NULL) {
		c->failed = true;
		return (struct spill_span){ "", 0 };
	}
	s = spill_cur_bytes(c, (size_t)(end - p));
	spill_cur_skip(c, 1);
	return s;
}

static bool
head(struct native *n, struct spill_cur c)
{
	spill_cur_skip(&c, 4);
	if (spill_cur_u16le(&c) != 2)
		return false;
	n->label = text(&c);
	n->path = text(&c);
	spill_cur_skip(&c, 2);
	if (spill_cur_u16le(&c) != 3)
		return false;
	spill_cur_skip(&c, spill_cur_u32le(&c));
	n->len = spill_cur_u32le(&c);
	n->at = c.pos;
	return spill_cur_ok(&c);
}

static struct spill_span
wide(struct spill_cur *c)
{
	uint32_t n = spill_cur_u32le(c);

	return spill_cur_bytes(c, n > UINT32_MAX / 2 ? SIZE_MAX : n * 2);
}

static void
tail(struct native *n, struct spill_cur c)
{
	struct spill_span label, path;

	(void)wide(&c);
	label = wide(&c);
	path = wide(&c);
	if (!spill_cur_ok(&c))
		return;
	n->wide_label = label;
	n->wide_path = path;
}

static void
put_label(struct spill_buf *b, struct spill_span s, struct spill_span utf16)
{
	if (utf16.len > 0)
		(void)spill_utf16le_put(b, utf16);
	else
		spill_buf_span(b, s);
}

/* What is behind the last separator of a path; '/' does not occur then. */
static struct spill_span
base_of(struct spill_span s)
{
	size_t i = s.len;

	while (i > 0 && s.p[i - 1] != '/' && s.p[i - 1] != '\\')
		i--;
	if (i == s.len)
		return SPILL_SPAN("package");
	return (struct spill_span){ s.p + i, s.len - i };
}

static int
hand_out(struct ole *o, const struct ole_entry *e, uint32_t own,
    const struct native *n)
{
	struct spill_member_info m = {
		.size = n->len, .uid = UINT64_MAX, .gid = UINT64_MAX
	};
	struct ole_chain c = ole_chain(o, e, own);
	uint64_t there = c.left > n->at ? c.left - n->at : 0;
	bool whole;
	int rc;

	spill_buf_putc(&o->name, '/');
	spill_buf_span(&o->name, base_of(n->label));
	spill_buf_reset(&o->title);
	put_label(&o->title, n->label, n->wide_label);
	spill_buf_reset(&o->note);
	spill_buf_puts(&o->note, "packaged from ");
	put_label(&o->note, n->path, n->wide_path);
	m.name = spill_buf_as_span(&o->name);
	m.title = spill_buf_as_span(&o->title);
	m.note = spill_buf_as_span(&o->note);
	rc = member_begin(&o->m, &m);
	if (rc != SPILL_OK)
		return rc;
	c.left = n->at + SPILL_MIN(n->len, there);
	rc = ole_chain_put(&c, n->at);
	if (rc != SPILL_OK)
		return rc;
	whole = c.why == NULL && there >= n->len;
	return member_end(&o->m, whole ? SPILL_MEMBER_OK : SPILL_MEMBER_PARTIAL,
	    c.why != NULL ? c.why
	    : whole	  ? NULL
			  : "it ends behind its stream");
}

int
ole_native(struct ole *o, const struct ole_entry *e, uint32_t own)
{
	char first[NATIVE_HEAD], last[NATIVE_HEAD];
	struct ole_chain c = ole_chain(o, e, own);
	struct native n = { 0 };
	size_t got;
	int rc = ole_chain_get(&c, 0, first, sizeof(first), &got);

	if (rc != SPILL_OK || !head(&n, spill_cur(first, got)))
		return rc;
	c = ole_chain(o, e, own);
	rc = ole_chain_get(&c, n.at + n.len, last, sizeof(last), &got);
	if (rc != SPILL_OK)
		return rc;
	tail(&n, spill_cur(last, got));
	return hand_out(o, e, own, &n);
}
