/*
 * hash.h: SHA-256, and what images store of old, through libcrypto, which
 * knows the processor's own instructions; a quick mix for tables and ids.
 */
#ifndef SPILL_HASH_H
#define SPILL_HASH_H

#include <spill/base.h>

#define SPILL_SHA256_LEN 32
#define SPILL_SHA256_HEX 64

enum spill_hash_kind {
	SPILL_HASH_SHA256,
	SPILL_HASH_SHA1,
	SPILL_HASH_MD5,
};
#define SPILL_SHA1_LEN 20
#define SPILL_MD5_LEN  16

struct spill_hash;

int spill_hash_open(struct spill_hash **h); /* SHA-256 */
int spill_hash_open_as(struct spill_hash **h, enum spill_hash_kind kind);
void spill_hash_put(struct spill_hash *h, const void *p, size_t n);
/* The hash of all that was put, in the first bytes of out as far as it is
 * long; h then starts anew. */
int spill_hash_done(struct spill_hash *h, uint8_t out[SPILL_SHA256_LEN]);
/* The same as SPILL_SHA256_HEX digits. */
int spill_hash_hex(struct spill_hash *h, char hex[SPILL_SHA256_HEX]);
void spill_hash_free(struct spill_hash **h);
/* 64 bits that spread well, the same on every machine (XXH3). Not a proof. */
uint64_t spill_mix(const void *p, size_t n, uint64_t seed);
/* Lower-case hex, 2 * n digits, no NUL. */
void spill_hex(char *out, const uint8_t *p, size_t n);
/* The value of a digit of either case; -1: it is none. */
int spill_hex_digit(char c);

#endif
