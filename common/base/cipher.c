#include <limits.h>

#include <openssl/evp.h>

#include <spill/cipher.h>

void
spill_rc4(const uint8_t *key, size_t keylen, uint8_t *p, size_t n)
{
	uint8_t s[256], t;
	unsigned i, j = 0;

	for (i = 0; i < 256; i++)
		s[i] = (uint8_t)i;
	for (i = 0; i < 256; i++) {
		j = (j + s[i] + key[i % keylen]) & 255;
		t = s[i];
		s[i] = s[j];
		s[j] = t;
	}
	i = j = 0;
	for (size_t k = 0; k < n; k++) {
		i = (i + 1) & 255;
		j = (j + s[i]) & 255;
		t = s[i];
		s[i] = s[j];
		s[j] = t;
		p[k] ^= s[(s[i] + s[j]) & 255];
	}
}

int
spill_aes_cbc(enum spill_aes_way way, const uint8_t *key, size_t keylen,
    const uint8_t iv[SPILL_AES_BLOCK], uint8_t *p, size_t n)
{
	EVP_CIPHER_CTX *c;
	int done = 0, ok;

	if ((keylen != 16 && keylen != 32) || n % SPILL_AES_BLOCK != 0 ||
	    n > INT_MAX)
		return SPILL_EUSAGE;
	c = EVP_CIPHER_CTX_new();
	if (c == NULL)
		return SPILL_ENOMEM;
	ok = EVP_CipherInit_ex(c,
		 keylen == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc(), NULL,
		 key, iv, way == SPILL_AES_ENCRYPT) == 1 &&
	     EVP_CIPHER_CTX_set_padding(c, 0) == 1 &&
	     EVP_CipherUpdate(c, p, &done, p, (int)n) == 1;
	EVP_CIPHER_CTX_free(c);
	return ok && (size_t)done == n ? SPILL_OK : SPILL_ENOMEM;
}

int
spill_sha2(
    unsigned bits, const void *p, size_t n, uint8_t out[SPILL_SHA2_LONGEST])
{
	const EVP_MD *md = bits == 256	 ? EVP_sha256()
			   : bits == 384 ? EVP_sha384()
			   : bits == 512 ? EVP_sha512()
					 : NULL;

	if (md == NULL)
		return SPILL_EUSAGE;
	return EVP_Digest(p, n, out, NULL, md, NULL) == 1 ? SPILL_OK
							  : SPILL_ENOMEM;
}

int
spill_cipher_warm(void)
{
	static const unsigned bits[] = { 256, 384, 512 };
	uint8_t key[32] = { 0 }, block[SPILL_SHA2_LONGEST] = { 0 };
	int rc = SPILL_OK;

	for (size_t i = 0; i < SPILL_COUNT(bits) && rc == SPILL_OK; i++)
		rc = spill_sha2(bits[i], key, sizeof(key), block);
	for (size_t n = 16; n <= 32 && rc == SPILL_OK; n += 16)
		rc = spill_aes_cbc(
		    SPILL_AES_DECRYPT, key, n, key, block, SPILL_AES_BLOCK);
	return rc;
}
