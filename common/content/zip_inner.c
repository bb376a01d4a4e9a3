/*
 * zip_inner.c: whole zips in what is none itself: behind a program or a
 * picture, in the streams of Office, anywhere. What looks like a header of zip
 * is there by chance or in pieces, too; so nothing is told but of a zip whose
 * end record, directory and local headers fit together.
 */
#include <string.h>

#include "zip_i.h"

enum { TRIES = 1 << 18 };

/* The last end record between two offsets; to if there is none. The last byte
 * of its signature is the rarest. */
static int
last_end(struct zip *z, uint64_t from, uint64_t to, uint64_t *found)
{
	uint64_t at, end = to;
	struct spill_span s;
	const char *p;
	int rc;

	*found = to;
	for (; end - from >= ZIP_END_LEN; end = at + 3) {
		at = end - SPILL_MIN(end - from, ZIP_DATA);
		rc = zip_peek(z, 2, at, (size_t)(end - at), &s);
		if (rc != SPILL_OK || s.len < 4)
			return rc;
		for (size_t n = s.len; n > 3; n = (size_t)(p - s.p)) {
			p = memrchr(s.p + 3, ZIP_END >> 24, n - 3);
			if (p == NULL)
				break;
			if (zip_u32(s, (size_t)(p - s.p) - 3) != ZIP_END)
				continue;
			*found = at + (uint64_t)(p - s.p) - 3;
			return SPILL_OK;
		}
		if (at == from)
			break;
	}
	return SPILL_OK;
}

/* Does a local header stand where the central one says, of the same member? */
static int
fits(struct zip *z, const struct zip_head *c, bool *yes)
{
	struct zip_head l;
	int rc = zip_local(z, c->local + z->shift, &l);

	*yes = rc == SPILL_OK && l.at < z->dir && l.len <= z->dir - l.at &&
	       ((c->flags & ZIP_MASKED) != 0 || spill_span_eq(c->name, l.name));
	return rc == SPILL_EFORMAT || rc == SPILL_EDAMAGED ? SPILL_OK : rc;
}

/* Its directory is one, header by header, and leads to its members: to the
 * first, which it would not if anything had been put in between, and to half
 * of all at least, as some may be damaged. */
static int
is_whole(struct zip *z, bool *yes)
{
	uint64_t at = z->dir, first = UINT64_MAX;
	size_t n = 0, good = 0;
	struct zip_head h;
	bool fit, begins = false;
	int rc = SPILL_OK;

	while (at < z->dir_end && rc == SPILL_OK) {
		rc = zip_central(z, at, &h);
		if (rc != SPILL_OK || h.len > z->dir_end - at)
			break;
		at += h.len;
		n++;
		rc = fits(z, &h, &fit);
		good += fit;
		if (h.local < first) {
			first = h.local;
			begins = fit;
		}
	}
	*yes = begins && good >= n - good &&
	       (at == z->dir_end || n == z->declared);
	z->begin = first + z->shift;
	z->end = z->all_end;
	if (!*yes)
		z->tries += (unsigned)n + 1;
	return rc == SPILL_EFORMAT || rc == SPILL_EDAMAGED ? SPILL_OK : rc;
}

int
zip_inner(struct zip *z, uint64_t from, uint64_t to, bool *yes)
{
	uint64_t at;
	int rc = SPILL_OK;

	*yes = false;
	while (rc == SPILL_OK && !*yes && z->tries < TRIES) {
		rc = last_end(z, from, to, &at);
		if (rc != SPILL_OK || at == to)
			return rc;
		to = at;
		rc = zip_dir_at(z, at, yes);
		if (rc == SPILL_OK && !*yes)
			z->tries++;
		if (rc == SPILL_OK && *yes)
			rc = is_whole(z, yes);
	}
	return rc;
}
