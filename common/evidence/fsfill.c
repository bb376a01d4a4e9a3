#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/fsitem.h>

#include "fsfill_i.h"

#define CHUNK ((size_t)256 << 10)
#define ALIGN 16 /* of an item in the memory file */

/* Where an item goes, and what became of it. */
struct into {
	const struct fsfill *f;
	struct spill_span object;
	char *slab; /* NULL: a pipe */
	size_t room, used;
	int fd;
	struct spill_row row;
	char size[24], there[24], at[24];
};

/* --- rows --------------------------------------------------------------- */

static void
number(struct spill_row *r, unsigned col, char text[24], uint64_t v)
{
	(void)snprintf(text, 24, "%llu", (unsigned long long)v);
	spill_row_set(r, col, spill_span(text));
}

static int
send_row(struct into *to, uint64_t size, uint64_t there, uint64_t at,
    const char *status)
{
	struct spill_row *r = &to->row;

	spill_row_clear(r);
	number(r, IT_SIZE, to->size, size);
	number(r, IT_INIT_SIZE, to->there, there);
	number(r, IT_IMG_OFFSET, to->at, at);
	spill_row_set(r, IT_STATUS, spill_span(status));
	return spill_job_send(to->f->job, r);
}

static int
say(const struct into *to, const char *code, const char *detail)
{
	return to->f->say(to->f->ctx, code, detail);
}

/* --- bytes -------------------------------------------------------------- */

static int
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return SPILL_EIO; /* nobody reads any more */
		p += w;
		n -= (size_t)w;
	}
	return SPILL_OK;
}

struct sum {
	uint64_t there, lost, lost_at;
};

static void
add(struct sum *s, size_t n, size_t lost)
{
	if (lost > 0 && s->lost == 0)
		s->lost_at = s->there;
	s->lost += lost;
	s->there += n;
}

static void
copy(struct spill_fsitem *item, char *to, uint64_t size, struct sum *s)
{
	while (s->there < size) {
		size_t lost, n = spill_fsitem_read(item, s->there,
				 to + s->there, size - s->there, &lost);

		if (n == 0)
			return;
		add(s, n, lost);
	}
}

static int
pour(struct spill_fsitem *item, int fd, uint64_t size, struct sum *s)
{
	char *buf = malloc(CHUNK);
	int rc = buf == NULL ? SPILL_ENOMEM : SPILL_OK;

	while (rc == SPILL_OK && s->there < size) {
		size_t lost,
		    n = spill_fsitem_read(item, s->there, buf,
			(size_t)SPILL_MIN(CHUNK, size - s->there), &lost);

		if (n == 0)
			break;
		add(s, n, lost);
		rc = write_all(fd, buf, n);
	}
	free(buf);
	return rc;
}

/* --- items -------------------------------------------------------------- */

static int
tell(struct into *to, uint64_t size, uint64_t at, const struct sum *s)
{
	char detail[128];
	int rc = SPILL_OK;

	if (s->lost > 0) {
		(void)snprintf(detail, sizeof(detail),
		    "behind byte %llu, %llu bytes could not be read and are "
		    "zeros",
		    (unsigned long long)s->lost_at,
		    (unsigned long long)s->lost);
		rc = say(to, "unreadable", detail);
	}
	if (rc == SPILL_OK && s->there < size) {
		(void)snprintf(detail, sizeof(detail),
		    "the last %llu bytes are left out: nothing says where "
		    "they were",
		    (unsigned long long)(size - s->there));
		rc = say(to, "damaged", detail);
	}
	return rc != SPILL_OK
		   ? rc
		   : send_row(to, size, s->there, at,
			 s->lost > 0 || s->there < size ? "partial" : "ok");
}

/* What evidence it is does not matter here. */
static int
open_item(const struct into *to, struct spill_fsvol *vol,
    struct spill_fsitem **item, const char **why)
{
	struct spill_arena a = SPILL_ARENA_INIT((size_t)1 << 20);
	struct spill_buf b = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	struct spill_locator l;
	int rc;

