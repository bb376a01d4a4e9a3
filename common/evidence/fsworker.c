/*
 * fsworker.c: the jobs of worker-fs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/arena.h>
#include <spill/fsitem.h>
#include <spill/fswalk.h>
#include <spill/fsworker.h>
#include <spill/hash.h>
#include <spill/name.h>

#include "fsfill_i.h"

#define READ_CHUNK ((size_t)256 << 10)
#define ERROR_PATH ((size_t)32 << 10) /* bytes; a longer one is left out */

struct work {
	struct spill_job *job;
	struct fsjob ask;
	struct spill_image *image;
	struct spill_row row; /* of errors and volumes */
	int rc; /* of what could not be sent from where there is no rc */
};

/* --- errors ------------------------------------------------------------- */

static void
cell(struct spill_row *r, const char *column, struct spill_span v)
{
	int i = spill_schema_find(&spill_schema_error, spill_span(column));

	if (i >= 0)
		spill_row_set(r, (unsigned)i, v);
}

/* An error is one frame: what it happened to, but no path without end. */
static int
put_error(struct work *w, const struct spill_error *e, bool range)
{
	struct spill_span path =
	    e->path.len <= ERROR_PATH ? e->path : SPILL_SPAN("");
	char at[24], len[24];

	(void)snprintf(at, sizeof(at), "%llu", (unsigned long long)e->offset);
	(void)snprintf(len, sizeof(len), "%llu", (unsigned long long)e->length);
	spill_row_clear(&w->row);
	cell(&w->row, "code", spill_span(e->code));
	cell(&w->row, "item", e->item);
	cell(&w->row, "path", path);
	cell(&w->row, "img_offset", spill_span(e->length > 0 ? at : ""));
	cell(&w->row, "length", spill_span(e->length > 0 ? len : ""));
	/* Tells it from damage that lies there. */
	cell(&w->row, "bytes_affected", spill_span(range ? len : ""));
	cell(&w->row, "detail", spill_span(e->detail));
	return spill_job_error_row(w->job, &w->row);
}

static int
send_error(void *ctx, const struct spill_error *e)
{
	return put_error(ctx, e, false);
}

static void
say(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct work *w = ctx;
	const struct spill_error e = { .code = code,
		.offset = offset,
		.length = length,
		.detail = detail };

	if (w->rc == SPILL_OK)
		w->rc = send_error(w, &e);
}

static void
say_range(struct work *w, const struct spill_image_bad *b, const char *code,
    const char *detail)
{
	const struct spill_error e = { .code = code,
		.offset = b->offset,
		.length = b->len,
		.detail = detail };

	if (w->rc == SPILL_OK)
		w->rc = put_error(w, &e, true);
}

/*
 * What could not be read so far: known from the start, or met on the way.
 * Zeros that the acquisition put there are no fault of this reading.
 */
static void
say_bad(struct work *w, bool from_start)
{
	static const struct {
		enum spill_bad kind;
		bool from_start;
		const char *code, *detail;
	} kinds[] = {
		{ SPILL_BAD_MISSING, true, "unreadable",
		    "a segment of the image is missing: read as zeros" },
		{ SPILL_BAD_SHORT, true, "unreadable",
		    "the image is cut off: read as zeros" },
		{ SPILL_BAD_READ, false, "unreadable",
		    "cannot be read: taken as zeros" },
		{ SPILL_BAD_CHUNK, false, "damaged",
		    "chunk of the image is damaged: taken as zeros" },
	};
	struct spill_image_bad b;

	for (size_t k = 0; k < SPILL_COUNT(kinds); k++)
		if (kinds[k].from_start == from_start)
			for (size_t i = 0; spill_image_bad_get(
				 w->image, kinds[k].kind, i, &b);
			     i++)
				say_range(
				    w, &b, kinds[k].code, kinds[k].detail);
}

/* --- survey ------------------------------------------------------------- */

static void
evidence_cell(struct spill_row *r, const char *column, struct spill_span v)
{
	int i = spill_schema_find(&spill_schema_evidence, spill_span(column));

	if (i >= 0)
		spill_row_set(r, (unsigned)i, v);
}

static void
number_cell(
    struct spill_row *r, struct spill_arena *a, const char *column, uint64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	char *p = spill_arena_dup(a, text, (size_t)n);

	if (p != NULL)
		evidence_cell(r, column, spill_span(p));
}

static void
hex_cell(struct spill_row *r, struct spill_arena *a, const char *column,
    const uint8_t *p, size_t n)
{
	char *hex = spill_arena_alloc(a, 2 * n + 1);

	if (hex == NULL)
		return;
	spill_hex(hex, p, n);
	evidence_cell(r, column, spill_span(hex));
}

