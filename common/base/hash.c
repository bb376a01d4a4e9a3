#include <stdlib.h>

#include <openssl/evp.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <spill/hash.h>

struct spill_hash {
	EVP_MD_CTX *ctx;
	bool failed;
};

static const EVP_MD *
method(enum spill_hash_kind kind)
{
	switch (kind) {
	case SPILL_HASH_SHA1:
		return EVP_sha1();
	case SPILL_HASH_MD5:
		return EVP_md5();
	case SPILL_HASH_SHA256:
		break;
	}
	return EVP_sha256();
}

int
spill_hash_open(struct spill_hash **out)
{
	return spill_hash_open_as(out, SPILL_HASH_SHA256);
}

int
spill_hash_open_as(struct spill_hash **out, enum spill_hash_kind kind)
{
	struct spill_hash *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return SPILL_ENOMEM;
	h->ctx = EVP_MD_CTX_new();
	if (h->ctx == NULL ||
	    EVP_DigestInit_ex(h->ctx, method(kind), NULL) != 1) {
		spill_hash_free(&h);
		return SPILL_ENOMEM;
	}
	*out = h;
	return SPILL_OK;
}

void
spill_hash_put(struct spill_hash *h, const void *p, size_t n)
{
	if (EVP_DigestUpdate(h->ctx, p, n) != 1)
		h->failed = true;
}

int
spill_hash_done(struct spill_hash *h, uint8_t out[SPILL_SHA256_LEN])
{
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (EVP_DigestFinal_ex(h->ctx, md, &len) != 1 ||
	    EVP_DigestInit_ex(h->ctx, NULL, NULL) != 1)
		h->failed = true;
	if (h->failed)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < SPILL_SHA256_LEN && i < len; i++)
		out[i] = md[i];
	return SPILL_OK;
}

int
spill_hash_hex(struct spill_hash *h, char hex[SPILL_SHA256_HEX])
{
	uint8_t md[SPILL_SHA256_LEN];
	int rc = spill_hash_done(h, md);

	if (rc == SPILL_OK)
		spill_hex(hex, md, sizeof(md));
	return rc;
}

void
spill_hash_free(struct spill_hash **h)
{
	if (*h == NULL)
		return;
	EVP_MD_CTX_free((*h)->ctx);
	free(*h);
	*h = NULL;
}

uint64_t
spill_mix(const void *p, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(p, n, seed);
}

void
spill_hex(char *out, const uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
}

int
spill_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
