/*
 * ondisk-dump.c: what the decoders of on-disk structures say of an image, in
 * lines that ondisk.sh compares with what other programs say of it.
 *
 * usage: ondisk-dump ntfs|fat|exfat|ext image
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/buf.h>
#include <spill/exfat.h>
#include <spill/ext.h>
#include <spill/fat.h>
#include <spill/ntfs.h>

static struct spill_span image;

static struct spill_span
part(uint64_t at, uint64_t len)
{
	if (at > image.len || len > image.len - at) {
		fprintf(stderr, "%ju+%ju is outside the image\n", (uintmax_t)at,
		    (uintmax_t)len);
		exit(1);
	}
	return (struct spill_span){ image.p + at, (size_t)len };
}

static void
need(int rc, const struct spill_flaw *f)
{
	if (rc == SPILL_OK || rc == SPILL_END)
		return;
	fprintf(stderr, "%s at %zu\n", f->what, f->at);
	exit(1);
}

static const char *
name_of(struct spill_span utf16)
{
	static struct spill_buf b = SPILL_BUF_INIT(4096);

	spill_buf_reset(&b);
	(void)spill_utf16le_put(&b, utf16);
	return spill_buf_str(&b);
}

/* Seconds since 1970 and their fraction, or 0 where there is no time. */
static void
put_time(struct spill_time t)
{
	if (!t.set)
		printf("|0");
	else if (t.nsec == 0)
		printf("|%jd", (intmax_t)t.sec);
	else
		printf("|%jd.%09u", (intmax_t)t.sec, t.nsec);
}

/* Accessed, modified, changed, born: the order of a bodyfile. */
static void
put_times(const struct spill_macb *t)
{
	put_time(t->accessed);
	put_time(t->modified);
	put_time(t->changed);
	put_time(t->born);
	putchar('\n');
}

/* --- NTFS --------------------------------------------------------------- */

struct ntfs {
	struct spill_ntfs_boot boot;
	char *mft;
	size_t records;
};

/* The content of an attribute that is not resident. */
static char *
content(const struct spill_ntfs_boot *b, const struct spill_ntfs_attr *a)
{
	struct spill_ntfs_runs it =
	    spill_ntfs_runs(a->runs, a->first_vcn, b->clusters);
	char *p = calloc(1, a->allocated + 1);
	struct spill_ntfs_run r;
	int rc;

	while ((rc = spill_ntfs_runs_next(&it, &r)) == SPILL_OK) {
		size_t len = (size_t)r.count * b->cluster_size;

		if (!r.sparse)
			memcpy(p + r.vcn * b->cluster_size,
			    part(r.lcn * b->cluster_size, len).p, len);
	}
	need(rc, &it.flaw);
	return p;
}

static void
ntfs_record(const struct ntfs *v, size_t i)
{
	static char copy[SPILL_NTFS_RECORD_MAX];
	struct spill_span raw = { v->mft + i * v->boot.record_size,
		v->boot.record_size };
	struct spill_ntfs_info info = { 0 };
	struct spill_ntfs_name name = { 0 };
	struct spill_ntfs_record r;
	struct spill_ntfs_attrs it;
	struct spill_ntfs_attr a;
	int rc = spill_ntfs_record_read(raw, copy, &r);

	if (rc == SPILL_EFORMAT || !(r.flags & SPILL_NTFS_IN_USE))
		return;
	need(rc, &r.flaw);
	it = spill_ntfs_attrs(&r);
	while ((rc = spill_ntfs_attrs_next(&it, &a)) == SPILL_OK) {
		if (a.type == SPILL_NTFS_STANDARD_INFORMATION)
			need(
			    spill_ntfs_info_read(a.content, &info), &info.flaw);
		if (a.type == SPILL_NTFS_FILE_NAME)
			need(
			    spill_ntfs_name_read(a.content, &name), &name.flaw);
		if (a.type != SPILL_NTFS_DATA || name.parent.record != 5)
			continue;
		printf("/%s", name_of(name.name));
		if (a.name.len > 0)
			printf(":%s", name_of(a.name));
		printf("|%zu-%u-%u|%ju", i, a.type, a.id, (uintmax_t)a.size);
		put_times(&info.times.at);
	}
	need(rc, &a.flaw);
}

static void
dump_ntfs(void)
{
	static char copy[SPILL_NTFS_RECORD_MAX];
	struct ntfs v = { 0 };
	struct spill_ntfs_record r;
	struct spill_ntfs_attrs it;
	struct spill_ntfs_attr a;

	need(spill_ntfs_boot_read(part(0, 512), &v.boot), &v.boot.flaw);
	need(spill_ntfs_record_read(
		 part(v.boot.mft_lcn * v.boot.cluster_size, v.boot.record_size),
		 copy, &r),
	    &r.flaw);
	it = spill_ntfs_attrs(&r);
	while (spill_ntfs_attrs_next(&it, &a) == SPILL_OK)
		if (a.type == SPILL_NTFS_DATA) {
			v.mft = content(&v.boot, &a);
			v.records = (size_t)(a.size / v.boot.record_size);
		}
	for (size_t i = 0; i < v.records; i++)
		ntfs_record(&v, i);
	free(v.mft);
}

/* --- FAT ---------------------------------------------------------------- */

