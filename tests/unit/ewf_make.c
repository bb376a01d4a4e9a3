#include <sys/mman.h>
#include <unistd.h>

#include <libdeflate.h>

#include <spill/hash.h>

#include "ewf_make.h"
#include "util.h"

struct maker {
	const struct ewf_make *m;
	struct ewf_set *set;
	struct libdeflate_compressor *z;
	int fd;
	unsigned part;
	uint64_t at; /* end of the file */
	unsigned sector, per_chunk;
	uint64_t chunks;
};

uint8_t
ewf_media(uint64_t offset)
{
	uint64_t v = offset * 0x9e3779b97f4a7c15u;

	/* Some sectors are noise, some are dull, none like another. */
	return offset / 512 % 3 == 0 ? (uint8_t)(v >> 40)
				     : (uint8_t)(offset / 512 * 7 + 1);
}

void
ewf_poke(int fd, uint64_t at, const void *p, size_t n)
{
	assert_int_equal(pwrite(fd, p, n, (off_t)at), n);
}

static void
le(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

void
ewf_poke_sum(int fd, uint64_t from, uint64_t sum)
{
	size_t n = (size_t)(sum - from);
	uint8_t *p = malloc(n), s[4];

	assert_int_equal(pread(fd, p, n, (off_t)from), n);
	le(s, libdeflate_adler32(1, p, n), 4);
	ewf_poke(fd, sum, s, 4);
	free(p);
}

void
ewf_flip(int fd, uint64_t at)
{
	uint8_t b;

	assert_int_equal(pread(fd, &b, 1, (off_t)at), 1);
	b ^= 0x10;
	ewf_poke(fd, at, &b, 1);
}

static void
put(struct maker *k, const void *p, size_t n)
{
	ewf_poke(k->fd, k->at, p, n);
	k->at += n;
}

/* Bytes and their Adler-32. */
static void
put_summed(struct maker *k, uint8_t *p, size_t n)
{
	le(p + n, libdeflate_adler32(1, p, n), 4);
	put(k, p, n + 4);
}

static uint64_t
begin(struct maker *k)
{
	uint64_t at = k->at;

	k->at += 76;
	return at;
}

static void
end(struct maker *k, const char *type, uint64_t at)
{
	bool last = strcmp(type, "next") == 0 || strcmp(type, "done") == 0;
	uint64_t next = last ? at : k->at;
	struct ewf_section *s = &k->set->section[k->set->sections++];
	uint8_t p[76] = { 0 };

	assert_true(k->set->sections <= EWF_MAKE_SECTIONS);
	memcpy(p, type, strlen(type));
	le(p + 16, next, 8);
	le(p + 24, last ? 0 : next - at, 8);
	le(p + 72, libdeflate_adler32(1, p, 72), 4);
	ewf_poke(k->fd, at, p, sizeof(p));
	*s = (struct ewf_section){ .part = k->part, .at = at, .next = k->at };
	memcpy(s->type, type, strlen(type));
}

static void
section(struct maker *k, const char *type, uint8_t *p, size_t n)
{
	uint64_t at = begin(k);

	if (n > 0)
		put_summed(k, p, n);
	end(k, type, at);
}

static void
packed_section(struct maker *k, const char *type, const void *p, size_t n)
{
	uint64_t at = begin(k);
	uint8_t out[4096];
	size_t len = libdeflate_zlib_compress(k->z, p, n, out, sizeof(out));

	assert_true(len > 0);
	put(k, out, len);
	end(k, type, at);
}

static void
headers(struct maker *k)
{
	static const char text[] =
	    "1\r\nmain\r\nc\tn\ta\te\tt\tav\tov\tm\tu\tp\tr\r\n"
	    "case 7\titem 3\ta stick\tmiller\tfound\x1b[1m\t4.2\tLinux\t"
	    "2019 3 5 10 20 30\t2019 3 5 10 20 31\t0\tf\r\n\r\n";
	static const char wide[] =
	    "3\nmain\na\tc\tn\te\tt\tmd\tsn\tl\tav\tov\tm\tu\tp\n"
	    "a stick\tcase 8\t\xc3\xa4\tmiller\t\tDisk 1\tSN9\tlabel\t6.19\t"
	    "Windows\t1551781230\t1551781231\t0\n\nsrce\n";
	uint8_t w[2 * sizeof(wide)] = { 0xff, 0xfe };
	size_t n = 2;

	for (const char *p = wide; *p != '\0'; p++, n += 2) {
		w[n] = (uint8_t)*p;
		if (*p == '\xc3') /* the one character that is not ASCII */
			w[n] = 0xe4, p++;
	}
	if (k->m->header2)
		packed_section(k, "header2", w, n);
	packed_section(k, "header", text, sizeof(text) - 1);
}

static void
volume(struct maker *k, const char *type)
{
	uint8_t p[1056] = { 1 };
	size_t n = k->m->smart ? 90 : 1048;

	le(p + 4, k->chunks, 4);
	le(p + 8, k->per_chunk, 4);
	le(p + 12, k->sector, 4);
	le(p + 16, k->m->size / k->sector, k->m->smart ? 4 : 8);
	if (k->m->smart)
		memcpy(p + 85, "SMART", 5);
	else if (k->m->guid != 0)
		p[64] = k->m->guid;
	section(k, type, p, n);
}

/* Chunk c at the end of the file; its table entry without the base. */
static uint32_t
chunk(struct maker *k, uint64_t c, uint64_t base)
{
	size_t len = (size_t)k->sector * k->per_chunk, n = 0;
	size_t want = (size_t)SPILL_MIN(len, k->m->size - c * len);
	uint8_t *p = malloc(len + 4), *out = malloc(len * 2 + 64);
	bool packed = k->m->pack == EWF_MAKE_PACKED ||
		      (k->m->pack == EWF_MAKE_MIXED && c % 2 == 0);
	uint64_t at;

	if (c + 2 == k->chunks && k->m->far != 0)
		k->at = k->m->far;
	at = k->at;
	k->set->chunk_at[c % 1024] = at;
	for (size_t i = 0; i < want; i++)
		p[i] = ewf_media(c * len + i);
	if (packed || k->m->smart) {
		n = libdeflate_zlib_compress(k->z, p, want, out, len * 2 + 64);
		put(k, out, n);
	} else {
		put_summed(k, p, want);
	}
	free(p);
	free(out);
	return (uint32_t)(at - base) | (n > 0 ? 0x80000000u : 0);
}

static void
table(struct maker *k, const char *type, const uint32_t *e, unsigned n,
    uint64_t base)
{
	uint64_t at = begin(k);
	uint8_t p[28] = { 0 }, *q = malloc((size_t)n * 4 + 4);

	le(p, n, 4);
	le(p + 8, base, 8);
	put_summed(k, p, 20);
	for (unsigned i = 0; i < n; i++)
		le(q + (size_t)i * 4, e[i], 4);
	put_summed(k, q, (size_t)n * 4);
	free(q);
	end(k, type, at);
}

/* Chunks [from, to): sectors, table and table2. */
static void
group(struct maker *k, uint64_t from, uint64_t to)
{
	uint64_t at = begin(k), base = k->m->based ? at : 0;
	unsigned n = (unsigned)(to - from);
	uint32_t *e = calloc(n, sizeof(*e));

	for (unsigned i = 0; i < n; i++)
		e[i] = chunk(k, from + i, base);
	end(k, "sectors", at);
	table(k, "table", e, n, base);
	if (!k->m->no_table2)
		table(k, "table2", e, n, base);
	free(e);
}

/* S01: the entries, without a checksum, then the chunks, in one section. */
static void
smart_group(struct maker *k, uint64_t from, uint64_t to)
{
	uint64_t at = begin(k), entries;
	unsigned n = (unsigned)(to - from);
	uint8_t p[28] = { 0 }, e[4];

	le(p, n, 4);
	put_summed(k, p, 20);
	entries = k->at;
	k->at += (uint64_t)n * 4;
	for (unsigned i = 0; i < n; i++) {
		le(e, chunk(k, from + i, 0), 4);
		ewf_poke(k->fd, entries + (uint64_t)i * 4, e, 4);
	}
	end(k, "table", at);
}

static void
hash_media(struct maker *k)
{
	struct spill_hash *h = NULL;
	uint8_t md[SPILL_SHA256_LEN];

	assert_int_equal(spill_hash_open_as(&h, SPILL_HASH_MD5), SPILL_OK);
	for (uint64_t i = 0; i < k->m->size; i++) {
		uint8_t b = ewf_media(i);

		spill_hash_put(h, &b, 1);
	}
	assert_int_equal(spill_hash_done(h, md), SPILL_OK);
	memcpy(k->set->md5, md, 16);
	spill_hash_free(&h);
}

static void
tail(struct maker *k)
{
	uint8_t p[84] = { 0 }, e[524] = { 0 };
	uint64_t at;

	if (k->m->nerrors > 0) {
		uint8_t *q = calloc(k->m->nerrors, 12);

		at = begin(k);
		le(e, k->m->nerrors, 4);
		put_summed(k, e, 516);
		for (unsigned i = 0; i < k->m->nerrors; i++) {
			le(q + (size_t)i * 8, k->m->errors[i][0], 4);
			le(q + (size_t)i * 8 + 4, k->m->errors[i][1], 4);
		}
		put_summed(k, q, (size_t)k->m->nerrors * 8);
		free(q);
		end(k, "error2", at);
	}
	hash_media(k);
	memcpy(p, k->set->md5, 16);
	p[0] = (uint8_t)(p[0] + k->m->wrong_md5);
	if (k->m->no_hash)
		return;
	if (k->m->header2)
		section(k, "digest", p, 76);
	section(k, "hash", p, 32);
}

static void
segment(struct maker *k, uint64_t from, uint64_t to)
{
	uint8_t head[13] = "EVF\x09\x0d\x0a\xff\x00\x01";
	unsigned step = k->m->per_table > 0 ? k->m->per_table : 4096;

	k->fd = memfd_create("segment", MFD_CLOEXEC);
	k->at = 0;
	le(head + 9, k->part + 1, 2);
	put(k, head, sizeof(head));
	if (k->part == 0) {
		headers(k);
		volume(k, "volume");
	} else if (!k->m->no_data && !k->m->smart) {
		volume(k, "data");
	}
	for (uint64_t c = from; c < to; c += step)
		(k->m->smart ? smart_group : group)(
		    k, c, SPILL_MIN(c + step, to));
	if (to == k->chunks)
		tail(k);
	if (!k->m->no_done || to < k->chunks)
		section(k, to < k->chunks ? "next" : "done", NULL, 0);
	k->set->part[k->part] = (struct spill_image_part){
		.fd = k->fd, .number = k->part + 1, .size = k->at
	};
	k->part++;
}

void
ewf_make(const struct ewf_make *m, struct ewf_set *set)
{
	struct maker k = { .m = m,
		.set = set,
		.z = libdeflate_alloc_compressor(6),
		.sector = m->sector > 0 ? m->sector : 512,
		.per_chunk = m->per_chunk > 0 ? m->per_chunk : 2 };
	uint64_t len = (uint64_t)k.sector * k.per_chunk, step;

	*set = (struct ewf_set){ 0 };
	k.chunks = (m->size + len - 1) / len;
	step = m->per_segment > 0 ? m->per_segment : k.chunks;
	for (uint64_t c = 0; c < k.chunks; c += step)
		segment(&k, c, SPILL_MIN(c + step, k.chunks));
	set->n = k.part;
	libdeflate_free_compressor(k.z);
}

void
ewf_free_set(struct ewf_set *set)
{
	for (unsigned i = 0; i < set->n; i++)
		close(set->part[i].fd);
	set->n = 0;
}

const struct ewf_section *
ewf_section(
    const struct ewf_set *set, unsigned part, const char *type, unsigned nth)
{
	for (unsigned i = 0; i < set->sections; i++) {
		const struct ewf_section *s = &set->section[i];

		if (s->part == part && strcmp(s->type, type) == 0 && nth-- == 0)
			return s;
	}
	return NULL;
}
