/*
 * dig_row.c: what is said of an item or a member.
 */
#include <stdio.h>
#include <string.h>

#include <spill/name.h>

#include "dig_i.h"

#define WORDS 512 /* bytes of a type, or of why something went wrong */

static struct spill_span
column(const struct spill_buf *b, size_t len)
{
	return (struct spill_span){ b->p != NULL ? b->p : "", len };
}

/* Words of the evidence among our own: ASCII alone. */
static void
put_plain(struct spill_buf *b, struct spill_span v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.p[i];

		if (c < 0x20 || c > 0x7e || c == '%')
			spill_buf_printf(b, "%%%02X", c);
		else
			spill_buf_putc(b, (char)c);
	}
}

static struct spill_buf
plain(const char *text)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);

	put_plain(&b, (struct spill_span){ text, strnlen(text, WORDS) });
	return b;
}

int
dig_error(struct dig *d, const char *code, const char *detail)
{
	static struct spill_row r;
	struct spill_buf words = plain(detail);
	const struct {
		const char *name;
		struct spill_span v;
	} cells[] = { { "code", spill_span(code) },
		{ "item", column(&d->chain, d->chain.len) },
		{ "path", column(&d->path, d->path.len) },
		{ "detail", spill_buf_as_span(&words) } };
	int rc;

	spill_row_clear(&r);
	for (size_t i = 0; i < SPILL_COUNT(cells); i++)
		spill_row_set(&r,
		    (unsigned)spill_schema_find(
			&spill_schema_error, spill_span(cells[i].name)),
		    cells[i].v);
	rc = spill_job_error_row(d->job, &r);
	spill_buf_release(&words);
	return rc;
}

int
dig_error_at(struct dig *d, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	char text[256];

	if (length == 0)
		return dig_error(d, code, detail);
	(void)snprintf(text, sizeof(text), "%s (byte %llu, length %llu)",
	    detail, (unsigned long long)offset, (unsigned long long)length);
	return dig_error(d, code, text);
}

/* --- cells of a member -------------------------------------------------- */

struct texts {
	char size[24], mode[16], uid[24], gid[24];
	char time[4][SPILL_TIME_TEXT];
	struct spill_buf target, note, type;
};

void
dig_number(struct spill_row *r, unsigned col, char text[24], uint64_t v)
{
	if (v == UINT64_MAX)
		return;
	(void)snprintf(text, 24, "%llu", (unsigned long long)v);
	spill_row_set(r, col, spill_span(text));
}

static void
when(struct spill_row *r, unsigned col, char text[SPILL_TIME_TEXT],
    struct spill_time t)
{
	if (spill_time_format(t, text) > 0)
		spill_row_set(r, col, spill_span(text));
}

static void
note(struct texts *x, struct spill_row *r, const struct spill_member_info *m)
{
	if (m->has_crc)
		spill_buf_printf(&x->note, "crc32 %08x", (unsigned)m->crc);
	if (m->note.len > 0) {
		spill_buf_puts(&x->note, x->note.len > 0 ? ", " : "");
		put_plain(&x->note, m->note);
	}
	spill_row_set(r, IT_NOTE, spill_buf_as_span(&x->note));
}

static const char *
kind_name(enum spill_member_kind k)
{
	static const char *const names[] = {
		[SPILL_MEMBER_FILE] = "member",
		[SPILL_MEMBER_DIR] = "dir",
		[SPILL_MEMBER_LINK] = "link",
		[SPILL_MEMBER_SPECIAL] = "special",
		[SPILL_MEMBER_MESSAGE] = "message",
		[SPILL_MEMBER_ATTACHMENT] = "attachment",
	};

	return names[k];
}

