/*
 * ondisk_i.h: what the decoders of on-disk structures have in common.
 */
#ifndef SPILL_ONDISK_I_H
#define SPILL_ONDISK_I_H

#include <spill/cur.h>
#include <spill/ondisk.h>

/* Note what was wrong unless something was before; SPILL_EDAMAGED. */
int spill_flaw(struct spill_flaw *f, const char *what, size_t at);
struct spill_cur spill_cur_of(struct spill_span s);
/* What there is in s of len bytes from at on. */
struct spill_span spill_part(struct spill_span s, uint64_t at, uint64_t len);
/* Do len bytes from at on lie within all bytes? */
bool spill_within(uint64_t at, uint64_t len, uint64_t all);
/* CRC32C (RFC 3720) without its last step, from a value on; the first is
 * UINT32_MAX. */
uint32_t spill_crc32c(uint32_t crc, const void *p, size_t n);
bool spill_is_zero(struct spill_span s);
bool spill_power_of_two(uint64_t v);
/* Add the field that counts 10 ms; false if it is beyond 1.99 s. */
bool spill_hundredths(uint8_t v, struct spill_time *t);

#endif
