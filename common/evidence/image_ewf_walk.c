#include <stdlib.h>
#include <string.h>

#include "image_ewf_i.h"

#define SEARCH_LEN ((size_t)1 << 18)

static const char *const types[] = { "header", "header2", "volume", "disk",
	"data", "sectors", "table", "table2", "next", "done", "hash", "digest",
	"error2", "session", "xheader", "xhash", "ltree", "ltypes", "map",
	"incomplete" };

void
ewf_note(struct ewf_walk *w, const char *what, unsigned flaw)
{
	image_note(w->img, what, flaw, w->p->number, w->at);
}

bool
ewf_sum_ok(const uint8_t *p, size_t n)
{
	struct spill_cur c = spill_cur(p + n, 4);

	return libdeflate_adler32(1, p, n) == spill_cur_u32le(&c);
}

static bool
is(const struct ewf_walk *w, const char *type)
{
	return strcmp(w->type, type) == 0;
}

static bool
is_last(const struct ewf_walk *w)
{
	return is(w, "next") || is(w, "done");
}

/*
 * Take up a descriptor that lies at `at`; false: there is none. Sections go
 * forward only, so they cannot go round in circles.
 */
static bool
take_descriptor(struct ewf_walk *w, uint64_t at, const uint8_t *p)
{
	struct spill_cur c = spill_cur(p, EWF_DESCRIPTOR);
	uint64_t size;
	size_t n = 0;

	if (!ewf_sum_ok(p, EWF_DESCRIPTOR - 4))
		return false;
	while (n < 16 && p[n] >= 0x20 && p[n] < 0x7f)
		n++;
	spill_cur_skip(&c, 16);
	w->next = spill_cur_u64le(&c);
	size = spill_cur_u64le(&c);
	memcpy(w->type, p, n);
	w->type[n] = '\0';
	w->at = at;
	if (n == 0 || (!is_last(w) && (w->next < at + EWF_DESCRIPTOR ||
					  w->next > INT64_MAX)))
		return false;
	if (is_last(w))
		w->next = at;
	else if (size != 0 && size != w->next - at)
		ewf_note(w, "a section's size does not lead to the next one",
		    SPILL_IMAGE_DAMAGED);
	w->body = at + EWF_DESCRIPTOR;
	w->end = SPILL_MAX(SPILL_MIN(w->next, w->p->size), w->body);
	w->cut = w->next > w->p->size;
	return true;
}

static bool
read_descriptor(struct ewf_walk *w, uint64_t at)
{
	uint8_t p[EWF_DESCRIPTOR];

	w->at = at;
	return at <= w->p->size && w->p->size - at >= sizeof(p) &&
	       part_read_whole(w->img, w->p, at, p, sizeof(p), NULL) &&
	       take_descriptor(w, at, p);
}

static bool
known_type(const uint8_t *p)
{
	for (size_t i = 0; i < SPILL_COUNT(types); i++)
		if (memcmp(p, types[i], strlen(types[i]) + 1) == 0)
			return true;
	return false;
}

/* What is found by searching may be evidence itself, an E01 inside this one:
 * it must lead to another section, or be the last one where it lies. */
static bool
leads_on(struct ewf_walk *w, uint64_t at, const uint8_t *p)
{
	struct spill_cur c = spill_cur(p, EWF_DESCRIPTOR);
	uint8_t behind[EWF_DESCRIPTOR];
	uint64_t next;

	if (!known_type(p) || !ewf_sum_ok(p, EWF_DESCRIPTOR - 4))
		return false;
	spill_cur_skip(&c, 16);
	next = spill_cur_u64le(&c);
	if (memcmp(p, "next", 5) == 0 || memcmp(p, "done", 5) == 0)
		return next == at;
	return next > at && next <= w->p->size &&
	       w->p->size - next >= sizeof(behind) &&
	       part_read_whole(
		   w->img, w->p, next, behind, sizeof(behind), NULL) &&
	       ewf_sum_ok(behind, EWF_DESCRIPTOR - 4);
}

