/*
 * ntfs-make.c: ntfs-make IMAGE RECORDS <SCRIPT: a small NTFS with what the
 * script says and nothing else: 4,096 clusters of 1 KiB, an MFT of so many
 * records (16 at least) from cluster 64 on, its mirror at cluster 8, $Bitmap
 * at 12, index blocks of 4 KiB. Records 0, 1 and 6 are there, all others are
 * the script's. Each of its lines is one of
 *
 *	rec NUMBER [FLAGS [BASE]]	a record: attributes follow; flags are 1
 *					(in use) unless given, 3 of a folder
 *	info				$STANDARD_INFORMATION
 *	name PARENT NAME		$FILE_NAME
 *	in TYPE NAME HEX		a resident attribute
 *	out TYPE NAME SIZE VCN LAST RUNS [FLAGS]	one that is not
 *	list TYPE,VCN,RECORD,ID,NAME...	a resident $ATTRIBUTE_LIST
 *	root ENTRY...			$INDEX_ROOT of $I30
 *	block CLUSTER VCN ENTRY...	an index block, of the record before
 *	put CLUSTER HEX			bytes
 *	size RECORDS RUNS		what record 0 says of the MFT
 *	end				what is in the records, to the disk
 *
 * ENTRY is RECORD:NAME, >VCN, or RECORD>VCN:NAME with a block below. A NAME is
 * "-" for none; "\xHHHH" in it is that unit of UTF-16. All sequences are 1,
 * but that of the root, which is 5; all times are the same.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNIT = 1024, CLUSTERS = 4096, MFT = 64, MIRROR = 8, BITS = 12 };
#define WHEN 0x1da5dc9e1f3a800ULL

static uint8_t disk[(CLUSTERS + 1) * UNIT];
static uint8_t *rec, *at; /* the record, and its next attribute */
static unsigned records, number, next_id;

static void
put(uint8_t *p, uint64_t v, unsigned n)
{
	for (; n > 0; n--, v >>= 8)
		*p++ = (uint8_t)v;
}

static void
fail(const char *what)
{
	(void)fprintf(stderr, "ntfs-make: %s\n", what);
	exit(1);
}

static uint64_t
num(const char *s)
{
	return s == NULL ? 0 : strtoull(s, NULL, 0);
}

