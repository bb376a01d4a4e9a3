/*
 * archive_tar.c: tar over a tape. libarchive reads it; where it stops, at a
 * header that is damaged or at an end mark, the next block that is a header
 * by its checksum is looked for, and libarchive begins anew there.
 */
#include <string.h>

#include "archive_i.h"

enum { BLOCK = 512, AT_SUM = 148, SUM_LEN = 8 };

static bool
is_zero(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != 0)
			return false;
	return true;
}

static bool
octal(const char *p, size_t n, int64_t *v)
{
	size_t i = 0;

	*v = 0;
	while (i < n && p[i] == ' ')
		i++;
	if (i == n || p[i] < '0' || p[i] > '7')
		return false;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		*v = *v * 8 + (p[i] - '0');
	return true;
}

/* POSIX.1-2017 pax, "ustar Interchange Format": the sum of all bytes, with
 * blanks in its own place; some old writers took bytes as signed. */
bool
arc_is_tar_header(struct spill_span b)
{
	int64_t sum, is = ' ' * SUM_LEN, was = ' ' * SUM_LEN;

	if (b.len < BLOCK || !octal(b.p + AT_SUM, SUM_LEN, &sum))
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		if (i < AT_SUM || i >= AT_SUM + SUM_LEN) {
			is += (uint8_t)b.p[i];
			was += (int8_t)b.p[i];
		}
	return sum == is || sum == was;
}

static int
flaw(struct arc *c, const char *code, uint64_t at, uint64_t len,
    const char *text)
{
	return c->sink->flaw(c->sink->ctx, code, at, len, text);
}

/* From a block's start on to the next header; *found false: there is none.
 * *dirty: some of what was passed is not zero. */
static int
find_header(struct arc *c, uint64_t at, bool *found, bool *dirty)
{
	struct spill_span s;
	int rc = arc_tape_seek(c->tape, at);

	*found = *dirty = false;
	/* As far back as could be gone, on a block's start. */
	at = c->tape->at;
	at += (BLOCK - at % BLOCK) % BLOCK;
	while (rc == SPILL_OK && !*found) {
		rc = arc_tape_seek(c->tape, at);
		if (rc == SPILL_OK)
			rc = arc_tape_peek(c->tape, BLOCK, &s);
		if (rc != SPILL_OK || s.len == 0)
			break;
		*found = arc_is_tar_header(s);
		*dirty = *dirty || (!*found && !is_zero(s));
		at += BLOCK;
	}
	return rc;
}

/* Behind an end mark: what is there should be zeros. */
static int
behind_end(struct arc *c, uint64_t at, bool *found)
{
	bool dirty;
	int rc = find_header(c, at, found, &dirty);

	if (rc != SPILL_OK)
		return rc;
	if (*found)
		return flaw(c, "anomaly", c->tape->at, 0,
		    "members behind the end of the archive");
	if (dirty)
		return flaw(c, "anomaly", at, c->tape->at - at,
		    "bytes behind the end of the archive that are no members");
	return SPILL_OK;
}

static int
behind_damage(struct arc *c, uint64_t from, const char *why, bool *found)
{
	bool dirty;
	int rc = find_header(c, from + BLOCK, found, &dirty);

	if (rc != SPILL_OK)
		return rc;
	return flaw(c, "damaged", from,
	    c->tape->at > from ? c->tape->at - from : 0, why);
}

/* All members up to where libarchive stops. */
static int
read_members(struct arc *c, int *r)
{
	struct archive_entry *e;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && !c->cut) {
		*r = arc_next(c, &e);
		if (c->rc != SPILL_OK)
			return c->rc;
		if (*r != ARCHIVE_OK && *r != ARCHIVE_WARN)
			break;
		rc = arc_member(c, e, *r);
	}
	return rc;
}

/* Where the header that libarchive stopped at is, from where it began; only
 * where it may go on does it say itself. */
static uint64_t
stopped_at(struct arc *c, int r)
{
	int64_t read = archive_filter_bytes(c->a, 0), header = read - BLOCK;

	if (r == ARCHIVE_RETRY)
		header = archive_read_header_position(c->a);
	return header > 0 ? (uint64_t)header : 0;
}

static int
next_part(struct arc *c, int r, bool *found)
{
	struct spill_buf why = SPILL_BUF_INIT(1000);
	const char *text = archive_error_string(c->a);
	int rc;

	if (r == ARCHIVE_EOF)
		return behind_end(c,
		    c->base + (uint64_t)archive_filter_bytes(c->a, 0), found);
	spill_buf_puts(&why, text != NULL ? text : "damaged header");
	rc = behind_damage(
	    c, c->base + stopped_at(c, r), spill_buf_str(&why), found);
	spill_buf_release(&why);
	return rc;
}

int
arc_run_tar(struct arc *c)
{
	bool found = true;
	int r = ARCHIVE_EOF, rc = SPILL_OK;

	while (rc == SPILL_OK && found && !c->cut) {
		uint64_t from = c->tape->at;

		c->failed = false;
		rc = arc_open(c);
		if (rc == SPILL_OK) {
			rc = read_members(c, &r);
			if (rc == SPILL_OK && !c->cut)
				rc = next_part(c, r, &found);
		} else if (rc == SPILL_EFORMAT) {
			rc = behind_damage(c, from,
			    "a header that libarchive refuses", &found);
		}
		arc_shut(c);
	}
	return rc == SPILL_OK && c->seen == 0 ? arc_nothing(c) : rc;
}
