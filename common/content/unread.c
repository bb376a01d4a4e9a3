/*
 * unread.c: containers whose members nothing here reads, and what only a key
 * opens: an error record says so, lest they pass for files with nothing in
 * them. So it does of images of disks, which another tool reads.
 */
#include <stdio.h>
#include <string.h>

#include <spill/cur.h>

#include "member_i.h"
#include "unpack_i.h"

enum {
	HEAD = 256,
	FOOTER = 512, /* of a disk image */
	TAIL = 2048, /* of a PDF: ISO 32000-1 7.5.5, and what writers append */
	DICT = 4096, /* of its trailer */
};

/* What is told of it; name NULL: nothing. */
struct unread {
	const char *name;
	bool encrypted;
	bool walked; /* spill-walk reads it */
};

static bool
at(struct spill_span s, size_t i, const char *bytes, size_t n)
{
	return s.len >= i + n && memcmp(s.p + i, bytes, n) == 0;
}

#define AT(s, i, literal) at(s, i, literal, sizeof(literal) - 1)

static struct unread
by_magic(struct spill_span head)
{
	static const struct {
		size_t at, n;
		const char *bytes, *name;
		bool encrypted;
	} known[] = {
		{ 0, 9, "\x89LZO\0\r\n\x1a\n", "lzop", false },
		{ 0, 4, "LRZI", "lrzip", false },
		{ 0, 4, "RZIP", "rzip", false },
		{ 0, 9, "GRZipII\0\2", "grzip", false },
		{ 7, 7, "**ACE**", "ACE", false },
		{ 20, 4, "\xdc\xa7\xc4\xfd", "zoo", false },
		{ 0, 8, "StuffIt ", "StuffIt", false },
		{ 0, 4, "SIT!", "StuffIt", false },
		{ 0, 8, "MSWIM\0\0", "WIM", false },
		{ 0, 4, "7kSt", "zpaq", false },
		{ 0, 4, "EGGA", "EGG", false },
		{ 0, 4, "ALZ\1", "ALZ", false },
		{ 0, 4, "zPQ\1", "zpaq", false },
		{ 0, 4, "RE~^", "RAR 1.4", false },
		{ 0, 4, "!BDN", "PST", false },
		{ 0, 4, "\x78\x9f\x3e\x22", "TNEF", false },
		{ 0, 8, "ITSF\3\0\0\0", "CHM", false },
		{ 0, 8, "ITOLITLS", "LIT", false },
		{ 0, 8, "\xcf\xad\x12\xfe\xc5\xfd\x74\x6f", "DBX", false },
		{ 0, 7, "WARC/1.", "WARC", false },
		{ 0, 7, "WARC/0.", "WARC", false },
		{ 0, 11, "filedesc://", "ARC", false },
		{ 0, 8, "conectix", "VHD", false },
		{ 0, 8, "vhdxfile", "VHDX", false },
		{ 0, 4, "KDMV", "VMDK", false },
		{ 0, 4, "COWD", "VMDK", false },
		{ 0, 21, "# Disk DescriptorFile", "VMDK", false },
		{ 64, 4, "\x7f\x10\xda\xbe", "VDI", false },
		{ 0, 4, "QFI\xfb", "QCOW", false },
		{ 0, 8, "EVF\x09\r\n\xff\0", "E01", false },
		{ 0, 8, "EVF2\r\n\x81\0", "Ex01", false },
		{ 0, 8, "LVF\x09\r\n\xff\0", "L01", false },
		{ 0, 5, "AFF10", "AFF", false },
		{ 0, 6, "LUKS\xba\xbe", "LUKS", true },
		{ 3, 8, "-FVE-FS-", "BitLocker", true },
		{ 0, 8, "Salted__", "OpenSSL", true },
		{ 0, 27, "-----BEGIN PGP MESSAGE-----", "OpenPGP", true },
		{ 0, 8, "\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", "KeePass", true },
		{ 0, 22, "age-encryption.org/v1\n", "age", true },
	};

	for (size_t i = 0; i < SPILL_COUNT(known); i++)
		if (at(head, known[i].at, known[i].bytes, known[i].n))
			return (struct unread){ known[i].name,
				known[i].encrypted,
				strcmp(known[i].name, "E01") == 0 };
	/* Two bytes only: the first header's length and type as well. */
	if (AT(head, 0, "\x60\xea") && head.len > 10 && head.p[10] == 2 &&
	    (uint8_t)head.p[3] <= 10)
		return (struct unread){ .name = "ARJ" };
	return (struct unread){ 0 };
}

