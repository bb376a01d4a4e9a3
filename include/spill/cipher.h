/*
 * cipher.h: what documents are encrypted with, where the key is known: RC4,
 * AES in CBC, and the longer hashes of SHA-2, of which the keys are made.
 * RC4 is our own, since libcrypto has put it away; the others are libcrypto's.
 */
#ifndef SPILL_CIPHER_H
#define SPILL_CIPHER_H

#include <spill/base.h>

#define SPILL_AES_BLOCK	   16
#define SPILL_SHA2_LONGEST 64

/* In place; the same call encrypts and decrypts. keylen: 1 to 256. */
void spill_rc4(const uint8_t *key, size_t keylen, uint8_t *p, size_t n);

enum spill_aes_way { SPILL_AES_DECRYPT, SPILL_AES_ENCRYPT };

/* In place, n a multiple of 16, without padding. keylen: 16 or 32 bytes.
 * SPILL_EUSAGE: they are not; SPILL_ENOMEM. */
int spill_aes_cbc(enum spill_aes_way way, const uint8_t *key, size_t keylen,
    const uint8_t iv[SPILL_AES_BLOCK], uint8_t *p, size_t n);
/* SHA-256, 384 or 512, by their bits. SPILL_EUSAGE: no such; SPILL_ENOMEM. */
int spill_sha2(
    unsigned bits, const void *p, size_t n, uint8_t out[SPILL_SHA2_LONGEST]);
/* libcrypto looks for what it needs at the first use: before the jail. */
int spill_cipher_warm(void);

#endif
