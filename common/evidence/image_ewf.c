#include <stdlib.h>
#include <string.h>

#include "image_ewf_i.h"

/* Segments in order of the number that is in the file; that in its name
 * counts where the file has none. Of two with one number, the one whose name
 * agrees comes first. */
static int
by_number(const void *a, const void *b)
{
	const struct image_part *x = a, *y = b;
	bool by_name = x->named == x->number;

	if (x->number != y->number)
		return SPILL_CMP(x->number, y->number);
	if (by_name != (y->named == y->number))
		return by_name ? -1 : 1;
	return SPILL_CMP(x->named, y->named);
}

static void
read_number(struct spill_image *img, struct image_part *p, unsigned nth)
{
	uint8_t head[EWF_HEADER] = { 0 };
	struct spill_cur c = spill_cur(head, sizeof(head));
	unsigned number = 0;

	if (part_read_whole(img, p, 0, head, sizeof(head), NULL) &&
	    spill_cur_match(&c, "EVF\x09\x0d\x0a\xff\x00\x01", 9))
		number = spill_cur_u16le(&c);
	else
		image_note(img, "the segment's header is damaged",
		    SPILL_IMAGE_DAMAGED, p->named != 0 ? p->named : nth, 0);
	p->number = number != 0 ? number : p->named != 0 ? p->named : nth;
}

static size_t
count_number(const struct spill_image *img, unsigned number)
{
	size_t n = 0;

	for (size_t i = 0; i < img->parts; i++)
		n += img->part[i].number == number;
	return n;
}

/*
 * Nothing protects the number in the file, and a name is soon changed. Where
 * the others agree with their names, and none has either number of this one,
 * its name is right; but then there may be a gap on either side.
 */
static void
settle_numbers(struct spill_image *img)
{
	size_t agree = 0;

	for (size_t i = 0; i < img->parts; i++)
		agree += img->part[i].number == img->part[i].named;
	for (size_t i = 0; i < img->parts && agree < img->parts; i++) {
		struct image_part *p = &img->part[i];

		if (p->named == 0 || p->named == p->number)
			continue;
		image_note(img, "the segment has another number than its name",
		    SPILL_IMAGE_DAMAGED, p->named, 9);
		if (agree < img->parts - agree ||
		    count_number(img, p->number) > 1 ||
		    count_number(img, p->named) > 0)
			continue;
		p->number = p->named;
		p->disputed = true;
	}
}

static void
drop_part(struct spill_image *img, size_t i)
{
	memmove(img->part + i, img->part + i + 1,
	    (img->parts - i - 1) * sizeof(*img->part));
	img->parts--;
}

static void
put_in_order(struct spill_image *img)
{
	for (size_t i = 0; i < img->parts; i++)
		read_number(img, &img->part[i], (unsigned)i + 1);
	settle_numbers(img);
	qsort(img->part, img->parts, sizeof(*img->part), by_number);
	for (size_t i = 1; i < img->parts;)
		if (img->part[i].number == img->part[i - 1].number) {
			image_note(img,
			    "two segments have this number: only one is read",
			    SPILL_IMAGE_DAMAGED, img->part[i].number, 0);
			drop_part(img, i);
		} else {
			i++;
		}
}

void
ewf_gap(struct ewf *e, enum spill_bad kind, unsigned segment)
{
	/* A missing segment says more than the damage beside it. */
	if (e->gap == SPILL_BAD_MISSING ||
	    (e->gap != 0 && kind != SPILL_BAD_MISSING))
		return;
	e->gap = kind;
	e->gap_segment = segment;
}

static void
gap_before(struct spill_image *img, unsigned expected, unsigned number)
{
	if (number <= expected)
		return;
	ewf_gap(img->ewf, SPILL_BAD_MISSING, expected);
	img->info.missing += number - expected;
	image_note(img, "this segment is missing, perhaps more behind it",
	    SPILL_IMAGE_MISSING, expected, 0);
}

