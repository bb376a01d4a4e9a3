/*
 * zip_scan.c: members of zip that only local headers tell of: no directory is
 * there, or it does not list them.
 */
#include "zip_i.h"

/* By chance "PK\3\4" is anywhere; what follows it in a header is not. Where
 * it begins all, it is no chance. */
static bool
plausible(const struct zip_head *h)
{
	if (h->at == 0)
		return true;
	return zip_method_name(h->method) != NULL && h->name.len > 0 &&
	       (h->flags & 0xc780) == 0;
}

/* Stored, and the sizes stand behind: up to a descriptor that says as much as
 * lies before it, or to whatever header comes first. */
static int
find_stored_end(struct zip *z, uint64_t from, uint64_t to, uint64_t *end)
{
	static const uint32_t sigs[] = { ZIP_LOCAL, ZIP_CENTRAL };
	struct spill_span s;
	uint64_t at = from;
	int rc = SPILL_OK;

	for (size_t i = 0; i < SPILL_COUNT(sigs) && rc == SPILL_OK; i++)
		rc = zip_find(z, sigs[i], from, to, &to);
	*end = to;
	for (; rc == SPILL_OK && at < to; at++) {
		rc = zip_find(z, ZIP_DESCRIPTOR, at, to, &at);
		if (rc != SPILL_OK || at >= to)
			break;
		rc = zip_peek(z, 2, at, 12, &s);
		if (rc == SPILL_OK && zip_u32(s, 8) == at - from) {
			*end = at;
			break;
		}
	}
	return rc;
}

/* [APP] 4.3.9: the signature may be missing, the sizes may have 64 bits. */
static int
descriptor(struct zip *z, struct zip_head *h, uint64_t from, uint64_t at,
    uint64_t to, bool *found)
{
	uint64_t csize = at - from;
	struct spill_span s;
	struct spill_cur c;
	int rc = zip_peek(z, 2, at, (size_t)SPILL_MIN(to - at, 24), &s);

	*found = false;
	if (rc != SPILL_OK)
		return rc;
	c = spill_cur(s.p, s.len);
	if (zip_u32(s, 0) == ZIP_DESCRIPTOR)
		spill_cur_skip(&c, 4);
	h->crc = spill_cur_u32le(&c);
	for (unsigned wide = 0; wide < 2 && !*found; wide++) {
		struct spill_cur w = c;

		h->csize = wide ? spill_cur_u64le(&w) : spill_cur_u32le(&w);
		h->size = wide ? spill_cur_u64le(&w) : spill_cur_u32le(&w);
		*found = spill_cur_ok(&w) && h->csize == csize;
	}
	return SPILL_OK;
}

static int
verify_streamed(struct zip *z, struct zip_head *h, uint64_t from, uint64_t to,
    struct zip_content *c)
{
	bool found;
	int rc;

	if (c->how != SPILL_MEMBER_OK || !c->whole)
		return SPILL_OK;
	rc = descriptor(z, h, from, c->in_end, to, &found);
	if (rc != SPILL_OK)
		return rc;
	if (!found)
		zip_partial(z, c, "no sizes and CRC stand behind its data");
	else if (c->out != h->size)
		zip_partial(z, c, "%ju bytes came, its descriptor says %ju",
		    (uintmax_t)c->out, (uintmax_t)h->size);
	else if (c->crc != h->crc)
		zip_partial(z, c, "CRC-32 is %08x, its descriptor says %08x",
		    c->crc, h->crc);
	return SPILL_OK;
}

/* One member; *next: from where to look on. */
static int
unlisted(struct zip *z, struct zip_head *h, uint64_t to, uint64_t *next)
{
	uint64_t from = h->at + h->len, end = to;
	bool streamed = (h->flags & ZIP_STREAMED) != 0 && h->csize == 0;
	struct zip_content c;
	int rc = SPILL_OK;

	if (!streamed)
		end = from + SPILL_MIN(h->csize, to - from);
	else if (h->method == 0)
		rc = find_stored_end(z, from, to, &end);
	if (rc == SPILL_OK && z->dir_end > 0)
		rc = zip_flaw(z, "anomaly", h->at, h->len,
		    "a member that the central directory does not list");
	if (rc != SPILL_OK)
		return rc;
	*next = streamed ? from : end;
	rc = zip_begin(z, h, NULL, from, end);
	if (rc == SPILL_END)
		return z->sink->end(z->sink->ctx, SPILL_MEMBER_SKIPPED, NULL);
	if (rc == SPILL_OK)
		rc = zip_content(z, h, from, end, &c);
	if (rc == SPILL_OK && streamed)
		rc = verify_streamed(z, h, from, to, &c);
	if (rc != SPILL_OK)
		return rc;
	if (streamed)
		*next = c.in_end;
	rc = z->sink->end(z->sink->ctx, c.how, c.why);
	return rc == SPILL_OK ? zip_limit(z, h->at, &c) : rc;
}

int
zip_scan(struct zip *z, uint64_t from, uint64_t to)
{
	struct zip_head h;
	int rc = SPILL_OK;

	while (rc == SPILL_OK) {
		rc = zip_find(z, ZIP_LOCAL, from, to, &from);
		if (rc != SPILL_OK || from >= to)
			break;
		rc = zip_local(z, from, &h);
		if (rc == SPILL_OK && h.len <= to - from && plausible(&h)) {
			rc = unlisted(z, &h, to, &from);
		} else if (rc == SPILL_OK || rc == SPILL_EDAMAGED) {
			from += 4;
			rc = SPILL_OK;
		}
	}
	return rc;
}
