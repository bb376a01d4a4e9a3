#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/buf.h>

char *
spill_buf_room(struct spill_buf *b, size_t n)
{
	size_t cap = b->cap > 0 ? b->cap : 64;
	char *p;

	if (b->rc != SPILL_OK)
		return NULL;
	if (b->p != NULL && n <= b->cap - b->len)
		return b->p + b->len;
	if (n > b->max || b->len > b->max - n) {
		b->rc = SPILL_ELIMIT;
		return NULL;
	}
	while (cap < b->len + n)
		cap = cap > b->max / 2 ? b->max : cap * 2;
	cap = SPILL_MAX(SPILL_MIN(cap, b->max), (size_t)1);
	p = realloc(b->p, cap);
	if (p == NULL) {
		b->rc = SPILL_ENOMEM;
		return NULL;
	}
	b->p = p;
	b->cap = cap;
	return p + b->len;
}

void
spill_buf_put(struct spill_buf *b, const void *p, size_t n)
{
	char *to = spill_buf_room(b, n);

	if (to == NULL || n == 0)
		return;
	memcpy(to, p, n);
	b->len += n;
}

void
spill_buf_putc(struct spill_buf *b, char c)
{
	spill_buf_put(b, &c, 1);
}

void
spill_buf_puts(struct spill_buf *b, const char *s)
{
	spill_buf_put(b, s, strlen(s));
}

void
spill_buf_span(struct spill_buf *b, struct spill_span s)
{
	spill_buf_put(b, s.p, s.len);
}

void
spill_buf_le(struct spill_buf *b, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		spill_buf_putc(b, (char)(v >> (8 * i)));
}

void
spill_buf_text(struct spill_buf *b, struct spill_span s)
{
	spill_buf_le(b, s.len, 4);
	spill_buf_span(b, s);
}

void
spill_buf_printf(struct spill_buf *b, const char *fmt, ...)
{
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->rc = b->rc != SPILL_OK ? b->rc : SPILL_EDAMAGED;
		return;
	}
	to = spill_buf_room(b, (size_t)n + 1);
	if (to == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void
spill_buf_reset(struct spill_buf *b)
{
	b->len = 0;
	b->rc = SPILL_OK;
}

void
spill_buf_release(struct spill_buf *b)
{
	free(b->p);
	*b = SPILL_BUF_INIT(b->max);
}

const char *
spill_buf_str(struct spill_buf *b)
{
	char *end = spill_buf_room(b, 1);

	if (end == NULL)
		return "";
	*end = '\0';
	return b->p;
}

struct spill_span
spill_buf_as_span(const struct spill_buf *b)
{
	return (struct spill_span){ b->p != NULL ? b->p : "", b->len };
}
