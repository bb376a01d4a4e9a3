/*
 * archive_data_test.c: all kinds of archives, those of the test data, against
 * the answers there.
 */
#include "unpack_util.h"

#include <stdio.h>

#include <spill/sniff.h>

static struct spill_buf b;
static struct unpack_log alog;

static int
run(struct spill_span bytes)
{
	struct spill_span head = { bytes.p,
		SPILL_MIN(bytes.len, SPILL_SNIFF_HEAD) };
	const struct spill_unpack *u = spill_unpack_find(head, NULL);

	unpack_log_clear(&alog);
	return u == NULL ? SPILL_END : unpack_run(u, bytes, NULL, &alog);
}

static bool
has(const char *text)
{
	return strstr(spill_buf_str(&alog.text), text) != NULL;
}

struct answer {
	char file[200], mime[100], first[4000];
	long bsdtar, sevenzip; /* members, -1: it does not say */
	bool encrypted;
};

/* Files whose count is another, and why. */
static const struct {
	const char *file;
	unsigned members;
} others[] = {
	/* An empty file is a member; 7-Zip lists none of .Z, .xz and .zst. */
	{ "dfvfs_test_data_syslog.Z", 1 },
	{ "libarchive/test_empty.xz", 1 },
	{ "libarchive/test_empty.zst", 1 },
	/* ARJ, mtree and WARC are not read; ARJ is told as unsupported. */
	{ "opf_MAPS.ARJ", 0 },
	{ "libarchive/test_read_format_mtree.mtree", 0 },
	{ "libarchive/test_read_format_mtree_nomagic2.mtree", 0 },
	{ "libarchive/test_read_format_warc.warc", 0 },
	/* 12 bytes: a frame of zstd's that may be skipped, and no other. */
	{ "libarchive/test_read_filter_zstd_raw_loop", 0 },
	/* libarchive gives up at the properties of the archive: a flaw. */
	{ "libarchive/test_read_format_7zip_archive_properties.7z", 0 },
	/* Damaged: what stands behind is listed as well. */
	{ "libarchive/test_read_format_lha_symlink_missing_target.lzh", 2 },
	{ "libarchive/test_read_format_rar5_data_ready_pointer_leak.rar", 3 },
	/* A volume label: 7-Zip takes it for a member. */
	{ "libarchive/test_read_format_tar_empty_with_gnulabel.tar", 0 },
	/* A header for attributes that is too large: the file is behind it. */
	{ "libarchive/test_read_format_tar_pax_large_attr.tar.Z", 1 },
};

static void
cells(char *line, char *cell[4])
{
	for (unsigned i = 0; i < 4; i++) {
		cell[i] = line;
		if (*line == '"') {
			cell[i] = ++line;
			while (*line != '\0' && *line != '"')
				line++;
			if (*line != '\0')
				*line++ = '\0';
		}
		while (*line != '\0' && *line != ',')
			line++;
		if (*line != '\0')
			*line++ = '\0';
	}
}

static void
take_answer(struct answer *a, const char *key, const char *value)
{
	if (strcmp(key, "bsdtar.members") == 0)
		a->bsdtar = strtol(value, NULL, 10);
	else if (strcmp(key, "7z.members") == 0)
		a->sevenzip = strtol(value, NULL, 10);
	else if (strcmp(key, "7z.encrypted") == 0)
		a->encrypted = true;
	else if (strcmp(key, "mime") == 0)
		(void)snprintf(a->mime, sizeof(a->mime), "%s", value);
	else if (strcmp(key, "bsdtar.first_members") == 0)
		(void)snprintf(a->first, sizeof(a->first), "%s", value);
}

/* The one member of a compressed file may be an archive itself. */
static bool
nested(const struct answer *a)
{
	struct spill_buf inner = alog.content;
	int rc;

	if (alog.members != 1 || inner.len == 0)
		return false;
	alog.content = (struct spill_buf){ 0 };
	rc = run(spill_buf_as_span(&inner));
	if (rc == SPILL_OK && alog.members != a->bsdtar && nested(a))
		rc = SPILL_OK;
	spill_buf_release(&inner);
	return rc == SPILL_OK && alog.members == a->bsdtar;
}