static void
name_cell(struct spill_row *r, struct spill_arena *a, const char *column,
    struct spill_span raw)
{
	struct spill_buf b = SPILL_BUF_INIT(3 * raw.len + 1);
	char *p;

	spill_name_escape(&b, raw);
	p = b.len > 0 ? spill_arena_dup(a, b.p, b.len) : NULL;
	if (p != NULL)
		evidence_cell(r, column, spill_span(p));
	spill_buf_release(&b);
}

static const char *
status_of(unsigned flaws)
{
	if ((flaws & SPILL_IMAGE_MISSING) != 0)
		return "missing-segment";
	if ((flaws & SPILL_IMAGE_MISMATCH) != 0)
		return "hash-mismatch";
	return (flaws & ~(unsigned)SPILL_IMAGE_ACQUIRED) != 0 ? "damaged"
							      : "whole";
}

static int
send_image(struct work *w)
{
	static const struct {
		enum spill_image_field field;
		const char *column;
	} names[] = { { SPILL_IMAGE_EXAMINER, "examiner" },
		{ SPILL_IMAGE_CASE, "case" },
		{ SPILL_IMAGE_DESCRIPTION, "description" },
		{ SPILL_IMAGE_SERIAL, "device_serial" } };
	const struct spill_image_info *i = spill_image_info(w->image);
	struct spill_arena a = SPILL_ARENA_INIT((size_t)8 << 20);
	struct spill_row *r = &w->row;
	char time[SPILL_TIME_TEXT];
	int rc;

	spill_row_clear(r);
	evidence_cell(r, "format", spill_span(i->format));
	number_cell(r, &a, "segments", i->segments);
	number_cell(r, &a, "size", i->size);
	number_cell(r, &a, "sector", i->sector);
	if (i->has_md5)
		hex_cell(r, &a, "stored_md5", i->md5, sizeof(i->md5));
	if (i->has_sha1)
		hex_cell(r, &a, "stored_sha1", i->sha1, sizeof(i->sha1));
	if (spill_time_format(i->acquired, time) > 0)
		evidence_cell(r, "acquired", spill_span(time));
	name_cell(r, &a, "exhibit", i->field[SPILL_IMAGE_EXHIBIT]);
	for (size_t k = 0; k < SPILL_COUNT(names); k++)
		name_cell(r, &a, names[k].column, i->field[names[k].field]);
	evidence_cell(
	    r, "status", spill_span(status_of(spill_image_flaws(w->image))));
	rc = spill_job_send(w->job, r);
	spill_arena_release(&a);
	return rc;
}

static void
say_notes(struct work *w, unsigned flaws)
{
	struct spill_image_note n;
	char detail[256];

	for (size_t i = 0; spill_image_note_get(w->image, i, &n); i++) {
		if ((n.flaw & flaws) == 0)
			continue;
		(void)snprintf(detail, sizeof(detail),
		    n.segment > 0 ? "%s (segment %u, byte %llu)" : "%s", n.what,
		    n.segment, (unsigned long long)n.offset);
		say(w, "damaged", 0, 0, detail);
	}
}

static void
send_volumes(struct work *w, const struct spill_volumes *list)
{
	char text[FSJOB_VOLUME_TEXT];

	for (size_t i = 0; i < list->n && w->rc == SPILL_OK; i++) {
		fsjob_put_volume(&list->v[i], list->table, &w->row, text);
		w->rc = spill_job_send(w->job, &w->row);
	}
}

static void
say_nothing(struct work *w)
{
	say(w, "unsupported", 0, 0,
	    "it has neither a partition table nor a file system that is read "
	    "here");
}

static int
survey(struct work *w)
{
	const struct spill_volumes_conf conf = { .say = say, .ctx = w };
	struct spill_volumes list;
	int rc;

	say_notes(w, ~0u);
	say_bad(w, true);
	rc = spill_volumes_list(w->image, &conf, &list);
	say_bad(w, false);
	if (rc == SPILL_EFORMAT && !w->ask.lost)
		say_nothing(w);
	if (rc != SPILL_OK && rc != SPILL_EFORMAT)
		return rc;
	if (w->rc == SPILL_OK)
		w->rc = send_image(w);
	send_volumes(w, &list);
	spill_volumes_release(&list);
	return w->rc;
}

/* --- search ------------------------------------------------------------- */

static int
send_byte(void *ctx, uint64_t at)
{
	struct work *w = ctx;
	int rc = spill_job_progress(w->job, at);

	return rc == SPILL_OK ? spill_job_flush(w->job) : rc;
}

static bool
has_volume(const struct spill_volumes *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].name[0] != '\0')
			return true;
	return false;
}

