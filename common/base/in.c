#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/hash.h>
#include <spill/in.h>

#define READ_LEN ((size_t)256 << 10)

struct spill_in {
	int fd;
	char *name;
	char *buf;
	size_t cap, end; /* of buf: allocated, filled */
	size_t next; /* first byte not yet passed */
	size_t line, len; /* the line read last */
	size_t hashed; /* first byte not yet hashed */
	size_t mark, mark_next; /* the marked line, and behind it */
	size_t mark_len;
	uint64_t mark_number;
	uint64_t base; /* offset of buf[0] in the input */
	uint64_t number;
	struct spill_hash *hash;
	int rc; /* sticky, of reading */
	bool marked, mark_whole, mark_skipping;
	bool eof, whole;
	bool skipping; /* inside a line that was too long */
};

int
spill_in_open(struct spill_in **out, int fd, const char *name)
{
	struct spill_in *in = calloc(1, sizeof(*in));

	if (in == NULL) {
		if (fd > STDERR_FILENO)
			(void)close(fd);
		return SPILL_ENOMEM;
	}
	in->fd = fd;
	in->cap = 2 * READ_LEN;
	in->name = strdup(name);
	in->buf = malloc(in->cap);
	if (in->name == NULL || in->buf == NULL) {
		spill_in_free(&in);
		return SPILL_ENOMEM;
	}
	*out = in;
	return SPILL_OK;
}

static void
hash_to(struct spill_in *in, size_t to)
{
	if (in->hash == NULL || to <= in->hashed)
		return;
	spill_hash_put(in->hash, in->buf + in->hashed, to - in->hashed);
	in->hashed = to;
}

/* Let go of what is before the mark or the line read last. */
static void
drop(struct spill_in *in)
{
	size_t n = in->marked ? in->mark : in->line;

	if (n == 0)
		return;
	hash_to(in, n);
	memmove(in->buf, in->buf + n, in->end - n);
	in->base += n;
	in->end -= n;
	in->next -= n;
	in->line -= n;
	in->hashed -= SPILL_MIN(n, in->hashed);
	in->mark -= in->marked ? n : 0;
	in->mark_next -= in->marked ? n : 0;
}

static int
make_room(struct spill_in *in)
{
	char *p;

	if (in->cap - in->end < READ_LEN)
		drop(in);
	if (in->cap - in->end >= READ_LEN)
		return SPILL_OK;
	p = realloc(in->buf, in->cap * 2);
	if (p == NULL)
		return SPILL_ENOMEM;
	in->buf = p;
	in->cap *= 2;
	return SPILL_OK;
}

/* Read some more; sets eof where there is none. */
static int
fill(struct spill_in *in)
{
	struct pollfd wait = { .fd = in->fd, .events = POLLIN };
	ssize_t n;

	if (in->rc == SPILL_OK)
		in->rc = make_room(in);
	while (in->rc == SPILL_OK) {
		n = read(in->fd, in->buf + in->end, in->cap - in->end);
		if (n >= 0) {
			in->end += (size_t)n;
			in->eof = n == 0;
			break;
		}
		if (errno == EAGAIN) {
			(void)poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			spill_err(
			    "cannot read '%s': %s", in->name, strerror(errno));
			in->rc = SPILL_EIO;
		}
	}
	return in->rc;
}

/* Pass the rest of a line that was too long. */
static int
skip_rest(struct spill_in *in)
{
	int rc = SPILL_OK;

	in->marked = false;
	while (in->skipping && rc == SPILL_OK) {
		char *lf = memchr(in->buf + in->next, '\n', in->end - in->next);

		in->next = lf != NULL ? (size_t)(lf - in->buf) + 1 : in->end;
		in->line = in->next;
		in->skipping = lf == NULL && !in->eof;
		if (in->skipping)
			rc = fill(in);
	}
	return rc;
}

/*
 * Find the LF of the line at in->line; *len is what comes before it, or what
 * was looked at. SPILL_END: the input ends first.
 */
static int
find_lf(struct spill_in *in, size_t *len)
{
	size_t seen = 0;
	int rc = SPILL_OK;

	while (rc == SPILL_OK) {
		size_t from = in->marked ? in->mark : in->line;
		size_t at = in->line + seen;
		size_t stop = SPILL_MIN(in->end, from + SPILL_LINE_MAX + 1);
		const char *lf =
		    stop > at ? memchr(in->buf + at, '\n', stop - at) : NULL;

		seen = lf != NULL ? (size_t)(lf - in->buf) - in->line
				  : SPILL_MAX(stop, at) - in->line;
		if (lf != NULL)
			break;
		if (in->line + seen - from > SPILL_LINE_MAX)
			rc = SPILL_ELIMIT;
		else
			rc = in->eof ? SPILL_END : fill(in);
	}
	*len = seen;
	return rc;
}