static void
member(struct dig *d, const struct subject *s, struct texts *x)
{
	const struct spill_member_info *m = s->info;
	struct spill_row *r = &d->row;

	spill_row_set(r, IT_ITEM, column(&d->chain, d->chain.len));
	spill_row_set(r, IT_PARENT, column(&d->chain, s->parent_len));
	spill_row_set(r, IT_PATH, column(&d->path, d->path.len));
	spill_row_set(r, IT_KIND, spill_span(kind_name(m->kind)));
	dig_number(
	    r, IT_SIZE, x->size, s->size != UINT64_MAX ? s->size : m->size);
	dig_number(r, IT_UID, x->uid, m->uid);
	dig_number(r, IT_GID, x->gid, m->gid);
	when(r, IT_BORN, x->time[0], m->born);
	when(r, IT_MODIFIED, x->time[1], m->modified);
	when(r, IT_ACCESSED, x->time[2], m->accessed);
	when(r, IT_CHANGED, x->time[3], m->changed);
	if (m->has_mode) {
		(void)snprintf(x->mode, sizeof(x->mode), "%o", m->mode & 07777);
		spill_row_set(r, IT_MODE, spill_span(x->mode));
	}
	spill_name_escape(&x->target, m->target);
	spill_row_set(r, IT_TARGET, spill_buf_as_span(&x->target));
	note(x, r, m);
	spill_row_set(r, IT_STATUS, spill_span(s->status));
	if (strcmp(s->status, "ok") == 0)
		spill_row_set(r, IT_CONTENT, SPILL_SPAN("complete"));
	else if (strcmp(s->status, "partial") == 0)
		spill_row_set(r, IT_CONTENT, SPILL_SPAN("partial"));
}

static const char *
match_name(enum spill_ext_match m)
{
	return m == SPILL_EXT_NONE    ? "none"
	       : m == SPILL_EXT_MATCH ? "match"
				      : "mismatch";
}

static int
send_row(struct dig *d)
{
	d->said += spill_pack_bound(&d->row);
	return spill_job_send(d->job, &d->row);
}

int
dig_row(struct dig *d, const struct subject *s, const struct spill_sniff *t,
    const struct spill_digest_text *sums)
{
	struct texts x = { .target = SPILL_BUF_INIT((size_t)256 << 10),
		.note = SPILL_BUF_INIT((size_t)64 << 10),
		.type = SPILL_BUF_INIT(4 * WORDS) };
	struct spill_row *r = &d->row;
	int rc;

	spill_row_clear(r);
	if (s->info != NULL)
		member(d, s, &x);
	else if (strcmp(s->status, "ok") != 0)
		spill_row_set(r, IT_STATUS, spill_span(s->status));
	if (t != NULL)
		spill_row_set(r, IT_MIME, t->mime);
	if (t != NULL && !d->ask->untyped) {
		/* libmagic's words have some of the evidence's among them. */
		put_plain(&x.type, (struct spill_span){ t->type.p,
				       SPILL_MIN(t->type.len, (size_t)WORDS) });
		spill_row_set(r, IT_TYPE, spill_buf_as_span(&x.type));
		spill_row_set(r, IT_EXT_MATCH,
		    spill_span(match_name(spill_ext_match(s->name, t))));
	}
	/* A hash of a part of a member would be that of something else. */
	if (sums != NULL && (s->info == NULL || strcmp(s->status, "ok") == 0)) {
		spill_row_set(r, IT_SHA256, spill_span(sums->sha256));
		spill_row_set(r, IT_MD5, spill_span(sums->md5));
		spill_row_set(r, IT_SHA1, spill_span(sums->sha1));
		spill_row_set(r, IT_ENTROPY, spill_span(sums->entropy));
	}
	rc = send_row(d);
	spill_buf_release(&x.target);
	spill_buf_release(&x.note);
	spill_buf_release(&x.type);
	return rc;
}

int
dig_complete(struct dig *d, uint64_t members, const char *status)
{
	struct spill_row *r = &d->row;
	char text[24];

	spill_row_clear(r);
	spill_row_set(r, IT_ITEM, column(&d->chain, d->chain.len));
	dig_number(r, IT_MEMBERS, text, members);
	if (status != NULL)
		spill_row_set(r, IT_STATUS, spill_span(status));
	return send_row(d);
}
