/*
 * buf.h: the string builder. It grows up to a ceiling that its user states;
 * beyond it, or without memory, it remembers the failure and drops what is
 * put, so one check at the end is enough.
 */
#ifndef SPILL_BUF_H
#define SPILL_BUF_H

#include <spill/base.h>

struct spill_buf {
	char *p; /* not terminated; see spill_buf_str */
	size_t len, cap, max;
	int rc; /* sticky: SPILL_OK, _ENOMEM, _ELIMIT; _EDAMAGED: bad printf */
};

#define SPILL_BUF_INIT(ceiling) ((struct spill_buf){ .max = (ceiling) })

void spill_buf_put(struct spill_buf *b, const void *p, size_t n);
void spill_buf_putc(struct spill_buf *b, char c);
void spill_buf_puts(struct spill_buf *b, const char *s);
void spill_buf_span(struct spill_buf *b, struct spill_span s);
/* A number in so many bytes, little-endian; a text behind its length in four:
 * what spill_cur_u32le() and the like read. */
void spill_buf_le(struct spill_buf *b, uint64_t v, unsigned bytes);
void spill_buf_text(struct spill_buf *b, struct spill_span s);
void spill_buf_printf(struct spill_buf *b, const char *fmt, ...)
    SPILL_PRINTF(2, 3);
/* Room for n more bytes at p + len, or NULL; the caller adds to len. */
char *spill_buf_room(struct spill_buf *b, size_t n);
/* Empty it, keep the memory and forget a failure. */
void spill_buf_reset(struct spill_buf *b);
void spill_buf_release(struct spill_buf *b);
/* What is in it, NUL-terminated; "" after a failure. */
const char *spill_buf_str(struct spill_buf *b);
struct spill_span spill_buf_as_span(const struct spill_buf *b);

#endif