static int
search(struct work *w)
{
	const struct spill_volumes_conf conf = {
		.lost = w->ask.volume.name[0] == '\0',
		.one = w->ask.volume.name[0] != '\0',
		.start = w->ask.volume.offset,
		.avoid = w->ask.avoid,
		.navoid = w->ask.navoid,
		.progress = send_byte,
		.say = say,
		.ctx = w
	};
	struct spill_volumes list;
	int rc = spill_volumes_list(w->image, &conf, &list);

	say_bad(w, false);
	if (rc != SPILL_OK && rc != SPILL_EFORMAT)
		return rc;
	if (rc == SPILL_EFORMAT && !has_volume(&list))
		say_nothing(w);
	send_volumes(w, &list);
	spill_volumes_release(&list);
	return w->rc;
}

/* --- walk --------------------------------------------------------------- */

static int
send_row(void *ctx, const struct spill_row *r)
{
	return spill_job_send(((struct work *)ctx)->job, r);
}

static int
send_place(void *ctx, uint64_t place)
{
	return spill_job_progress(((struct work *)ctx)->job, place);
}

static int
walk(struct work *w)
{
	const struct spill_fswalk_conf conf = { .runs = w->ask.runs,
		.slack = w->ask.slack,
		.attributes = w->ask.attributes,
		.from = w->ask.from,
		.drop = w->ask.drop,
		.avoid = w->ask.avoid,
		.navoid = w->ask.navoid };
	const struct spill_fswalk_sink sink = { .row = send_row,
		.error = send_error,
		.place = send_place,
		.ctx = w };
	int rc;

	spill_volumes_overlay(w->image, &w->ask.volume);
	rc = spill_fswalk(w->image, &w->ask.volume, &conf, &sink);
	say_bad(w, false);
	if (rc == SPILL_EFORMAT) /* told as an error already */
		rc = SPILL_OK;
	return rc != SPILL_OK ? rc : w->rc;
}

/* --- read --------------------------------------------------------------- */

static void
say_lost(struct work *w, uint64_t at, uint64_t zeros, uint64_t missing)
{
	char detail[128];

	if (zeros > 0) {
		(void)snprintf(detail, sizeof(detail),
		    "behind byte %llu, %llu bytes could not be read and are "
		    "zeros",
		    (unsigned long long)at, (unsigned long long)zeros);
		say(w, "unreadable", 0, 0, detail);
	}
	if (missing > 0) {
		(void)snprintf(detail, sizeof(detail),
		    "the last %llu bytes are left out: nothing says where "
		    "they were",
		    (unsigned long long)missing);
		say(w, "damaged", 0, 0, detail);
	}
}

static int
send_bytes(struct work *w, struct spill_fsitem *item)
{
	uint64_t size = spill_fsitem_size(item);
	uint64_t at = SPILL_MIN(w->ask.offset, size);
	uint64_t end = at + SPILL_MIN(w->ask.length, size - at);
	char *buf = malloc(READ_CHUNK);
	uint64_t lost_at = 0, lost_bytes = 0;
	int rc = buf == NULL ? SPILL_ENOMEM : SPILL_OK;

	while (rc == SPILL_OK && at < end) {
		size_t lost,
		    n = spill_fsitem_read(item, at, buf,
			(size_t)SPILL_MIN(READ_CHUNK, end - at), &lost);

		if (n == 0)
			break;
		if (lost > 0 && lost_bytes == 0)
			lost_at = at;
		lost_bytes += lost;
		at += n;
		rc = spill_job_bytes(w->job, buf, n);
	}
	free(buf);
	if (rc == SPILL_OK)
		say_lost(w, lost_at, lost_bytes, end - at);
	return rc != SPILL_OK ? rc : w->rc;
}

static int
read_item(struct work *w)
{
	struct spill_arena a = SPILL_ARENA_INIT((size_t)1 << 20);
	struct spill_fsitem *item = NULL;
	struct spill_locator l;
	const char *why = "";
	int rc = spill_locator_parse(w->ask.object, &a, &l, &why);

	/* Ranges are the bytes of the disk as they are. */
	if (rc == SPILL_OK && l.kind != SPILL_LOCATOR_RANGE)
		spill_volumes_overlay(w->image, &w->ask.volume);
	if (rc == SPILL_OK)
		rc = spill_fsitem_open(w->image,
		    w->ask.volume.name[0] != '\0' ? &w->ask.volume : NULL, &l,
		    &item, &why);
	if (rc == SPILL_OK)
		rc = send_bytes(w, item);
	else if (why[0] != '\0')
		rc = spill_job_fail(w->job, rc, why);
	say_bad(w, false);
	spill_fsitem_free(&item);
	spill_arena_release(&a);
	return rc != SPILL_OK ? rc : w->rc;
}

/* --- many --------------------------------------------------------------- */