static void
dump_fat(void)
{
	struct spill_fat_boot b;
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	uint64_t at, len;

	need(spill_fat_boot_read(part(0, 512), &b), &b.flaw);
	at = (uint64_t)b.root_sector * b.sector_size;
	len = (uint64_t)b.root_entries * 32;
	if (b.bits == 32) {
		at = b.data_sector +
		     (b.root_cluster - 2ull) * b.cluster_size / b.sector_size;
		at *= b.sector_size;
		len = b.cluster_size;
	}
	it = spill_fat_dir(part(at, len), b.bits);
	while (spill_fat_dir_next(&it, &e) != SPILL_END) {
		struct spill_span name = { (char *)e.long_name, e.long_len };

		if (e.long_kind == SPILL_FAT_LONG_ORPHAN ||
		    (e.attributes & SPILL_FAT_LABEL) != 0)
			continue;
		printf("/%s%s|%u", e.long_len > 0 ? name_of(name) : e.name,
		    e.deleted ? " (deleted)" : "", e.size);
		put_times(&e.times.at);
	}
}

/* --- exFAT -------------------------------------------------------------- */

static void
dump_exfat(void)
{
	struct spill_exfat_boot b;
	struct spill_exfat_entry e;
	struct spill_exfat_dir it;

	need(spill_exfat_boot_read(part(0, 512), &b), &b.flaw);
	printf("Volume Length(sectors): %ju\n", (uintmax_t)b.sectors);
	printf("FAT Offset(sector offset): %u\n", b.fat_sector);
	printf("FAT Length(sectors): %u\n", b.fat_sectors);
	printf("Cluster Heap Offset (sector offset): %u\n", b.data_sector);
	printf("Cluster Count: %u\n", b.clusters);
	printf("Root Cluster (cluster offset): %u\n", b.root_cluster);
	printf("Volume Serial: 0x%x\n", b.serial);
	it = spill_exfat_dir(part((uint64_t)b.data_sector * b.sector_size +
				      (b.root_cluster - 2ull) * b.cluster_size,
	    b.cluster_size));
	while (spill_exfat_dir_next(&it, &e) == SPILL_OK)
		if (e.kind == SPILL_EXFAT_LABEL)
			printf("Volume label: %s\n",
			    name_of((struct spill_span){
				(char *)e.name, e.name_len }));
		else if (e.kind == SPILL_EXFAT_BITMAP)
			printf("Bitmap start cluster: %u\nBitmap size: %ju\n",
			    e.cluster, (uintmax_t)e.length);
		else if (e.kind == SPILL_EXFAT_UPCASE)
			printf("Upcase table start cluster: %u\n"
			       "Upcase table size: %ju\n",
			    e.cluster, (uintmax_t)e.length);
}

/* --- ext ---------------------------------------------------------------- */

static struct spill_ext_super super;

static struct spill_ext_inode
ext_inode(uint32_t n)
{
	uint32_t group = (n - 1) / super.inodes_per_group;
	uint32_t index = (n - 1) % super.inodes_per_group;
	uint64_t gdt = (super.first_block + 1ull) * super.block_size;
	struct spill_ext_inode i;
	struct spill_ext_group g;

	need(spill_ext_group_read(
		 part(gdt + group * super.desc_size, super.desc_size), &super,
		 &g),
	    &g.flaw);
	need(spill_ext_inode_read(part(g.inode_table * super.block_size +
					   (uint64_t)index * super.inode_size,
				      super.inode_size),
		 &super, &i),
	    &i.flaw);
	return i;
}

static void
ext_entries(struct spill_span block)
{
	struct spill_ext_dir it = spill_ext_dir(block, &super);
	struct spill_ext_dirent e;

	while (spill_ext_dir_next(&it, &e) == SPILL_OK) {
		struct spill_ext_inode i;

		if (e.deleted || e.inode < super.first_inode)
			continue;
		i = ext_inode(e.inode);
		printf("%.*s|%u|%o|%u|%u|%ju|%u", (int)e.name.len, e.name.p,
		    e.inode, i.mode, i.uid, i.gid, (uintmax_t)i.size, i.links);
		put_times(&i.times.at);
	}
}

/* The direct blocks of a directory without extents. */
static void
ext_blocks(struct spill_span area)
{
	struct spill_cur c = spill_cur(area.p, area.len);

	for (int i = 0; i < 12; i++) {
		uint64_t block = spill_cur_u32le(&c);

		if (block != 0)
			ext_entries(
			    part(block * super.block_size, super.block_size));
	}
}

static void
dump_ext(void)
{
	struct spill_ext_extents it;
	struct spill_ext_extent e;
	struct spill_ext_inode root;

	need(spill_ext_super_read(part(1024, 1024), &super), &super.flaw);
	root = ext_inode(2);
	if ((root.flags & SPILL_EXT_I_INLINE) != 0) {
		ext_entries((struct spill_span){
		    root.inline_a.p + 4, root.inline_a.len - 4 });
		ext_entries(root.inline_b);
		return;
	}
	if ((root.flags & SPILL_EXT_I_EXTENTS) == 0) {
		ext_blocks(root.area);
		return;
	}
	need(spill_ext_extents_open(root.area, 0, &super, &it), &it.flaw);
	while (spill_ext_extents_next(&it, &e) == SPILL_OK)
		for (uint32_t i = 0; i < e.count; i++)
			ext_entries(part((e.physical + i) * super.block_size,
			    super.block_size));
}

int
main(int argc, char *argv[])
{
	FILE *f = argc == 3 ? fopen(argv[2], "rb") : NULL;
	char *p = NULL;
	long len;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (len = ftell(f)) < 0 ||
	    (p = malloc((size_t)len + 1)) == NULL)
		return 2;
	rewind(f);
	image = (struct spill_span){ p, fread(p, 1, (size_t)len, f) };
	fclose(f);
	if (strcmp(argv[1], "ntfs") == 0)
		dump_ntfs();
	else if (strcmp(argv[1], "fat") == 0)
		dump_fat();
	else if (strcmp(argv[1], "exfat") == 0)
		dump_exfat();
	else
		dump_ext();
	free(p);
	return 0;
}
