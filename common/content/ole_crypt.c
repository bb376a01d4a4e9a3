/*
 * ole_crypt.c: documents of Office that only a password or a licence opens.
 * Their streams are whole, and say nothing.
 */
#include <spill/cur.h>

#include "ole_i.h"

enum { FIRST = 1024 };

/* [MS-DOC] 2.5.2: FibBase; [MS-PPT] 2.3.2: CurrentUserAtom. */
static bool
word(struct spill_cur c)
{
	bool fib = spill_cur_u16le(&c) == 0xa5ec;

	spill_cur_seek(&c, 10);
	return fib && (spill_cur_u16le(&c) & 0x100) != 0 && spill_cur_ok(&c);
}

static bool
slides(struct spill_cur c)
{
	spill_cur_skip(&c, 12);
	return spill_cur_u32le(&c) == 0xf3d1c4df;
}

/* [MS-XLS] 2.1.7.20.1: FilePass is among the first, behind BOF. */
static bool
sheet(struct spill_cur c)
{
	for (unsigned i = 0; i < 8; i++) {
		uint16_t type = spill_cur_u16le(&c), len = spill_cur_u16le(&c);

		if (!spill_cur_ok(&c) || (i == 0 && (type & 0xff) != 9))
			return false;
		if (type == 0x2f)
			return true;
		spill_cur_skip(&c, len);
	}
	return false;
}

/* [MS-OFFCRYPTO] 2.3.4 and 2.2: a package, whose stream is enough. */
static bool
package(struct spill_cur c)
{
	(void)c;
	return true;
}

static const struct sign {
	const char *stream;
	bool (*is)(struct spill_cur c);
} signs[] = {
	{ "WordDocument", word },
	{ "Workbook", sheet },
	{ "Book", sheet },
	{ "Current User", slides },
	{ "EncryptedPackage", package },
	{ "\tDRMContent", package },
};

int
ole_crypt(struct ole *o, const struct ole_entry *e, uint32_t own)
{
	char first[FIRST];
	struct ole_chain c;
	size_t got = 0;
	int rc = SPILL_OK;

	if (o->depth[e->id] != 2)
		return SPILL_OK;
	(void)ole_dir_path(o, e);
	for (size_t i = 0; i < SPILL_COUNT(signs); i++) {
		if (!spill_span_eq(spill_buf_as_span(&o->name),
			spill_span(signs[i].stream)))
			continue;
		c = ole_chain(o, e, own);
		rc = ole_chain_get(&c, 0, first, sizeof(first), &got);
		if (rc == SPILL_OK && signs[i].is(spill_cur(first, got)))
			rc = member_flaw(&o->m, "encrypted", 0, 0,
			    "the document is encrypted");
	}
	return rc;
}
