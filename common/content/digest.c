/*
 * digest.c: several hashes and a byte histogram over the same block while it
 * is in the processor's cache.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/digest.h>

#define STEP  ((size_t)64 << 10)
#define LANES 8 /* neighbours that are alike do not wait for one another */
#define FLUSH ((uint64_t)1 << 31) /* before a lane's counter could overflow */

struct spill_digest {
	struct spill_hash *hash[3]; /* by enum spill_hash_kind, or NULL */
	bool entropy;
	uint32_t lane[LANES][256];
	uint64_t lanes; /* bytes counted in there */
	uint64_t count[256];
};

static const unsigned hash_flag[] = {
	[SPILL_HASH_SHA256] = SPILL_DIGEST_SHA256,
	[SPILL_HASH_SHA1] = SPILL_DIGEST_SHA1,
	[SPILL_HASH_MD5] = SPILL_DIGEST_MD5,
};

int
spill_digest_open(struct spill_digest **out, unsigned what)
{
	struct spill_digest *d = calloc(1, sizeof(*d));
	int rc = d != NULL ? SPILL_OK : SPILL_ENOMEM;

	for (unsigned k = 0; rc == SPILL_OK && k < SPILL_COUNT(hash_flag); k++)
		if (what & hash_flag[k])
			rc = spill_hash_open_as(&d->hash[k], k);
	if (rc != SPILL_OK) {
		spill_digest_free(&d);
		return rc;
	}
	d->entropy = what & SPILL_DIGEST_ENTROPY;
	*out = d;
	return SPILL_OK;
}

static void
flush(struct spill_digest *d)
{
	for (unsigned l = 0; l < LANES; l++)
		for (unsigned c = 0; c < 256; c++)
			d->count[c] += d->lane[l][c];
	memset(d->lane, 0, sizeof(d->lane));
	d->lanes = 0;
}

static void
count(struct spill_digest *d, const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (; n - i >= 8; i += 8) {
		uint64_t v;

		memcpy(&v, p + i, sizeof(v));
		d->lane[0][v & 255]++;
		d->lane[1][v >> 8 & 255]++;
		d->lane[2][v >> 16 & 255]++;
		d->lane[3][v >> 24 & 255]++;
		d->lane[4][v >> 32 & 255]++;
		d->lane[5][v >> 40 & 255]++;
		d->lane[6][v >> 48 & 255]++;
		d->lane[7][v >> 56]++;
	}
	for (; i < n; i++)
		d->lane[0][p[i]]++;
	d->lanes += n;
	if (d->lanes >= FLUSH)
		flush(d);
}

void
spill_digest_put(struct spill_digest *d, const void *p, size_t n)
{
	const uint8_t *at = p;

	while (n > 0) {
		size_t step = SPILL_MIN(n, STEP);

		for (unsigned k = 0; k < SPILL_COUNT(d->hash); k++)
			if (d->hash[k] != NULL)
				spill_hash_put(d->hash[k], at, step);
		if (d->entropy)
			count(d, at, step);
		at += step;
		n -= step;
	}
}

/* Shannon's, of the bytes' frequencies: log2 n - (sum of c log2 c) / n. */
static void
entropy(const uint64_t count[256], char out[8])
{
	double n = 0, sum = 0, h;

	for (unsigned c = 0; c < 256; c++) {
		if (count[c] == 0)
			continue;
		n += (double)count[c];
		sum += (double)count[c] * log2((double)count[c]);
	}
	if (n == 0)
		return;
	h = log2(n) - sum / n;
	/* Rounding may have left it a hair off its range. */
	snprintf(out, 8, "%.3f", h > 0 ? fmin(h, 8) : 0.0);
}

static int
hex(struct spill_hash *h, char *out, size_t len)
{
	uint8_t md[SPILL_SHA256_LEN];
	int rc = spill_hash_done(h, md);

	if (rc == SPILL_OK)
		spill_hex(out, md, len);
	return rc;
}

int
spill_digest_done(struct spill_digest *d, struct spill_digest_text *out)
{
	struct spill_digest_text t = { 0 };
	struct {
		char *text;
		size_t len;
	} to[] = {
		[SPILL_HASH_SHA256] = { t.sha256, SPILL_SHA256_LEN },
		[SPILL_HASH_SHA1] = { t.sha1, SPILL_SHA1_LEN },
		[SPILL_HASH_MD5] = { t.md5, SPILL_MD5_LEN },
	};
	int rc = SPILL_OK;

	for (unsigned k = 0; k < SPILL_COUNT(to); k++)
		if (d->hash[k] != NULL && rc == SPILL_OK)
			rc = hex(d->hash[k], to[k].text, to[k].len);
	if (d->entropy) {
		flush(d);
		entropy(d->count, t.entropy);
		memset(d->count, 0, sizeof(d->count));
	}
	if (rc == SPILL_OK)
		*out = t;
	return rc;
}

void
spill_digest_free(struct spill_digest **d)
{
	if (*d == NULL)
		return;
	for (unsigned k = 0; k < SPILL_COUNT((*d)->hash); k++)
		spill_hash_free(&(*d)->hash[k]);
	free(*d);
	*d = NULL;
}
