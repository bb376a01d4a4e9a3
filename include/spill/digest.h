/*
 * digest.h: hashes and entropy of one content, in one pass over its bytes.
 */
#ifndef SPILL_DIGEST_H
#define SPILL_DIGEST_H

#include <spill/hash.h>

enum spill_digest_what {
	SPILL_DIGEST_SHA256 = 1,
	SPILL_DIGEST_SHA1 = 2,
	SPILL_DIGEST_MD5 = 4,
	SPILL_DIGEST_ENTROPY = 8,
};

struct spill_digest_text { /* "" where it was not asked for */
	char sha256[2 * SPILL_SHA256_LEN + 1];
	char sha1[2 * SPILL_SHA1_LEN + 1];
	char md5[2 * SPILL_MD5_LEN + 1];
	char entropy[8]; /* bits per byte, "7.994"; "" for no bytes */
};

struct spill_digest;

int spill_digest_open(struct spill_digest **d, unsigned what);
void spill_digest_put(struct spill_digest *d, const void *p, size_t n);
/* Of all that was put; d then starts anew. */
int spill_digest_done(struct spill_digest *d, struct spill_digest_text *out);
void spill_digest_free(struct spill_digest **d);

#endif
