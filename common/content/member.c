/*
 * member.c: the talk with a sink about one member.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "member_i.h"

int
member_init(
    struct member *m, struct spill_src *s, const struct spill_unpack_sink *sink)
{
	*m = (struct member){ .src = s, .sink = sink };
	m->buf = malloc(MEMBER_BUF);
	return m->buf != NULL ? SPILL_OK : SPILL_ENOMEM;
}

void
member_release(struct member *m)
{
	free(m->buf);
	m->buf = NULL;
}

int
member_begin(struct member *m, const struct spill_member_info *info)
{
	int rc = m->sink->begin(m->sink->ctx, info);

	m->wanted = rc == SPILL_OK;
	m->put = 0;
	return rc == SPILL_END ? SPILL_OK : rc;
}

int
member_put(struct member *m, const void *p, size_t n)
{
	int rc;

	if (!m->wanted || n == 0)
		return SPILL_OK;
	m->put += n;
	rc = m->sink->data(m->sink->ctx, p, n);
	if (rc != SPILL_END)
		return rc;
	m->wanted = false;
	return SPILL_OK;
}

int
member_end(struct member *m, enum spill_member_end how, const char *why)
{
	if (!m->wanted)
		return m->sink->end(m->sink->ctx, SPILL_MEMBER_SKIPPED, NULL);
	return m->sink->end(m->sink->ctx, how, why);
}

int
src_read(struct spill_src *s, uint64_t offset, void *p, size_t n, size_t *got)
{
	size_t sum = 0, now = 1;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && sum < n && now > 0) {
		rc = s->read(s, offset + sum, (char *)p + sum, n - sum, &now);
		if (rc == SPILL_OK)
			sum += now;
	}
	*got = sum;
	return rc;
}

int
member_range(
    struct member *m, uint64_t offset, uint64_t len, uint64_t *short_by)
{
	size_t n, got;
	int rc = SPILL_OK;

	*short_by = 0;
	while (rc == SPILL_OK && m->wanted && len > 0) {
		n = (size_t)SPILL_MIN(len, (uint64_t)MEMBER_BUF);
		rc = src_read(m->src, offset, m->buf, n, &got);
		if (rc == SPILL_OK)
			rc = member_put(m, m->buf, got);
		offset += got;
		len -= got;
		if (got < n)
			break;
	}
	if (m->wanted)
		*short_by = len;
	return rc;
}

int
member_flaw(struct member *m, const char *code, uint64_t offset,
    uint64_t length, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return m->sink->flaw(m->sink->ctx, code, offset, length, text);
}