/* --- CMS, RFC 5652 ------------------------------------------------------- */

/* X.690 8.1: a value of a tag; c is behind its header then. */
static bool
der_open(struct spill_cur *c, uint8_t tag, size_t *len)
{
	uint8_t n;

	if (spill_cur_u8(c) != tag)
		return false;
	n = spill_cur_u8(c);
	*len = n;
	if (n >= 0x80)
		for (*len = 0; (n & 0x7f) > 0; n--)
			*len = *len << 8 | spill_cur_u8(c);
	return spill_cur_ok(c);
}

static bool
der_pass(struct spill_cur *c, uint8_t tag)
{
	size_t len;

	if (!der_open(c, tag, &len) || len > spill_cur_left(c))
		return false;
	spill_cur_skip(c, len);
	return true;
}

static const char pkcs7[8] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07";

/* The object identifier of a content, 1.2.840.113549.1.7.x: x; else 0. */
static uint8_t
content_type(struct spill_cur *c)
{
	struct spill_span oid;
	size_t len;

	if (!der_open(c, 6, &len) || len != sizeof(pkcs7) + 1)
		return 0;
	oid = spill_cur_bytes(c, len);
	return spill_cur_ok(c) && memcmp(oid.p, pkcs7, sizeof(pkcs7)) == 0
		   ? (uint8_t)oid.p[8]
		   : 0;
}

/* Signed data have a content unless the signature is detached; a list of
 * trusted hashes, as every driver has, is no data. */
static bool
has_data(struct spill_cur *c)
{
	size_t len;

	return der_open(c, 0xa0, &len) && der_open(c, 0x30, &len) &&
	       der_pass(c, 2) && der_pass(c, 0x31) && der_open(c, 0x30, &len) &&
	       content_type(c) == 1 && der_open(c, 0xa0, &len);
}

static struct unread
by_cms(struct spill_span head)
{
	struct spill_cur c = spill_cur(head.p, head.len);
	size_t len;

	if (!der_open(&c, 0x30, &len))
		return (struct unread){ 0 };
	switch (content_type(&c)) {
	case 2:
		if (has_data(&c))
			return (struct unread){ .name = "CMS, signed" };
		break;
	case 3: /* enveloped, both, encrypted: 12.1 of RFC 5652, PKCS #7 */
	case 4:
	case 6:
		return (struct unread){ "CMS", true, false };
	}
	return (struct unread){ 0 };
}

static struct unread
by_head(struct spill_span head)
{
	struct unread u = by_magic(head);

	return u.name != NULL ? u : by_cms(head);
}

/* --- by the last bytes --------------------------------------------------- */

static int
footer(struct spill_src *src, struct unread *u)
{
	char raw[FOOTER];
	struct spill_span s = { raw, 0 };
	int rc = SPILL_OK;

	if (src->size > FOOTER)
		rc = src_read(src, src->size - FOOTER, raw, FOOTER, &s.len);
	if (AT(s, 0, "koly\0\0\0\4"))
		*u = (struct unread){ .name = "DMG" };
	else if (AT(s, 0, "conectix"))
		*u = (struct unread){ .name = "VHD" };
	return rc;
}

static const char *
find(struct spill_span s, const char *word)
{
	return memmem(s.p, s.len, word, strlen(word));
}

/* ISO 32000-1 7.6.1: an entry of the trailer, or of the stream that stands for
 * it; a reference, or a dictionary. */
static bool
has_encrypt(struct spill_span s)
{
	static const char key[] = "/Encrypt";
	const char *p = find(s, key), *end = s.p + s.len;

	if (p == NULL)
		return false;
	for (p += sizeof(key) - 1; p < end && strchr(" \t\r\n\f", *p); p++)
		if (*p == '\0')
			return false;
	return p < end && ((*p >= '0' && *p <= '9') || *p == '<');
}

