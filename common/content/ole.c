/*
 * ole.c: compound files: the header, and members.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/cur.h>

#include "ole_i.h"

static const char magic[8] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

static bool
ole_is(struct spill_span head, const struct spill_sniff *s)
{
	(void)s;
	return head.len >= sizeof(magic) &&
	       memcmp(head.p, magic, sizeof(magic)) == 0;
}

/* A field that has but one value: the reader goes on as if it had it. */
static int
expect(struct ole *o, const char *what, uint32_t has, uint32_t should,
    unsigned at, unsigned len)
{
	if (has == should)
		return SPILL_OK;
	return member_flaw(&o->m, "anomaly", at, len,
	    "its %s is %#x, taken as %#x", what, has, should);
}

/* [MS-CFB] 2.2: 9 in version 3, 12 in version 4. Where they differ, or one of
 * them cannot be, the shift is believed first. */
static int
believe(struct ole *o, uint16_t version, uint16_t shift)
{
	bool known = shift == 9 || shift == 12;

	if (known)
		o->shift = shift;
	else
		o->shift = version == 4 ? 12 : 9;
	o->version = o->shift == 12 ? 4 : 3;
	if (version == o->version && known)
		return SPILL_OK;
	return member_flaw(&o->m, "anomaly", 26, 6,
	    "version %u with a sector shift of %u, taken as version %u",
	    version, shift, o->version);
}

/* How many sectors directory, mini FAT and DIFAT have is left aside: their
 * chains tell. */
static int
header(struct ole *o)
{
	uint8_t raw[512] = { 0 };
	struct spill_cur c = spill_cur(raw, sizeof(raw));
	uint16_t version, order, shift, mini;
	uint32_t below;
	size_t got;
	int rc = src_read(o->m.src, 0, raw, sizeof(raw), &got);

	if (rc != SPILL_OK)
		return rc;
	if (!ole_is((struct spill_span){ (char *)raw, got }, NULL))
		return SPILL_EFORMAT;
	spill_cur_skip(&c, 26);
	version = spill_cur_u16le(&c);
	order = spill_cur_u16le(&c);
	shift = spill_cur_u16le(&c);
	mini = spill_cur_u16le(&c);
	spill_cur_seek(&c, 44);
	o->fats = spill_cur_u32le(&c);
	o->dir_start = spill_cur_u32le(&c);
	spill_cur_seek(&c, 56);
	below = spill_cur_u32le(&c);
	o->mini_start = spill_cur_u32le(&c);
	spill_cur_seek(&c, 68);
	o->difat_start = spill_cur_u32le(&c);
	memcpy(o->difat, raw + 76, sizeof(o->difat));
	rc = believe(o, version, shift);
	if (got < sizeof(raw))
		return rc != SPILL_OK ? rc
				      : member_flaw(&o->m, "damaged", got,
					    sizeof(raw) - got,
					    "the file ends in its header");
	if (rc == SPILL_OK)
		rc = expect(o, "byte order", order, 0xfffe, 28, 2);
	if (rc == SPILL_OK)
		rc = expect(o, "mini sector shift", mini, 6, 32, 2);
	if (rc == SPILL_OK)
		rc = expect(o, "size below which streams are mini", below,
		    OLE_MINI_MAX, 56, 4);
	return rc;
}

static void
put_note(struct spill_buf *b, const char *s)
{
	if (b->len > 0)
		spill_buf_puts(b, "; ");
	spill_buf_puts(b, s);
}

/* The stream of an OOXML package under a password ([MS-OFFCRYPTO] 2.3). */
static bool
is_encrypted(const struct ole *o)
{
	return spill_span_eq(
	    spill_buf_as_span(&o->name), SPILL_SPAN("EncryptedPackage"));
}