/* The next descriptor at or behind at, wherever it lies. */
static bool
search_descriptor(struct ewf_walk *w, uint64_t at)
{
	uint8_t *buf = malloc(SEARCH_LEN + EWF_DESCRIPTOR);
	bool found = false;

	while (buf != NULL && !found && at < w->p->size &&
	       w->p->size - at >= EWF_DESCRIPTOR) {
		size_t n = (size_t)SPILL_MIN(
		    w->p->size - at, SEARCH_LEN + EWF_DESCRIPTOR);

		(void)part_read_whole(w->img, w->p, at, buf, n, NULL);
		for (size_t i = 0; !found && i + EWF_DESCRIPTOR <= n; i++)
			found = buf[i] >= 'd' && buf[i] <= 'x' &&
				buf[i + 1] >= 'a' && buf[i + 15] == 0 &&
				leads_on(w, at + i, buf + i) &&
				take_descriptor(w, at + i, buf + i);
		at += SPILL_MIN(n, SEARCH_LEN);
	}
	free(buf);
	return found;
}

static void
on_sectors(struct ewf_walk *w)
{
	if (w->data)
		ewf_recover(w, SPILL_BAD_CHUNK);
	w->data = true;
	w->mirror = false;
	w->data_from = w->body;
	w->data_to = w->end;
}

static void
section(struct ewf_walk *w)
{
	if (is(w, "sectors"))
		on_sectors(w);
	else if (is(w, "table") || is(w, "table2"))
		ewf_on_table(w, is(w, "table2"));
	else if (is(w, "volume") || is(w, "disk") || is(w, "data"))
		ewf_volume(w);
	else if (is(w, "header") || is(w, "header2"))
		ewf_header(w, is(w, "header2"));
	else if (is(w, "hash") || is(w, "digest"))
		ewf_hashes(w);
	else if (is(w, "error2"))
		ewf_errors(w);
	else if (is(w, "session"))
		ewf_session(w);
	else if (is(w, "incomplete"))
		ewf_note(w, "the acquisition was not finished",
		    SPILL_IMAGE_UNFINISHED);
}

/*
 * There is no section at `at`: look for one behind it. A table2 that lies as
 * far away as it is long is the copy of the table that was here.
 */
static bool
mend(struct ewf_walk *w, uint64_t at)
{
	enum spill_bad kind =
	    at >= w->p->size ? SPILL_BAD_SHORT : SPILL_BAD_CHUNK;
	bool found;

	ewf_note(w, "a section is damaged or cut off", SPILL_IMAGE_DAMAGED);
	found = search_descriptor(w, at + 1);
	if (found && w->data && is(w, "table2") &&
	    w->at - at == w->next - w->at)
		return true;
	if (w->data)
		ewf_recover(w, kind);
	ewf_gap(w->ewf, kind, w->p->number);
	return found;
}

/* Sections from at on, to the last one or to where the chain breaks. */
static bool
follow(struct ewf_walk *w, uint64_t at)
{
	for (;;) {
		if (!read_descriptor(w, at) && !mend(w, at))
			return false;
		if (is_last(w))
			return true;
		section(w);
		if (w->foreign)
			return false;
		if (w->cut) {
			ewf_note(
			    w, "the segment is cut off", SPILL_IMAGE_DAMAGED);
			if (w->data)
				ewf_recover(w, SPILL_BAD_SHORT);
			ewf_gap(w->ewf, SPILL_BAD_SHORT, w->p->number);
			return false;
		}
		at = w->next;
	}
}

/* Forget what a segment of another set brought. */
static void
undo(struct ewf *e, const struct ewf *was)
{
	while (e->tables > was->tables)
		free(e->table[--e->tables].own);
	e->sum = was->sum;
	e->gap = was->gap;
	e->gap_segment = was->gap_segment;
	e->has_done = was->has_done;
	e->errors = was->errors;
}

bool
ewf_walk(struct spill_image *img, size_t part)
{
	struct ewf_walk w = { .img = img,
		.ewf = img->ewf,
		.p = &img->part[part],
		.part = (uint32_t)part };
	struct ewf was = *img->ewf;
	bool last = follow(&w, EWF_HEADER);

	if (w.foreign) {
		undo(img->ewf, &was);
		return false;
	}
	if (last && w.data)
		ewf_recover(&w, SPILL_BAD_CHUNK);
	if (img->ewf->has_done)
		image_note(img, "a segment comes behind the last one",
		    SPILL_IMAGE_DAMAGED, w.p->number, 0);
	if (last && is(&w, "done"))
		img->ewf->has_done = true;
	return true;
}