/* Where the last "startxref" leads. */
static int
xref_of(struct spill_src *src, char *buf, uint64_t *where)
{
	static const char key[] = "startxref";
	uint64_t from = src->size > TAIL ? src->size - TAIL : 0;
	struct spill_span s = { buf, 0 };
	const char *p, *last = NULL;
	int rc = src_read(src, from, buf, TAIL, &s.len);

	*where = src->size;
	while (rc == SPILL_OK && (p = find(s, key)) != NULL) {
		last = p + sizeof(key) - 1;
		s.len -= (size_t)(last - s.p);
		s.p = last;
	}
	if (last == NULL)
		return rc;
	while (s.len > 0 && strchr(" \r\n", *s.p) != NULL && *s.p != '\0') {
		s.p++;
		s.len--;
	}
	for (*where = 0;
	     s.len > 0 && *s.p >= '0' && *s.p <= '9' && *where < src->size;
	     s.p++, s.len--)
		*where = *where * 10 + (uint64_t)(*s.p - '0');
	return rc;
}

/* The trailer behind a table stands within the last bytes, or the table is
 * passed, which is 20 bytes an entry; that of a stream where it begins. */
static int
pdf(struct spill_src *src, struct unread *u)
{
	char buf[DICT + 16];
	struct spill_span s = { buf, 0 };
	const char *p;
	uint64_t where;
	int rc = xref_of(src, buf, &where);
	bool table, found = false;

	if (rc != SPILL_OK || where >= src->size)
		return rc;
	rc = src_read(src, where, buf, DICT, &s.len);
	table = AT(s, 0, "xref");
	while (rc == SPILL_OK && table && !found && s.len > 0) {
		p = find(s, "trailer");
		found = p != NULL;
		where += found ? (uint64_t)(p - s.p) : s.len - 6;
		if (!found && s.len < DICT)
			return SPILL_OK;
		rc = src_read(src, where, buf, DICT, &s.len);
	}
	p = find(s, table ? "startxref" : "stream");
	if (p != NULL)
		s.len = (size_t)(p - s.p);
	if (rc == SPILL_OK && has_encrypt(s))
		*u = (struct unread){ "PDF", true, false };
	return rc;
}

/* --- the format ---------------------------------------------------------- */

static int
look(struct spill_src *src, struct unread *u)
{
	char head[HEAD];
	struct spill_span s = { head, 0 };
	int rc = src_read(src, 0, head, HEAD, &s.len);

	*u = (struct unread){ 0 };
	if (rc != SPILL_OK)
		return rc;
	*u = by_head(s);
	if (u->name == NULL)
		rc = footer(src, u);
	if (rc == SPILL_OK && u->name == NULL && AT(s, 0, "%PDF-"))
		rc = pdf(src, u);
	else if (rc == SPILL_OK && u->name == NULL) {
		rc = unread_disk(src, &u->name);
		u->walked = u->name != NULL;
	}
	return rc;
}

static bool
unread_is(struct spill_span head, const struct spill_sniff *s)
{
	(void)s;
	head.len = SPILL_MIN(head.len, (size_t)HEAD);
	return by_head(head).name != NULL;
}

bool
unread_is_behind(struct spill_src *src)
{
	struct unread u;

	return look(src, &u) == SPILL_OK && u.name != NULL;
}

static int
unread_run(struct spill_src *src, const struct spill_unpack_conf *conf,
    const struct spill_unpack_sink *sink)
{
	struct unread u;
	char text[80];
	int rc = look(src, &u);

	(void)conf;
	if (rc != SPILL_OK)
		return rc;
	if (u.name == NULL)
		return SPILL_EFORMAT;
	(void)snprintf(text, sizeof(text), "%s: %s", u.name,
	    u.encrypted ? "it is encrypted"
	    : u.walked	? "spill-walk reads it"
			: "a format that is not read here");
	return sink->flaw(sink->ctx, u.encrypted ? "encrypted" : "unsupported",
	    0, src->size, text);
}

const struct spill_unpack spill_unpack_unread = {
	.name = "archive",
	.is = unread_is,
	.run = unread_run,
};