static void
describe(struct ole *o, const struct ole_entry *e, struct spill_member_info *m)
{
	bool slash = ole_dir_path(o, e), dir = e->type == OLE_STORAGE;

	*m = (struct spill_member_info){ .size = dir ? UINT64_MAX : e->size,
		.uid = UINT64_MAX,
		.gid = UINT64_MAX,
		.born = e->born,
		.modified = e->modified };
	m->kind = dir ? SPILL_MEMBER_DIR : SPILL_MEMBER_FILE;
	spill_buf_reset(&o->note);
	if (slash)
		put_note(&o->note, "a / of its name is %2F here");
	if (e->odd_name)
		put_note(&o->note, "the length of its name is wrong");
	if (o->depth[e->id] == 0 && e->type == OLE_FREE)
		put_note(&o->note, "a directory entry that is not in use");
	else if (o->depth[e->id] == 0)
		put_note(&o->note, "the directory tree does not lead to it");
	m->encrypted = is_encrypted(o);
	m->name = spill_buf_as_span(&o->name);
	m->note = spill_buf_as_span(&o->note);
}

/* The bytes of a stream, and how they ended. */
static int
content(struct ole *o, const struct ole_entry *e, uint32_t *number)
{
	struct ole_chain c = ole_chain(o, e, 0);
	enum spill_member_end how = SPILL_MEMBER_OK;
	int rc;

	*number = c.number;
	c.alone = o->depth[e->id] == 0;
	rc = ole_chain_put(&c, 0);
	if (rc != SPILL_OK)
		return rc;
	if (c.why == NULL && e->size > o->m.put)
		c.why = e->size == UINT64_MAX ? "its size cannot be"
					      : "its size is beyond the file's";
	if (c.why != NULL)
		how = SPILL_MEMBER_PARTIAL;
	else if (c.crossed)
		c.why = "another stream has sectors of it, too";
	return member_end(&o->m, how, c.why);
}

static int
one(struct ole *o, const struct ole_entry *e)
{
	struct spill_member_info m;
	uint32_t number;
	int rc;

	describe(o, e, &m);
	rc = member_begin(&o->m, &m);
	if (rc != SPILL_OK)
		return rc;
	if (e->type == OLE_STORAGE)
		return o->m.sink->end(
		    o->m.sink->ctx, SPILL_MEMBER_SKIPPED, NULL);
	rc = content(o, e, &number);
	if (rc == SPILL_OK)
		rc = ole_crypt(o, e, number);
	if (rc == SPILL_OK && ole_is_native(e) && o->depth[e->id] != 0)
		rc = ole_native(o, e, number);
	return rc;
}

static void
ole_free(struct ole *o)
{
	member_release(&o->m);
	free(o->fat.next);
	free(o->fat.seen);
	free(o->mini.next);
	free(o->mini.seen);
	free(o->mini_at);
	free(o->dir);
	free(o->dir_at);
	free(o->parent);
	free(o->depth);
	spill_buf_release(&o->name);
	spill_buf_release(&o->note);
	spill_buf_release(&o->title);
}

static int
ole_run(struct spill_src *s, const struct spill_unpack_conf *conf,
    const struct spill_unpack_sink *sink)
{
	struct ole o = { .memory = conf->memory != 0 ? conf->memory
						     : (uint64_t)256 << 20,
		.shared = s->size,
		.name = SPILL_BUF_INIT(64 << 10),
		.note = SPILL_BUF_INIT(64 << 10),
		.title = SPILL_BUF_INIT(64 << 10) };
	int rc = member_init(&o.m, s, sink);

	if (rc == SPILL_OK)
		rc = header(&o);
	if (rc == SPILL_OK)
		rc = ole_fat_load(&o);
	if (rc == SPILL_OK)
		rc = ole_dir_load(&o);
	if (rc == SPILL_OK)
		rc = ole_mini_load(&o);
	if (rc == SPILL_OK)
		rc = ole_dir_walk(&o, one);
	ole_free(&o);
	return rc == SPILL_ELIMIT && o.full ? SPILL_OK : rc;
}

const struct spill_unpack spill_unpack_ole = {
	.name = "ole",
	.is = ole_is,
	.run = ole_run,
};
