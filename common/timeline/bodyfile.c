/*
 * bodyfile.c: The Sleuth Kit's bodyfile 3.x, one file a line:
 *
 *	MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime
 *
 * Times are s since 1970-01-01T00:00:00Z, 0 for none, here also with a
 * fraction. A name may hold "|": what stands around it cannot, so it is what
 * is left between the first field and the last nine. "#" begins a comment.
 */
#include <string.h>

#include <spill/diag.h>

#include "timeline_i.h"

enum { BODY_META, BODY_MODE, BODY_UID, BODY_GID, BODY_MD5, BODY_EXTRA };

/* Fields from the right: 0 is crtime. */
enum {
	F_CRTIME,
	F_CTIME,
	F_MTIME,
	F_ATIME,
	F_SIZE,
	F_GID,
	F_UID,
	F_MODE,
	F_INODE,
	F_RIGHT
};

/* What the reading of one bodyfile needs all along. */
struct reading {
	struct tl_map extra[BODY_EXTRA]; /* columns beyond the schema */
	uint64_t fine; /* lines with digits beyond ns */
	uint64_t minus_one; /* times of -1 */
	int32_t source, basis; /* in the dict */
};

struct body {
	struct spill_span md5, name, right[F_RIGHT];
	struct spill_time t[TL_MACB];
	bool beyond; /* a time is none that can be held */
	bool minus_one; /* a time is -1 */
	bool fine; /* a fraction has more than nine digits */
};

static const uint8_t field_of[TL_MACB] = {
	[TL_M] = F_MTIME,
	[TL_A] = F_ATIME,
	[TL_C] = F_CTIME,
	[TL_B] = F_CRTIME,
};

static bool
split(struct spill_span line, struct body *b)
{
	const char *end = line.p + line.len, *bar;

	if (line.len > 0 && end[-1] == '\r')
		end--;
	bar = memchr(line.p, '|', (size_t)(end - line.p));
	if (bar == NULL)
		return false;
	b->md5 = (struct spill_span){ line.p, (size_t)(bar - line.p) };
	line.p = bar + 1;
	for (int i = 0; i < F_RIGHT; i++) {
		const char *p = end;

		while (p > line.p && p[-1] != '|')
			p--;
		if (p == line.p)
			return false;
		b->right[i] = (struct spill_span){ p, (size_t)(end - p) };
		end = p - 1;
	}
	b->name = (struct spill_span){ line.p, (size_t)(end - line.p) };
	return true;
}

/* [-]digits[.digits], however many. */
static bool
is_numeric(struct spill_span s)
{
	size_t digits = 0, points = 0;

	for (size_t i = s.len > 0 && s.p[0] == '-'; i < s.len; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (s.p[i] != '.' || points++ > 0)
			return false;
	}
	return digits > 0;
}

bool
tl_fraction(struct spill_span s, uint32_t *ns)
{
	*ns = 0;
	for (size_t i = 0; i < SPILL_MAX(s.len, (size_t)9); i++) {
		unsigned d =
		    i < s.len ? (unsigned char)s.p[i] - (unsigned)'0' : 0;

		if (d > 9)
			return false;
		if (i < 9)
			*ns = *ns * 10 + d;
	}
	return s.len > 0;
}

/* [-]digits[.digits]; 0, -1 and nothing at all are no time. */
static bool
parse_time(struct spill_span s, struct spill_time *t, struct body *b)
{
	const char *dot = s.len > 0 ? memchr(s.p, '.', s.len) : NULL;
	size_t whole = dot != NULL ? (size_t)(dot - s.p) : s.len;
	struct spill_span digits = { dot != NULL ? dot + 1 : "",
		dot != NULL ? s.len - whole - 1 : 0 };
	uint32_t ns = 0;
	int64_t sec;

	*t = (struct spill_time){ 0 };
	if (s.len == 0)
		return true;
	if (spill_span_eq(s, SPILL_SPAN("-1"))) {
		b->minus_one = true;
		return true;
	}
	if (!spill_span_int((struct spill_span){ s.p, whole }, &sec)) {
		b->beyond = true;
		return is_numeric(s);
	}
	if (dot != NULL && !tl_fraction(digits, &ns))
		return false;
	b->fine |= digits.len > 9;
	if (sec == 0 && ns == 0)
		return true;
	/* -1.5 is half a second before -1. */
	if (s.p[0] == '-' && ns > 0) {
		sec--;
		ns = 1000000000 - ns;
	}
	*t = spill_time_from_unix(
	    sec, ns, (int8_t)SPILL_MIN(digits.len, (size_t)9));
	b->beyond |= !t->set;
	return true;
}