static size_t
bytes(const char *hex, uint8_t *out)
{
	size_t n = hex == NULL ? 0 : strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		out[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

/* Units of UTF-16. */
static unsigned
units(const char *s, uint8_t *out)
{
	unsigned n = 0;

	if (s == NULL || strcmp(s, "-") == 0)
		return 0;
	for (; *s != '\0' && n < 255; n++) {
		char four[5] = { 0 };

		if (s[0] == '\\' && s[1] == 'x') {
			memcpy(four, s + 2, 4);
			put(out + (size_t)2 * n, strtoul(four, NULL, 16), 2);
			s += 6;
			continue;
		}
		put(out + (size_t)2 * n, (uint8_t)*s++, 2);
	}
	return n;
}

static uint64_t
ref(uint64_t record)
{
	return record | (uint64_t)(record == 5 ? 5 : 1) << 48;
}

/* --- records ------------------------------------------------------------- */

/* The update sequence 1 of what is len bytes long. */
static void
protect(uint8_t *p, size_t len, unsigned usa)
{
	put(p + 4, usa, 2);
	put(p + 6, len / 512 + 1, 2);
	put(p + usa, 1, 2);
	for (size_t i = 1; i <= len / 512; i++) {
		memcpy(p + usa + 2 * i, p + 512 * i - 2, 2);
		put(p + 512 * i - 2, 1, 2);
	}
}

static void
begin(unsigned n, unsigned flags, uint64_t base)
{
	if (n >= records)
		fail("no such record");
	number = n;
	rec = disk + (MFT + (size_t)n) * UNIT;
	memcpy(rec, "FILE", 4);
	put(rec + 16, n == 5 ? 5 : 1, 2);
	put(rec + 18, 1, 2);
	put(rec + 20, 56, 2);
	put(rec + 22, flags, 2);
	put(rec + 28, UNIT, 4);
	put(rec + 32, base == 0 ? 0 : ref(base), 8);
	put(rec + 44, n, 4);
	at = rec + 56;
	next_id = 0;
}

static void
end(void)
{
	if (rec == NULL)
		return;
	put(at, UINT32_MAX, 4);
	put(rec + 24, (uint64_t)(at + 8 - rec), 4);
	protect(rec, UNIT, 48);
	rec = NULL;
}

/* Its head and name; returns where the rest goes. */
static uint8_t *
attribute(unsigned type, const char *name, unsigned head)
{
	unsigned n = units(name, at + head);

	put(at, type, 4);
	at[8] = head > 24;
	at[9] = (uint8_t)n;
	put(at + 10, head, 2);
	put(at + 14, next_id++, 2);
	return at + (head + 2 * n + 7) / 8 * 8;
}

static void
finish(uint8_t *p)
{
	size_t len = ((size_t)(p - at) + 7) / 8 * 8;

	put(at + 4, len, 4);
	at += len;
	if (at > rec + UNIT - 16)
		fail("a record is full");
}

static void
resident(unsigned type, const char *name, const uint8_t *content, size_t n)
{
	uint8_t *p = attribute(type, name, 24);

	if (p + n > rec + UNIT - 16)
		fail("a record is full");
	memcpy(p, content, n);
	put(at + 16, n, 4);
	put(at + 20, (uint64_t)(p - at), 2);
	finish(p + n);
}

static void
outside(unsigned type, const char *name, char *const *w)
{
	uint64_t size = num(w[0]), vcn = num(w[1]), last = num(w[2]);
	unsigned flags = (unsigned)num(w[4]);
	uint8_t *p = attribute(type, name, flags != 0 ? 72 : 64);

	put(at + 12, flags, 2);
	put(at + 16, vcn, 8);
	put(at + 24, last, 8);
	put(at + 32, (uint64_t)(p - at), 2);
	at[34] = (flags & 0xff) != 0 ? 4 : 0;
	put(at + 40, (size + UNIT - 1) / UNIT * UNIT, 8);
	put(at + 48, size, 8);
	put(at + 56, size, 8);
	finish(p + bytes(w[3], p));
}

/* --- contents ------------------------------------------------------------ */

static size_t
file_name(uint8_t *p, uint64_t parent, const char *name)
{
	memset(p, 0, 66);
	put(p, ref(parent), 8);
	for (unsigned i = 8; i < 40; i += 8)
		put(p + i, WHEN, 8);
	p[64] = (uint8_t)units(name, p + 66);
	p[65] = 1; /* not for DOS */
	return 66 + (size_t)2 * p[64];
}

/* The entries of a node of the folder that the record is. */
static size_t
entries(uint8_t *p, char *const *w)
{
	uint8_t *from = p;
	bool last;

	do {
		const char *e = *w != NULL ? *w++ : "", *name = strchr(e, ':');
		const char *child = strchr(e, '>');
		size_t len, key = 0;

		last = name == NULL;
		memset(p, 0, 16);
		if (!last) {
			put(p, ref(num(e)), 8);
			key = file_name(p + 16, number, name + 1);
		}
		len = (16 + key + 7) / 8 * 8 + (child != NULL ? 8 : 0);
		memset(p + 16 + key, 0, len - 16 - key);
		if (child != NULL)
			put(p + len - 8, num(child + 1), 8);
		put(p + 8, len, 2);
		put(p + 10, key, 2);
		p[12] = (uint8_t)((child != NULL) | last << 1);
		p += len;
	} while (!last);
	return (size_t)(p - from);
}

static void
root(char *const *w)
{
	static uint8_t p[1 << 16];
	size_t n;

	memset(p, 0, 32);
	put(p, 0x30, 4);
	put(p + 4, 1, 4);
	put(p + 8, 4096, 4);
	p[12] = 4;
	n = entries(p + 32, w);
	put(p + 16, 16, 4);
	put(p + 20, 16 + n, 4);
	put(p + 24, 16 + n, 4);
	for (; *w != NULL; w++)
		p[28] |= strchr(*w, '>') != NULL;
	resident(0x90, "$I30", p, 32 + n);
}

static void
block(char *const *w)
{
	uint8_t *p = disk + num(w[0]) * UNIT;
	size_t n;

	memset(p, 0, 4096);
	memcpy(p, "INDX", 4);
	put(p + 16, num(w[1]), 8);
	n = entries(p + 64, w + 2);
	put(p + 24, 40, 4);
	put(p + 28, 40 + n, 4);
	put(p + 32, 4096 - 24, 4);
	protect(p, 4096, 40);
}

static void
list(char *const *w)
{
	static uint8_t p[1 << 16];
	uint8_t *q = p;

	for (; *w != NULL; w++) {
		char *rest = *w;
		uint64_t v[4];
		unsigned n;

		for (int i = 0; i < 4; i++) {
			v[i] = strtoull(rest, &rest, 0);
			rest += *rest == ',';
		}
		memset(q, 0, 32);
		n = units(*rest != '\0' ? rest : "-", q + 26);
		put(q, v[0], 4);
		put(q + 4, (26 + 2 * n + 7) / 8 * 8, 2);
		q[6] = (uint8_t)n;
		q[7] = 26;
		put(q + 8, v[1], 8);
		put(q + 16, ref(v[2]), 8);
		put(q + 24, v[3], 2);
		q += (26 + 2 * n + 7) / 8 * 8;
	}
	resident(0x20, NULL, p, (size_t)(q - p));
}

/* --- the volume ---------------------------------------------------------- */

static void
boot(void)
{
	memcpy(disk + 3, "NTFS    ", 8);
	put(disk + 11, 512, 2);
	disk[13] = UNIT / 512;
	disk[21] = 0xf8;
	put(disk + 40, (uint64_t)CLUSTERS * UNIT / 512, 8);
	put(disk + 48, MFT, 8);
	put(disk + 56, MIRROR, 8);
	disk[64] = 1;
	disk[68] = 4;
	put(disk + 510, 0xaa55, 2);
	memcpy(disk + (size_t)CLUSTERS * UNIT, disk, 512);
}

static void
info(void)
{
	uint8_t p[72] = { 0 };

	for (unsigned i = 0; i < 32; i += 8)
		put(p + i, WHEN, 8);
	resident(0x10, NULL, p, sizeof(p));
}

static void
name(uint64_t parent, const char *s)
{
	uint8_t p[66 + 510];

	resident(0x30, NULL, p, file_name(p, parent, s));
}

static void
system_file(unsigned n, const char *s, uint64_t size, const char *runs)
{
	char text[2][24], *w[] = { text[0], "0", text[1], NULL, NULL };
	char copy[64];

	begin(n, 1, 0);
	info();
	name(5, s);
	(void)snprintf(text[0], sizeof(text[0]), "%ju", (uintmax_t)size);
	(void)snprintf(text[1], sizeof(text[1]), "%ju",
	    (uintmax_t)((size + UNIT - 1) / UNIT - 1));
	(void)snprintf(copy, sizeof(copy), "%s", runs);
	w[3] = copy;
	outside(0x80, NULL, w);
	end();
}

static void
mft(uint64_t n, const char *runs)
{
	char text[16];

	end();
	memset(disk + (size_t)MFT * UNIT, 0, UNIT);
	(void)snprintf(
	    text, sizeof(text), "22%02x%02x4000", records & 255, records >> 8);
	system_file(0, "$MFT", n * UNIT, runs != NULL ? runs : text);
	memcpy(disk + (size_t)MIRROR * UNIT, disk + (size_t)MFT * UNIT,
	    (size_t)4 * UNIT);
}

static void
obey(char *const *w)
{
	static uint8_t raw[1 << 16];

	if (strcmp(w[0], "rec") == 0) {
		end();
		begin((unsigned)num(w[1]),
		    w[2] != NULL ? (unsigned)num(w[2]) : 1,
		    w[2] != NULL ? num(w[3]) : 0);
	} else if (strcmp(w[0], "info") == 0)
		info();
	else if (strcmp(w[0], "name") == 0)
		name(num(w[1]), w[2]);
	else if (strcmp(w[0], "in") == 0)
		resident((unsigned)num(w[1]), w[2], raw, bytes(w[3], raw));
	else if (strcmp(w[0], "out") == 0)
		outside((unsigned)num(w[1]), w[2], w + 3);
	else if (strcmp(w[0], "list") == 0)
		list(w + 1);
	else if (strcmp(w[0], "root") == 0)
		root(w + 1);
	else if (strcmp(w[0], "block") == 0)
		block(w + 1);
	else if (strcmp(w[0], "put") == 0)
		(void)bytes(w[2], disk + num(w[1]) * UNIT);
	else if (strcmp(w[0], "size") == 0)
		mft(num(w[1]), w[2]);
	else if (strcmp(w[0], "end") == 0)
		end();
	else
		fail(w[0]);
}

int
main(int argc, char **argv)
{
	static char line[1 << 16], *w[4096];
	FILE *f;

	records = argc == 3 ? (unsigned)num(argv[2]) : 0;
	if (records < 16 || records > CLUSTERS / 2)
		return 2;
	boot();
	system_file(1, "$MFTMirr", (uint64_t)4 * UNIT, "110408");
	system_file(6, "$Bitmap", CLUSTERS / 8, "11010c");
	memset(disk + (size_t)BITS * UNIT, 0xff, CLUSTERS / 8);
	mft(records, NULL);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		size_t n = 0;

		for (char *p = strtok(line, " \t\n"); p != NULL && n < 4095;
		     p = strtok(NULL, " \t\n"))
			w[n++] = p;
		w[n] = NULL;
		if (n > 0 && w[0][0] != '#')
			obey(w);
	}
	end();
	f = fopen(argv[1], "wb");
	return f == NULL ||
	       fwrite(disk, 1, sizeof(disk) - 512, f) != sizeof(disk) - 512 ||
	       fclose(f) != 0;
}