	spill_buf_printf(&b, "e:%s:", to->f->ask->volume.name);
	spill_buf_span(&b, to->object);
	rc = b.rc != SPILL_OK
		 ? b.rc
		 : spill_locator_parse(spill_buf_as_span(&b), &a, &l, why);
	if (rc == SPILL_OK)
		rc = spill_fsitem_at(vol, &l, item, why);
	spill_buf_release(&b);
	spill_arena_release(&a);
	return rc;
}

/* SPILL_END: there is no room for it. */
static int
fill_one(struct into *to, struct spill_fsvol *vol)
{
	size_t at = (to->used + ALIGN - 1) / ALIGN * ALIGN;
	struct spill_fsitem *item = NULL;
	struct sum s = { 0 };
	const char *why = "";
	uint64_t size;
	int rc = open_item(to, vol, &item, &why);

	if (rc == SPILL_ENOMEM)
		return rc;
	if (rc != SPILL_OK) {
		rc = say(to, "unreadable", why[0] != '\0' ? why : "no item");
		return rc != SPILL_OK ? rc
				      : send_row(to, 0, 0, 0, "unreadable");
	}
	size = spill_fsitem_size(item);
	if (at > to->room || size > to->room - at) {
		rc = to->used == 0 ? send_row(to, size, 0, 0, "limit")
				   : SPILL_END;
	} else {
		copy(item, to->slab + at, size, &s);
		to->used = at + (size_t)s.there;
		rc = tell(to, size, at, &s);
	}
	spill_fsitem_free(&item);
	return rc;
}

static int
slab_of(const struct fsfill *f, struct into *to)
{
	return spill_job_map_rw(f->job, f->ask->parts, &to->slab, &to->room);
}

int
fsfill_many(const struct fsfill *f)
{
	static struct into to;
	struct spill_span all = f->ask->object;
	struct spill_fsvol *vol = NULL;
	int rc;

	to = (struct into){ .f = f };
	rc = slab_of(f, &to);
	if (rc == SPILL_OK)
		rc = spill_fsvol_open(f->image,
		    f->ask->volume.name[0] != '\0' ? &f->ask->volume : NULL,
		    &vol);
	for (uint64_t i = 0; rc == SPILL_OK && all.len > 0; i++) {
		const char *end = memchr(all.p, '\n', all.len);

		if (end == NULL) {
			rc = SPILL_EDAMAGED;
			break;
		}
		to.object = (struct spill_span){ all.p, (size_t)(end - all.p) };
		all.len -= to.object.len + 1;
		all.p = end + 1;
		rc = spill_job_progress(f->job, i);
		if (rc == SPILL_OK)
			rc = fill_one(&to, vol);
	}
	spill_fsvol_free(&vol);
	return rc == SPILL_END ? SPILL_OK : rc;
}

int
fsfill_pipe(const struct fsfill *f)
{
	static struct into to;
	struct spill_fsvol *vol = NULL;
	struct spill_fsitem *item = NULL;
	struct sum s = { 0 };
	const char *why = "";
	int rc = spill_fsvol_open(f->image,
	    f->ask->volume.name[0] != '\0' ? &f->ask->volume : NULL, &vol);

	to = (struct into){ .f = f,
		.object = f->ask->object,
		.fd = spill_job_fd(f->job, f->ask->parts) };
	if (rc == SPILL_OK)
		rc = open_item(&to, vol, &item, &why);
	if (rc != SPILL_OK && why[0] != '\0')
		rc = spill_job_fail(f->job, rc, why);
	if (rc == SPILL_OK)
		rc = pour(item, to.fd, spill_fsitem_size(item), &s);
	if (rc == SPILL_OK)
		rc = tell(&to, spill_fsitem_size(item), 0, &s);
	spill_fsitem_free(&item);
	spill_fsvol_free(&vol);
	return rc;
}