static bool
counts_agree(const struct answer *a)
{
	if ((a->bsdtar < 0 && a->sevenzip < 0) || alog.members == a->bsdtar ||
	    alog.members == a->sevenzip)
		return true;
	for (size_t i = 0; i < SPILL_COUNT(others); i++)
		if (strcmp(others[i].file, a->file) == 0)
			return others[i].members == alog.members;
	return nested(a);
}

/* Names as bsdtar prints them, if they are plain. */
static bool
names_agree(const struct answer *a)
{
	char *save, all[4000];

	(void)snprintf(all, sizeof(all), "%s", a->first);
	for (char *p = strtok_r(all, "|", &save); p != NULL;
	     p = strtok_r(NULL, "|", &save)) {
		p += strspn(p, " ");
		p[strcspn(p, " ./\\")] = '\0';
		if (*p != '\0' && alog.members > 0 && !has(p))
			return false;
	}
	return true;
}

static void
check_file(const struct answer *a)
{
	struct spill_sniff sniff = { spill_span(a->mime), spill_span("") };
	struct spill_span s = spill_buf_as_span(&b), head = s;
	struct spill_src src = spill_src_of(s);
	const struct spill_unpack *u;
	char path[300];
	int rc;

	(void)snprintf(path, sizeof(path), "archives/%s", a->file);
	if (!unpack_shared(path, &b))
		fail_msg("no %s", path);
	s = head = spill_buf_as_span(&b);
	src = spill_src_of(s);
	head.len = SPILL_MIN(head.len, SPILL_SNIFF_HEAD);
	u = spill_unpack_find(head, &sniff);
	if (u == NULL)
		u = spill_unpack_behind(&src);
	unpack_log_clear(&alog);
	if (u != NULL) {
		rc = unpack_run(u, s, NULL, &alog);
		assert_true(rc == SPILL_OK || rc == SPILL_EFORMAT);
		assert_true(rc != SPILL_OK || alog.members + alog.flaws > 0);
	}
	if (a->encrypted)
		assert_true(has(" encrypted"));
	if (!counts_agree(a))
		fail_msg("%s: %u members, bsdtar %ld, 7z %ld\n%s", a->file,
		    alog.members, a->bsdtar, a->sevenzip,
		    spill_buf_str(&alog.text));
	if (alog.members == a->bsdtar && !names_agree(a) &&
	    (!nested(a) || !names_agree(a)))
		fail_msg("%s: not %s\n%s", a->file, a->first,
		    spill_buf_str(&alog.text));
}

static void
answers(void **state)
{
	struct spill_buf csv = SPILL_BUF_INIT(1 << 20);
	struct answer a = { .bsdtar = -1, .sevenzip = -1 };
	char *line, *save, *cell[4];
	unsigned files = 0;

	(void)state;
	b = SPILL_BUF_INIT(256 << 20);
	if (!unpack_shared("archives/answers.csv", &csv))
		skip();
	(void)spill_buf_str(&csv);
	(void)strtok_r(csv.p, "\n", &save);
	do {
		line = strtok_r(NULL, "\n", &save);
		if (line != NULL)
			cells(line, cell);
		if (line == NULL || strcmp(cell[0], a.file) != 0) {
			if (a.file[0] != '\0') {
				check_file(&a);
				files++;
			}
			a = (struct answer){ .bsdtar = -1, .sevenzip = -1 };
		}
		if (line != NULL) {
			(void)snprintf(a.file, sizeof(a.file), "%s", cell[0]);
			take_answer(&a, cell[1], cell[2]);
		}
	} while (line != NULL);
	assert_true(files > 200);
	spill_buf_release(&csv);
	spill_buf_release(&b);
	unpack_log_free(&alog);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers) };

	return cmocka_run_group_tests_name("archive data", tests, NULL, NULL);
}