static bool
parse(struct spill_span line, struct body *b)
{
	uint64_t size;

	b->beyond = b->minus_one = b->fine = false;
	if (!split(line, b))
		return false;
	for (int i = 0; i < TL_MACB; i++)
		if (!parse_time(b->right[field_of[i]], &b->t[i], b))
			return false;
	return b->right[F_SIZE].len == 0 ||
	       spill_span_uint(b->right[F_SIZE], &size);
}

bool
tl_body_is(struct spill_span line)
{
	struct body b;

	return parse(line, &b);
}

static void
set_cells(struct tl_input *in, struct spill_row *r, const struct body *b,
    struct reading *rd)
{
	const bool no_md5 = b->md5.len == 1 && b->md5.p[0] == '0';

	tl_set_name(in, r, EV_PATH, b->name);
	spill_row_set(r, EV_SIZE, b->right[F_SIZE]);
	tl_map_set(in, &rd->extra[BODY_META], r, b->right[F_INODE]);
	tl_map_set(in, &rd->extra[BODY_MODE], r, b->right[F_MODE]);
	tl_map_set(in, &rd->extra[BODY_UID], r, b->right[F_UID]);
	tl_map_set(in, &rd->extra[BODY_GID], r, b->right[F_GID]);
	if (!no_md5)
		tl_map_set(in, &rd->extra[BODY_MD5], r, b->md5);
	spill_row_ref(r, EV_SOURCE, in->tl->dict, rd->source);
	spill_row_ref(r, EV_TIME_BASIS, in->tl->dict, rd->basis);
}

static int
emit(struct tl_input *in, struct spill_span line, const struct body *b,
    struct reading *rd)
{
	uint64_t offset = spill_in_offset(in->in);
	uint64_t mix = spill_mix(line.p, line.len, in->mix + offset);
	struct spill_row *r = tl_row(in);
	struct spill_span raw[TL_MACB];
	bool any = false;
	int rc;

	for (int i = 0; i < TL_MACB; i++)
		raw[i] = b->right[field_of[i]];
	set_cells(in, r, b, rd);
	tl_place(in, r, offset);
	rc = tl_emit_macb(in, r, b->t, raw, false, mix, &any);
	return rc == SPILL_OK && !any ? tl_emit_untimed(in, r, mix) : rc;
}

static int
read_line(struct tl_input *in, struct spill_span line, struct reading *rd)
{
	uint64_t number = spill_in_number(in->in);
	uint64_t offset = spill_in_offset(in->in);
	struct body b;

	if (line.len == 0 || line.p[0] == '#' ||
	    (line.len == 1 && line.p[0] == '\r'))
		return SPILL_OK;
	if (!parse(line, &b)) {
		tl_error(in, "damaged", number, offset,
		    spill_in_whole(in->in) ? "not a line of a bodyfile"
					   : "the last line is cut");
		return SPILL_OK;
	}
	if (!spill_in_whole(in->in))
		tl_note_cut(in, number, offset);
	rd->minus_one += b.minus_one;
	rd->fine += b.fine;
	if (b.beyond)
		tl_error(in, "damaged", number, offset,
		    "a time is outside the years 1601 to 9999: left out");
	return emit(in, line, &b, rd);
}

static void
begin(struct tl_input *in, struct reading *rd)
{
	static const char *const names[BODY_EXTRA] = { "meta", "mode", "uid",
		"gid", "md5" };

	*rd = (struct reading){
		.source = spill_dict_must(in->tl->dict, SPILL_SPAN("FILE")),
		.basis = spill_dict_must(in->tl->dict, SPILL_SPAN("utc")),
	};
	for (int i = 0; i < BODY_EXTRA; i++) {
		struct tl_map *m = &rd->extra[i];

		m->col = tl_column(in, spill_span(names[i]), 0);
		m->escape = true;
		m->shared = i == BODY_MODE || i == BODY_UID || i == BODY_GID;
	}
}

static int
read_body(struct tl_input *in)
{
	struct reading rd;
	struct spill_span line;
	int rc = SPILL_OK;

	begin(in, &rd);
	while (rc == SPILL_OK) {
		rc = spill_in_line(in->in, &line);
		if (rc == SPILL_ELIMIT) {
			tl_error(in, "limit", spill_in_number(in->in),
			    spill_in_offset(in->in), "the line is too long");
			rc = SPILL_OK;
		} else if (rc == SPILL_OK) {
			rc = read_line(in, line, &rd);
		}
	}
	if (rd.minus_one > 0)
		spill_info("'%s': lines with a time of -1, which is taken for "
			   "no time: %llu",
		    in->path, (unsigned long long)rd.minus_one);
	if (rd.fine > 0)
		spill_note("'%s': lines with a time finer than 1 ns, which is "
			   "cut: %llu",
		    in->path, (unsigned long long)rd.fine);
	return rc == SPILL_END ? SPILL_OK : rc;
}

const struct tl_format tl_format_bodyfile = {
	.name = "bodyfile",
	.parser = "bodyfile/" SPILL_VERSION,
	.read = read_body,
};
