#include <string.h>

#include <spill/hash.h>

#include "image_i.h"

static const enum spill_hash_kind kinds[] = { SPILL_HASH_MD5, SPILL_HASH_SHA1,
	SPILL_HASH_SHA256 };

static int
put(void *ctx, uint64_t offset, const uint8_t *p, size_t n, unsigned bad)
{
	(void)offset;
	(void)bad;
	spill_hash_put(ctx, p, n);
	return SPILL_OK;
}

/* A stored hash is of what the acquisition read, so of the whole image. */
static void
compare(struct spill_image *img, const struct spill_image_hashes *h)
{
	const struct spill_image_info *info = &img->info;

	if (info->has_md5 && memcmp(info->md5, h->md5, sizeof(h->md5)) != 0)
		image_note(img, "the stored MD5 is not that of the content",
		    SPILL_IMAGE_MISMATCH, 0, 0);
	if (info->has_sha1 && memcmp(info->sha1, h->sha1, sizeof(h->sha1)) != 0)
		image_note(img, "the stored SHA-1 is not that of the content",
		    SPILL_IMAGE_MISMATCH, 0, 0);
}

static int
finish(struct spill_hash **hash, struct spill_image_hashes *out)
{
	uint8_t md[SPILL_COUNT(kinds)][SPILL_SHA256_LEN];

	for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
		int rc = spill_hash_done(hash[i], md[i]);

		if (rc != SPILL_OK)
			return rc;
	}
	memcpy(out->md5, md[0], sizeof(out->md5));
	memcpy(out->sha1, md[1], sizeof(out->sha1));
	memcpy(out->sha256, md[2], sizeof(out->sha256));
	return SPILL_OK;
}

int
spill_image_verify(struct spill_image *img, const struct spill_image_pass *pass,
    struct spill_image_hashes *out)
{
	struct spill_hash *hash[SPILL_COUNT(kinds)] = { NULL };
	struct spill_image_sink sink[SPILL_COUNT(kinds)];
	struct spill_image_pass all = { 0 };
	int rc = SPILL_OK;

	if (pass != NULL)
		all = *pass;
	all.from = all.to = 0;
	for (size_t i = 0; i < SPILL_COUNT(kinds) && rc == SPILL_OK; i++) {
		rc = spill_hash_open_as(&hash[i], kinds[i]);
		sink[i] = (struct spill_image_sink){ put, hash[i] };
	}
	if (rc == SPILL_OK)
		rc = spill_image_pass(img, &all, sink, SPILL_COUNT(kinds));
	if (rc == SPILL_OK)
		rc = finish(hash, out);
	if (rc == SPILL_OK)
		compare(img, out);
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++)
		spill_hash_free(&hash[i]);
	return rc;
}