int
spill_in_line(struct spill_in *in, struct spill_span *line)
{
	size_t len;
	int rc = in->skipping ? skip_rest(in) : SPILL_OK;

	if (rc != SPILL_OK)
		return rc;
	in->line = in->next;
	in->len = 0;
	rc = find_lf(in, &len);
	if (rc == SPILL_EIO || rc == SPILL_ENOMEM ||
	    (rc == SPILL_END && len == 0))
		return rc;
	in->number++;
	in->len = len;
	in->whole = rc == SPILL_OK;
	in->next = in->line + len + (in->whole ? 1 : 0);
	in->skipping = rc == SPILL_ELIMIT;
	*line = (struct spill_span){ in->buf + in->line, len };
	return in->skipping ? SPILL_ELIMIT : SPILL_OK;
}

int
spill_in_peek(struct spill_in *in, size_t n, struct spill_span *ahead)
{
	int rc = in->skipping ? skip_rest(in) : SPILL_OK;

	if (n > SPILL_LINE_MAX)
		return SPILL_ELIMIT;
	while (rc == SPILL_OK && in->end - in->next < n && !in->eof)
		rc = fill(in);
	if (rc == SPILL_OK)
		*ahead = (struct spill_span){ in->buf + in->next,
			in->end - in->next };
	return rc;
}

void
spill_in_skip(struct spill_in *in, size_t n)
{
	in->next += SPILL_MIN(n, in->end - in->next);
}

void
spill_in_mark(struct spill_in *in)
{
	in->marked = true;
	in->mark = in->line;
	in->mark_len = in->len;
	in->mark_next = in->next;
	in->mark_number = in->number;
	in->mark_whole = in->whole;
	in->mark_skipping = in->skipping;
}

struct spill_span
spill_in_run(const struct spill_in *in)
{
	size_t from = in->marked ? in->mark : in->line;

	return (struct spill_span){ in->buf + from, in->line + in->len - from };
}

void
spill_in_rewind(struct spill_in *in)
{
	if (!in->marked)
		return;
	in->line = in->mark;
	in->len = in->mark_len;
	in->next = in->mark_next;
	in->number = in->mark_number;
	in->whole = in->mark_whole;
	in->skipping = in->mark_skipping;
	in->marked = false;
}

void
spill_in_unmark(struct spill_in *in)
{
	in->marked = false;
}

uint64_t
spill_in_number(const struct spill_in *in)
{
	return in->number;
}

uint64_t
spill_in_offset(const struct spill_in *in)
{
	return in->base + in->line;
}

uint64_t
spill_in_bytes(const struct spill_in *in)
{
	return in->base + in->next;
}

bool
spill_in_whole(const struct spill_in *in)
{
	return in->whole;
}

const char *
spill_in_name(const struct spill_in *in)
{
	return in->name;
}

bool
spill_in_failed(const struct spill_in *in)
{
	return in->rc == SPILL_EIO;
}

int
spill_in_fd(const struct spill_in *in)
{
	return in->fd;
}

int
spill_in_hash(struct spill_in *in)
{
	if (in->base > 0)
		return SPILL_EUSAGE;
	return in->hash != NULL ? SPILL_OK : spill_hash_open(&in->hash);
}

bool
spill_in_hashes(const struct spill_in *in)
{
	return in->hash != NULL;
}

void
spill_in_hash_more(struct spill_in *in, struct spill_span s)
{
	hash_to(in, in->line);
	if (in->hash != NULL)
		spill_hash_put(in->hash, s.p, s.len);
}

int
spill_in_digest(struct spill_in *in, char hex[SPILL_SHA256_HEX])
{
	uint8_t md[SPILL_SHA256_LEN];
	int rc;

	if (in->hash == NULL)
		return SPILL_EUSAGE;
	hash_to(in, in->line);
	rc = spill_hash_done(in->hash, md);
	if (rc == SPILL_OK)
		spill_hex(hex, md, sizeof(md));
	return rc;
}

void
spill_in_free(struct spill_in **out)
{
	struct spill_in *in = *out;

	if (in == NULL)
		return;
	if (in->fd > STDERR_FILENO)
		(void)close(in->fd);
	spill_hash_free(&in->hash);
	free(in->name);
	free(in->buf);
	free(in);
	*out = NULL;
}