/* The tool knows of which item: it has asked for it. */
static int
say_of(void *ctx, const char *code, const char *detail)
{
	const struct spill_error e = { .code = code, .detail = detail };

	return send_error(ctx, &e);
}

static int
fill(struct work *w)
{
	const struct fsfill f = { .job = w->job,
		.ask = &w->ask,
		.image = w->image,
		.say = say_of,
		.ctx = w };

	spill_volumes_overlay(w->image, &w->ask.volume);
	return w->ask.op == FSJOB_FILL ? fsfill_many(&f) : fsfill_pipe(&f);
}

/* --- verify ------------------------------------------------------------- */

static bool
verify_progress(void *ctx, uint64_t done)
{
	struct work *w = ctx;

	if (w->rc == SPILL_OK)
		w->rc = spill_job_progress(w->job, done >> 20);
	return w->rc == SPILL_OK;
}

static int
verify(struct work *w)
{
	const struct spill_image_pass pass = {
		.threads = 1, .progress = verify_progress, .ctx = w
	};
	struct spill_arena a = SPILL_ARENA_INIT((size_t)1 << 16);
	struct spill_row *r = &w->row;
	struct spill_image_hashes h;
	int rc = spill_image_verify(w->image, &pass, &h);

	if (rc != SPILL_OK)
		return w->rc != SPILL_OK ? w->rc : rc;
	/* All others were told by the survey. */
	say_notes(w, SPILL_IMAGE_MISMATCH);
	say_bad(w, false);
	spill_row_clear(r);
	hex_cell(r, &a, "stored_md5", h.md5, sizeof(h.md5));
	hex_cell(r, &a, "stored_sha1", h.sha1, sizeof(h.sha1));
	hex_cell(r, &a, "sha256", h.sha256, sizeof(h.sha256));
	evidence_cell(
	    r, "status", spill_span(status_of(spill_image_flaws(w->image))));
	if (w->rc == SPILL_OK)
		w->rc = spill_job_send(w->job, r);
	spill_arena_release(&a);
	return w->rc;
}

/* --- the job ------------------------------------------------------------ */

static int
open_image(struct work *w)
{
	const struct spill_image_conf conf = { .sector = w->ask.sector };
	struct spill_image_part *part;
	const char *why = "cannot be opened";
	char text[160];
	int rc;

	size_t extra = w->ask.op == FSJOB_PIPE || w->ask.op == FSJOB_FILL;

	if (w->ask.parts == 0 || w->ask.parts + extra != spill_job_nfds(w->job))
		return spill_job_fail(w->job, SPILL_EDAMAGED, "bad request");
	part = calloc(w->ask.parts, sizeof(*part));
	if (part == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < w->ask.parts; i++)
		part[i] = (struct spill_image_part){ spill_job_fd(w->job, i),
			w->ask.part[i].number, w->ask.part[i].size };
	rc = spill_image_open(part, w->ask.parts, &conf, &w->image, &why);
	free(part);
	if (rc == SPILL_OK || rc == SPILL_ENOMEM)
		return rc;
	(void)snprintf(text, sizeof(text), "it %s", why);
	return spill_job_fail(w->job, rc, text);
}

static int
do_job(struct work *w)
{
	switch (w->ask.op) {
	case FSJOB_SURVEY:
		return survey(w);
	case FSJOB_SEARCH:
		return search(w);
	case FSJOB_WALK:
		return walk(w);
	case FSJOB_READ:
		return read_item(w);
	case FSJOB_VERIFY:
		return verify(w);
	case FSJOB_PIPE:
	case FSJOB_FILL:
		return fill(w);
	default:
		return spill_job_fail(w->job, SPILL_EDAMAGED, "bad request");
	}
}

static int
job(struct spill_job *j, struct spill_span request)
{
	static struct work w;
	int rc;

	memset(&w, 0, sizeof(w));
	w.job = j;
	rc = fsjob_get(request, &w.ask);
	if (rc == SPILL_OK)
		rc = open_image(&w);
	if (rc == SPILL_OK)
		rc = do_job(&w);
	spill_image_free(&w.image);
	free(w.ask.part);
	return rc;
}

/* Libcrypto reads its settings when the first hash is made. */
static int
warm(void)
{
	static const enum spill_hash_kind kinds[] = { SPILL_HASH_SHA256,
		SPILL_HASH_SHA1, SPILL_HASH_MD5 };
	int rc = SPILL_OK;

	for (size_t i = 0; i < SPILL_COUNT(kinds) && rc == SPILL_OK; i++) {
		struct spill_hash *h = NULL;

		rc = spill_hash_open_as(&h, kinds[i]);
		spill_hash_free(&h);
	}
	return rc;
}

const struct spill_family spill_fsworker = {
	.name = "fs",
	.warm = warm,
	.job = job,
	.nofile = SPILL_JOB_FDS + 50,
};
