/*
 * pdf_crypt.c: decryption of what everybody may open: with the empty password
 * (ISO 32000-2, 7.6.3 and 7.6.4). poppler does the same for the pages.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/cipher.h>
#include <spill/hash.h>

#include "pdfobj_i.h"

#define KEY_ROUNDS  50
#define R6_ROUNDS   64
#define R6_MOST	    2048 /* rounds: whatever the bytes say */
#define V5_PASSWORD 48 /* bytes of U: hash, salt, salt of the key */

static const uint8_t pad[32] = { 0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41,
	0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e, 0x2e, 0x00, 0xb6,
	0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69,
	0x7a };

struct strings { /* of the dictionary */
	struct spill_buf o, u, ue;
};

static int
md5(const void *p, size_t n, uint8_t out[SPILL_MD5_LEN])
{
	uint8_t all[SPILL_SHA256_LEN];
	struct spill_hash *h;
	int rc = spill_hash_open_as(&h, SPILL_HASH_MD5);

	if (rc != SPILL_OK)
		return rc;
	spill_hash_put(h, p, n);
	rc = spill_hash_done(h, all);
	spill_hash_free(&h);
	if (rc == SPILL_OK)
		memcpy(out, all, SPILL_MD5_LEN);
	return rc;
}

/* --- the key, up to revision 4 (7.6.4.3.2) ------------------------------ */

/* Of "-44" too: they are 32 bits. */
static uint32_t
permissions(const struct pdf_value *dict)
{
	struct pdf_value v = pdf_get(dict, "P");
	char text[24] = "";

	memcpy(text, v.raw.p, SPILL_MIN(v.raw.len, sizeof(text) - 1));
	return (uint32_t)strtoll(text, NULL, 10);
}

static bool
key_of(struct pdf_crypt *c, const struct pdf_value *dict, unsigned revision,
    const struct strings *s, struct spill_span id)
{
	struct pdf_value plain = pdf_get(dict, "EncryptMetadata");
	struct spill_buf b = SPILL_BUF_INIT(4096);
	uint8_t md[SPILL_MD5_LEN];
	int rc;

	spill_buf_put(&b, pad, sizeof(pad));
	spill_buf_put(&b, s->o.p, SPILL_MIN(s->o.len, (size_t)32));
	spill_buf_le(&b, permissions(dict), 4);
	spill_buf_span(&b, id);
	if (revision >= 4 && pdf_is(&plain, "false"))
		spill_buf_puts(&b, "\xff\xff\xff\xff");
	rc = b.rc != SPILL_OK ? b.rc : md5(b.p, b.len, md);
	for (unsigned i = 0; revision >= 3 && i < KEY_ROUNDS && rc == SPILL_OK;
	     i++)
		rc = md5(md, c->keylen, md);
	memcpy(c->key, md, sizeof(md));
	spill_buf_release(&b);
	return rc == SPILL_OK;
}

/* Does it make of the password what the dictionary has of it? */
static bool
key_fits(const struct pdf_crypt *c, unsigned revision, const struct strings *s,
    struct spill_span id)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);
	uint8_t md[32], key[16];
	size_t n = revision >= 3 ? 16 : 32;
	bool ok;

	memcpy(md, pad, sizeof(md));
	if (revision >= 3) {
		spill_buf_put(&b, pad, sizeof(pad));
		spill_buf_span(&b, id);
		ok = b.rc == SPILL_OK && md5(b.p, b.len, md) == SPILL_OK;
		spill_buf_release(&b);
		if (!ok)
			return false;
	}
	for (unsigned i = 0; i < (revision >= 3 ? 20U : 1U); i++) {
		for (size_t k = 0; k < c->keylen; k++)
			key[k] = (uint8_t)(c->key[k] ^ i);
		spill_rc4(key, c->keylen, md, n);
	}
	return s->u.len >= n && memcmp(s->u.p, md, n) == 0;
}

/* --- the key, revisions 5 and 6 (7.6.4.3.3 and 4) ----------------------- */

/* Each round hashes what AES makes of 64 copies of the last hash; which hash
 * is next follows from the sum of the first 16 bytes, by 3. */
static bool
hash_r6(uint8_t k[SPILL_SHA2_LONGEST])
{
	static const unsigned bits[] = { 256, 384, 512 };
	uint8_t e[64 * SPILL_SHA2_LONGEST];
	size_t len = 32;

	for (unsigned i = 0; i < R6_MOST; i++) {
		unsigned sum = 0;

		for (size_t j = 0; j < 64; j++)
			memcpy(e + j * len, k, len);
		if (spill_aes_cbc(SPILL_AES_ENCRYPT, k, 16, k + 16, e,
			64 * len) != SPILL_OK)
			return false;
		for (size_t j = 0; j < 16; j++)
			sum += e[j];
		if (spill_sha2(bits[sum % 3], e, 64 * len, k) != SPILL_OK)
			return false;
		if (i + 1 >= R6_ROUNDS && e[64 * len - 1] + 32U <= i + 1)
			return true;
		len = bits[sum % 3] / 8;
	}
	return false;
}

/* Of the empty password and a salt. */
static bool
hash_salt(unsigned revision, const char *salt, uint8_t k[SPILL_SHA2_LONGEST])
{
	return spill_sha2(256, salt, 8, k) == SPILL_OK &&
	       (revision < 6 || hash_r6(k));
}