static void
walk_all(struct spill_image *img)
{
	struct ewf *e = img->ewf;
	unsigned expected = 1;

	for (size_t i = 0; i < img->parts;) {
		unsigned number = img->part[i].number;

		gap_before(img, expected, number);
		expected = number + 1;
		if (img->part[i].disputed)
			ewf_gap(e, SPILL_BAD_CHUNK, number);
		if (ewf_walk(img, i)) {
			if (img->part[i].disputed)
				ewf_gap(e, SPILL_BAD_CHUNK, number);
			i++;
			continue;
		}
		drop_part(img, i);
		img->info.missing++;
		ewf_gap(e, SPILL_BAD_MISSING, number);
		image_flaw(img, SPILL_IMAGE_MISSING);
	}
	img->info.segments = (unsigned)img->parts;
	if (e->has_done || img->parts == 0)
		return;
	/* "next" at the end of the last one: there are more of them. */
	if (e->gap == 0 || img->part[img->parts - 1].disputed) {
		ewf_gap(e, SPILL_BAD_MISSING, expected);
		image_note(img,
		    "this segment is missing, perhaps more behind it",
		    SPILL_IMAGE_MISSING | SPILL_IMAGE_UNFINISHED, expected, 0);
	} else {
		image_note(img, "the set has no end (no section 'done')",
		    SPILL_IMAGE_UNFINISHED, 0, 0);
	}
}

static int
make(struct spill_image *img)
{
	struct ewf *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return SPILL_ENOMEM;
	e->text = SPILL_ARENA_INIT(8 * EWF_TEXT);
	(void)pthread_mutex_init(&e->lock, NULL);
	img->ewf = e;
	img->info.kind = SPILL_IMAGE_EWF;
	img->info.format = "E01";
	return SPILL_OK;
}

static int
make_cache(struct spill_image *img)
{
	size_t bytes = img->conf.cache > 0 ? img->conf.cache : (size_t)32 << 20;
	size_t slots = SPILL_MAX(bytes / img->info.chunk, 1);

	slots = (size_t)SPILL_MIN((uint64_t)slots, img->info.chunks);
	img->ewf->ways = SPILL_MIN(slots, EWF_WAYS);
	img->ewf->sets = slots / img->ewf->ways;
	img->ewf->slot =
	    calloc(img->ewf->sets * img->ewf->ways, sizeof(struct ewf_slot));
	return img->ewf->slot != NULL ? SPILL_OK : SPILL_ENOMEM;
}

int
ewf_open(struct spill_image *img, const char **why)
{
	int rc = make(img);

	if (rc != SPILL_OK)
		return rc;
	put_in_order(img);
	walk_all(img);
	rc = ewf_place(img, why);
	if (rc != SPILL_OK)
		return rc;
	ewf_errors_add(img);
	return make_cache(img);
}

static void
free_tools(struct ewf_tools *t)
{
	if (t->z != NULL)
		libdeflate_free_decompressor(t->z);
	free(t->in);
	free(t->out);
	free(t);
}

void
ewf_free(struct spill_image *img)
{
	struct ewf *e = img->ewf;

	if (e == NULL)
		return;
	while (e->idle != NULL) {
		struct ewf_tools *t = e->idle;

		e->idle = t->next;
		free_tools(t);
	}
	for (size_t i = 0; i < EWF_LOADED; i++)
		free(e->loaded[i].e);
	for (size_t i = 0; e->slot != NULL && i < e->sets * e->ways; i++)
		free(e->slot[i].p);
	for (size_t i = 0; i < e->tables; i++)
		free(e->table[i].own);
	free(e->slot);
	free(e->table);
	spill_arena_release(&e->text);
	(void)pthread_mutex_destroy(&e->lock);
	free(e);
	img->ewf = NULL;
}

struct ewf_tools *
ewf_tools_take(struct spill_image *img)
{
	struct ewf *e = img->ewf;
	struct ewf_tools *t;

	pthread_mutex_lock(&e->lock);
	t = e->idle;
	if (t != NULL)
		e->idle = t->next;
	pthread_mutex_unlock(&e->lock);
	if (t != NULL)
		return t;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->z = libdeflate_alloc_decompressor();
	t->in = malloc(ewf_in_len(img));
	t->out = malloc(img->info.chunk);
	if (t->z != NULL && t->in != NULL && t->out != NULL)
		return t;
	free_tools(t);
	return NULL;
}

void
ewf_tools_give(struct spill_image *img, struct ewf_tools *t)
{
	struct ewf *e = img->ewf;

	pthread_mutex_lock(&e->lock);
	t->next = e->idle;
	e->idle = t;
	pthread_mutex_unlock(&e->lock);
}
