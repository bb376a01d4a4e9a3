/*
 * archive_tape.c: a stream of which the last bytes are kept, so that reading
 * can go on a little before the place where libarchive gave up.
 */
#include <stdlib.h>
#include <string.h>

#include "archive_i.h"

int
arc_tape_open(struct arc_tape *t, struct arc_stream *in)
{
	*t = (struct arc_tape){ .in = in };
	t->buf = malloc(ARC_TAPE);
	return t->buf != NULL ? SPILL_OK : SPILL_ENOMEM;
}

void
arc_tape_close(struct arc_tape *t)
{
	free(t->buf);
	t->buf = NULL;
}

/* Half of it is dropped at once: each byte is moved once. */
static void
make_room(struct arc_tape *t, size_t n)
{
	size_t drop = ARC_TAPE / 2;

	if (t->len + n <= ARC_TAPE)
		return;
	drop = SPILL_MIN(drop, (size_t)(t->at - t->base));
	memmove(t->buf, t->buf + drop, t->len - drop);
	t->len -= drop;
	t->base += drop;
}

static int
fill(struct arc_tape *t)
{
	const char *p;
	size_t n;
	int rc = t->in->read(t->in, &p, &n);

	if (rc != SPILL_OK)
		return rc;
	t->ended = n == 0;
	make_room(t, n);
	if (n > 0)
		memcpy(t->buf + t->len, p, n);
	t->len += n;
	return SPILL_OK;
}

int
arc_tape_peek(struct arc_tape *t, size_t n, struct spill_span *out)
{
	int rc = SPILL_OK;

	while (rc == SPILL_OK && !t->ended && t->base + t->len - t->at < n)
		rc = fill(t);
	out->p = t->buf + (t->at - t->base);
	out->len = (size_t)SPILL_MIN(n, t->base + t->len - t->at);
	return rc;
}

/* Forward, over what was not read yet. */
static int
skip_to(struct arc_tape *t, uint64_t at)
{
	uint64_t end = t->base + t->len, done;
	int rc = SPILL_OK;

	if (at > end && t->in->skip != NULL) {
		done = t->in->skip(t->in, at - end);
		t->base = end + done;
		t->len = 0;
		t->at = t->base;
	}
	while (rc == SPILL_OK && !t->ended && t->base + t->len < at) {
		t->at = t->base + t->len;
		rc = fill(t);
	}
	t->at = SPILL_MIN(at, t->base + t->len);
	return rc;
}

int
arc_tape_seek(struct arc_tape *t, uint64_t at)
{
	if (at >= t->at)
		return skip_to(t, at);
	at = SPILL_MAX(at, t->base);
	/* Else a tar of broken headers would be read over and over. */
	if (t->rewound + (t->at - at) > 4 * t->at + 8 * ARC_TAPE)
		return SPILL_OK;
	t->rewound += t->at - at;
	t->at = at;
	return SPILL_OK;
}
