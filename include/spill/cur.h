/*
 * cur.h: the bounded cursor, the one way to read fields of a binary format.
 *
 * A read past the end yields zero and marks the cursor as failed; it stays
 * failed. Check spill_cur_ok() before a value just read steers a loop, an
 * allocation or a seek.
 */
#ifndef SPILL_CUR_H
#define SPILL_CUR_H

#include <spill/base.h>

struct spill_cur {
	const uint8_t *p;
	size_t len; /* bytes from p to the end of the input */
	size_t pos; /* next byte to read, from p */
	bool failed; /* sticky */
};

struct spill_cur spill_cur(const void *p, size_t len);
bool spill_cur_ok(const struct spill_cur *c);
size_t spill_cur_left(const struct spill_cur *c);
void spill_cur_skip(struct spill_cur *c, size_t n);
void spill_cur_seek(struct spill_cur *c, size_t pos);
uint8_t spill_cur_u8(struct spill_cur *c);
uint16_t spill_cur_u16le(struct spill_cur *c);
uint32_t spill_cur_u32le(struct spill_cur *c);
uint64_t spill_cur_u64le(struct spill_cur *c);
uint16_t spill_cur_u16be(struct spill_cur *c);
uint32_t spill_cur_u32be(struct spill_cur *c);
uint64_t spill_cur_u64be(struct spill_cur *c);
/* Unsigned LEB128 of at most 64 bits, in its shortest form. */
uint64_t spill_cur_varint(struct spill_cur *c);
/* The next n bytes, or an empty span and a failed cursor. */
struct spill_span spill_cur_bytes(struct spill_cur *c, size_t n);
/* True, and past them, if the next bytes are these. */
bool spill_cur_match(struct spill_cur *c, const void *bytes, size_t n);

#endif