static bool
key_v5(struct pdf_crypt *c, unsigned revision, const struct strings *s)
{
	static const uint8_t iv[SPILL_AES_BLOCK];
	uint8_t k[SPILL_SHA2_LONGEST];

	if (s->u.len < V5_PASSWORD || s->ue.len < 32 ||
	    !hash_salt(revision, s->u.p + 32, k) || memcmp(k, s->u.p, 32) != 0)
		return false;
	if (!hash_salt(revision, s->u.p + 40, k))
		return false;
	memcpy(c->key, s->ue.p, 32);
	c->keylen = 32;
	return spill_aes_cbc(SPILL_AES_DECRYPT, k, 32, iv, c->key, 32) ==
	       SPILL_OK;
}

/* --- the dictionary ----------------------------------------------------- */

/* By the filter that it names for strings or streams (7.6.6). */
static enum pdf_method
method_of(const struct pdf_value *dict, const char *what)
{
	struct pdf_value name = pdf_get(dict, what), all = pdf_get(dict, "CF");
	struct pdf_value one, m;
	char key[64] = "";

	if (name.kind != PDF_NAME || pdf_is(&name, "/Identity"))
		return PDF_PLAIN;
	memcpy(
	    key, name.raw.p + 1, SPILL_MIN(name.raw.len - 1, sizeof(key) - 1));
	one = pdf_get(&all, key);
	m = pdf_get(&one, "CFM");
	return pdf_is(&m, "/V2")      ? PDF_RC4
	       : pdf_is(&m, "/AESV2") ? PDF_AES128
	       : pdf_is(&m, "/AESV3") ? PDF_AES256
	       : pdf_is(&m, "/None")  ? PDF_PLAIN
				      : PDF_LOCKED;
}

static void
standard(struct pdf_crypt *c, const struct pdf_value *dict,
    const struct strings *s, struct spill_span id)
{
	unsigned version = (unsigned)pdf_number_or(dict, "V", 9, 0);
	unsigned revision = (unsigned)pdf_number_or(dict, "R", 9, 2);
	bool ok;

	c->strings = c->streams = version <= 2 ? PDF_RC4 : PDF_LOCKED;
	c->keylen = version < 2	   ? 5
		    : version == 4 ? 16
				   : pdf_number_or(dict, "Length", 128, 40) / 8;
	if (c->keylen < 5) /* the least there is */
		c->keylen = 5;
	if (version == 4 || version == 5) {
		c->strings = method_of(dict, "StrF");
		c->streams = method_of(dict, "StmF");
	}
	ok = version == 5 ? key_v5(c, revision, s)
			  : version <= 4 && key_of(c, dict, revision, s, id) &&
				key_fits(c, revision, s, id);
	if (!ok && c->strings != PDF_PLAIN)
		c->strings = PDF_LOCKED;
	if (!ok && c->streams != PDF_PLAIN)
		c->streams = PDF_LOCKED;
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
}

void
pdf_crypt_open(
    struct pdf_crypt *c, const struct pdf_value *dict, struct spill_span id)
{
	struct pdf_value filter = pdf_get(dict, "Filter"),
			 o = pdf_get(dict, "O"), u = pdf_get(dict, "U"),
			 ue = pdf_get(dict, "UE");
	struct strings s = { SPILL_BUF_INIT(1024), SPILL_BUF_INIT(1024),
		SPILL_BUF_INIT(1024) };

	c->strings = c->streams = PDF_LOCKED;
	for (size_t i = 1; i < filter.raw.len && i < sizeof(c->handler); i++)
		c->handler[i - 1] =
		    is_word(filter.raw.p[i]) ? filter.raw.p[i] : '?';
	if (!pdf_is(&filter, "/Standard"))
		return;
	pdf_bytes(&o, &s.o);
	pdf_bytes(&u, &s.u);
	pdf_bytes(&ue, &s.ue);
	standard(c, dict, &s, id);
	spill_buf_release(&s.o);
	spill_buf_release(&s.u);
	spill_buf_release(&s.ue);
}

/* --- bytes (7.6.3) ------------------------------------------------------ */

static bool
decrypt_aes(const uint8_t *key, size_t keylen, char *p, size_t *n)
{
	uint8_t iv[SPILL_AES_BLOCK];
	size_t len = *n - *n % SPILL_AES_BLOCK, padding;

	if (len < 2 * SPILL_AES_BLOCK) {
		*n = 0;
		return true;
	}
	memcpy(iv, p, sizeof(iv));
	if (spill_aes_cbc(SPILL_AES_DECRYPT, key, keylen, iv,
		(uint8_t *)p + sizeof(iv), len - sizeof(iv)) != SPILL_OK)
		return false;
	len -= sizeof(iv);
	memmove(p, p + sizeof(iv), len);
	padding = (uint8_t)p[len - 1];
	*n = padding >= 1 && padding <= SPILL_AES_BLOCK ? len - padding : len;
	return true;
}

bool
pdf_decrypt(const struct pdf_crypt *c, enum pdf_method m, uint32_t num,
    uint32_t gen, char *p, size_t *n)
{
	uint8_t in[32 + 9], key[SPILL_MD5_LEN];
	size_t k = m == PDF_AES128 ? 16 : c->keylen;

	if (m == PDF_PLAIN)
		return true;
	if (m == PDF_LOCKED)
		return false;
	if (m == PDF_AES256)
		return decrypt_aes(c->key, 32, p, n);
	memcpy(in, c->key, k);
	for (unsigned i = 0; i < 3; i++)
		in[k + i] = (uint8_t)(num >> 8 * i);
	in[k + 3] = (uint8_t)gen;
	in[k + 4] = (uint8_t)(gen >> 8);
	memcpy(in + k + 5, "sAlT", 4);
	if (md5(in, k + (m == PDF_RC4 ? 5 : 9), key) != SPILL_OK)
		return false;
	if (m == PDF_AES128)
		return decrypt_aes(key, 16, p, n);
	spill_rc4(key, SPILL_MIN(k + 5, sizeof(key)), (uint8_t *)p, *n);
	return true;
}
