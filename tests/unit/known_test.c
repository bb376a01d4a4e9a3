/*
 * known_test.c: sets of hashes in each of their forms. The hashes are those of
 * "abc", of "" and of "a" by FIPS 180-4 and RFC 1321.
 */
#include "util.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include <spill/known.h>

#define ABC256 \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC1 "a9993e364706816aba3e25717850c26c9cd0d89d"
#define ABC5 "900150983cd24fb0d6963f7d28e17f72"
#define NIL256 \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define NIL1 "da39a3ee5e6b4b0d3255bfef95601890afd80709"
#define NIL5 "d41d8cd98f00b204e9800998ecf8427e"
#define A5   "0cc175b9c0f1b6a831c399e269772661"
#define ALL  (SPILL_DIGEST_SHA256 | SPILL_DIGEST_SHA1 | SPILL_DIGEST_MD5)

static const struct spill_digest_text abc = { ABC256, ABC1, ABC5, "" };
static const struct spill_digest_text nil = { NIL256, NIL1, NIL5, "" };
static const struct spill_digest_text a = { "", "", A5, "" };

static struct spill_known *k;
static char path[100];

static int
setup(void **state)
{
	int rc = folder_setup(state);

	snprintf(path, sizeof(path), "%s/set.txt", folder);
	return rc == 0 ? capture("test") : rc;
}

static int
teardown(void **state)
{
	spill_known_free(&k);
	release(state);
	unlink(path);
	return folder_teardown(state);
}

static void
write_set(struct spill_span s)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(s.p, 1, s.len, f), s.len);
	assert_int_equal(fclose(f), 0);
}

static int
add(unsigned what, const char *arg)
{
	spill_known_free(&k);
	assert_int_equal(spill_known_open(&k, what), SPILL_OK);
	return spill_known_add(k, arg);
}

static const char *
find(const struct spill_digest_text *t)
{
	const char *name = "untouched";

	assert_int_equal(spill_known_find(k, t, &name), SPILL_OK);
	return name;
}

/* Every form has abc, the second also the empty content; none has a. */
static const struct {
	struct spill_span text;
	unsigned what;
	unsigned count;
	bool nil;
} form[] = {
	{ S(ABC256 "\n"), ALL, 1, false },
	{ S("# comment\n\n" ABC1 "\r\n" NIL5 "\n"), ALL, 2, true },
	{ S("\xef\xbb\xbf" ABC5), ALL, 1, false },
	{ S(ABC256 "  abc.txt\n\\" NIL256 " *a\\nb\n"), ALL, 2, true },
	{ S(ABC5 ",abc\n" NIL5 "\tnil\n"), ALL, 2, true },
	{ S("\"" ABC5 "\",\"abc\"\n"), ALL, 1, false },
	{ S("SHA256 (a (b) c) = " ABC256 "\nMD5 (x) = " NIL5 "\n"), ALL, 2,
	    true },
	{ S("\"SHA-1\",\"MD5\",\"CRC32\",\"FileName\",\"FileSize\","
	    "\"ProductCode\",\"OpSystemCode\",\"SpecialCode\"\r\n"
	    "\"A9993E364706816ABA3E25717850C26C9CD0D89D\","
	    "\"900150983CD24FB0D6963F7D28E17F72\",\"352441C2\","
	    "\"a \"\"b\"\",\xff.txt\",3,8762,\"358\",\"\"\r\n"),
	    ALL, 1, false },
	{ S("name,size,MD5,SHA256\n\"a,b\",3," ABC5 "," ABC256 "\n"
	    "\"x\"\",y\",0," NIL5 "," NIL256 "\n"),
	    ALL, 2, true },
	{ S("name,size,MD5,SHA256\n\"a,b\",3," ABC5 "," ABC256 "\n"),
	    SPILL_DIGEST_MD5, 1, false },
	{ S("%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n"
	    "## Invoked from: /x\n## $ hashdeep a\n##\n3," ABC5 "," ABC256
	    ",/x/a,b\n"),
	    ALL, 1, false },
	{ S("MD5\n" ABC5 "\n" NIL5 "\n" ABC5 "\n"), ALL, 2, true },
};

static void
each_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(form); i++) {
		write_set(form[i].text);
		assert_int_equal(add(form[i].what, path), SPILL_OK);
		assert_string_equal(said(), "");
		assert_int_equal(spill_known_count(k), form[i].count);
		assert_int_equal(spill_known_damaged(k), 0);
		assert_non_null(find(&abc));
		assert_string_equal(find(&abc), "set.txt");
		assert_int_equal(find(&nil) != NULL, form[i].nil);
		assert_null(find(&a));
	}
}

static void
a_hash_that_is_not_there_is_not_looked_for(void **state)
{
	struct spill_digest_text t = { "", "", "", "" };

	(void)state;
	write_set((struct spill_span)S(ABC5 "\n"));
	assert_int_equal(add(ALL, path), SPILL_OK);
	assert_null(find(&t));
	t = abc;
	t.md5[0] = '\0';
	assert_null(find(&t));
	t.md5[0] = '9';
	assert_non_null(find(&t));
	t.md5[31] = '3';
	assert_null(find(&t));
}

static void
sets_have_names_and_an_order(void **state)
{
	char arg[200];

	(void)state;
	write_set((struct spill_span)S(ABC5 "\n"));
	snprintf(arg, sizeof(arg), "the lab's own=%s", path);
	assert_int_equal(add(ALL, arg), SPILL_OK);
	assert_string_equal(find(&abc), "the lab's own");
	write_set((struct spill_span)S(ABC1 "\n" NIL1 "\n"));
	assert_int_equal(spill_known_add(k, path), SPILL_OK);
	assert_string_equal(find(&abc), "the lab's own");
	assert_string_equal(find(&nil), "set.txt");
}

static void
damaged_lines_are_counted(void **state)
{
	char want[300];

	(void)state;
	write_set((struct spill_span)S(
	    ABC5 "\n" ABC5 "0\n\nhello\n" NIL5 "\nzz" ABC5 "\n" ABC5 "x\n"));
	assert_int_equal(add(ALL, path), SPILL_OK);
	assert_int_equal(spill_known_damaged(k), 4);
	snprintf(want, sizeof(want),
	    "test: '%s': 4 lines have no hash, the first is 2\n", path);
	assert_string_equal(said(), want);
	assert_non_null(find(&abc));
	assert_non_null(find(&nil));
	write_set((struct spill_span)S("\"SHA-1\",\"MD5\"\n\"" ABC1
				       "\",\"\"\n\"" NIL1 "\n\"12\",\"3\"\n"));
	assert_int_equal(add(ALL, path), SPILL_OK);
	assert_int_equal(spill_known_damaged(k), 1);
	assert_non_null(find(&nil));
}

static void
what_is_no_set_is_said(void **state)
{
	(void)state;
	write_set((struct spill_span)S("just\nsome text\n"));
	assert_int_equal(add(ALL, path), SPILL_EFORMAT);
	assert_non_null(strstr(said(), "is no set of hashes"));
	write_set((struct spill_span)S(""));
	assert_int_equal(add(ALL, path), SPILL_EFORMAT);
	assert_non_null(strstr(said(), "is no set of hashes"));
	write_set((struct spill_span)S(
	    "\"SHA-1\",\"MD5\"\n\"" ABC1 "\",\"" ABC5 "\"\n"));
	assert_int_equal(add(SPILL_DIGEST_SHA256, path), SPILL_EUSAGE);
	assert_non_null(strstr(said(), "has SHA-1, which is not asked for"));
	write_set((struct spill_span)S(ABC5 "\n"));
	assert_int_equal(add(SPILL_DIGEST_SHA256, path), SPILL_EUSAGE);
	assert_non_null(strstr(said(), "has MD5, which is not asked for"));
	unlink(path);
	assert_int_equal(add(ALL, path), SPILL_EIO);
	assert_non_null(strstr(said(), "cannot open"));
	write_set((struct spill_span)S("SQLite format 3\0 but no more"));
	assert_int_equal(add(ALL, path), SPILL_EIO);
	assert_true(strlen(said()) > 0);
	assert_null(find(&abc));
}

/* --- many --------------------------------------------------------------- */

static void
hash_of(uint32_t i, char hex[33])
{
	uint64_t md[2] = { spill_mix(&i, sizeof(i), 1),
		spill_mix(&i, sizeof(i), 2) };

	if (i % 3 == 0)
		md[0] = 7; /* many begin alike */
	spill_hex(hex, (const uint8_t *)md, sizeof(md));
	hex[32] = '\0';
}

static void
many_in_any_order(void **state)
{
	enum { N = 60000 };
	struct spill_digest_text t = { "", "", "", "" };
	FILE *f = fopen(path, "wb");
	char hex[33];

	(void)state;
	assert_non_null(f);
	/* The even ones, all over the place, and some twice. */
	for (uint32_t i = 0; i < N; i += 2) {
		hash_of((i * 7919u) % N, hex);
		fprintf(f, "%s\n%s", hex, i % 10 == 0 ? hex : "");
		if (i % 10 == 0)
			fputc('\n', f);
	}
	assert_int_equal(fclose(f), 0);
	assert_int_equal(add(SPILL_DIGEST_MD5, path), SPILL_OK);
	assert_int_equal(spill_known_count(k), N / 2);
	for (uint32_t i = 0; i < N; i++) {
		hash_of(i, t.md5);
		if ((find(&t) != NULL) != (i % 2 == 0))
			fail_msg("hash %u", i);
	}
}

/* --- SQLite ------------------------------------------------------------- */

static void
make_db(const char *sql)
{
	sqlite3 *db = NULL;
	char *why = NULL;

	unlink(path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* As in the minimal sets of RDS 3: a primary key that begins with sha256. */
#define UPPER256 \
	"BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
#define UPPER1 "A9993E364706816ABA3E25717850C26C9CD0D89D"
#define UPPER5 "900150983CD24FB0D6963F7D28E17F72"
#define RDS3                                                       \
	"(sha256 VARCHAR NOT NULL, sha1 VARCHAR NOT NULL,"         \
	" md5 VARCHAR NOT NULL, file_name VARCHAR NOT NULL,"       \
	" file_size BIGINT NOT NULL, package_id INTEGER NOT NULL," \
	" PRIMARY KEY (sha256, sha1, md5, file_name, file_size, package_id));"
#define ROW " VALUES ('" UPPER256 "','" UPPER1 "','" UPPER5 "','a',3,1);"

static void
rds3_is_asked_where_it_lies(void **state)
{
	(void)state;
	make_db("CREATE TABLE FILE " RDS3 "INSERT INTO FILE" ROW);
	assert_int_equal(add(SPILL_DIGEST_SHA256, path), SPILL_OK);
	assert_int_equal(spill_known_count(k), 0);
	assert_string_equal(find(&abc), "set.txt");
	assert_null(find(&nil));
	assert_null(find(&a));
	assert_string_equal(find(&abc), "set.txt");
	/* A column without an index is loaded. */
	assert_int_equal(add(SPILL_DIGEST_MD5, path), SPILL_OK);
	assert_int_equal(spill_known_count(k), 1);
	assert_non_null(find(&abc));
	assert_null(find(&nil));
	assert_string_equal(said(), "");
}

static void
rds3_full_has_metadata_and_a_view(void **state)
{
	(void)state;
	make_db("CREATE TABLE METADATA " RDS3 "INSERT INTO METADATA" ROW
		"CREATE VIEW FILE AS SELECT upper(sha256) AS sha256, "
		"sha1, md5 FROM METADATA;");
	assert_int_equal(add(SPILL_DIGEST_SHA256, path), SPILL_OK);
	assert_int_equal(spill_known_count(k), 0); /* METADATA's index */
	assert_non_null(find(&abc));
	assert_null(find(&nil));
	assert_int_equal(add(SPILL_DIGEST_SHA1, path), SPILL_OK);
	assert_int_equal(spill_known_count(k), 1);
	assert_non_null(find(&abc));
	assert_null(find(&nil));
}

static void
databases_of_other_kinds(void **state)
{
	(void)state;
	make_db("CREATE TABLE file (\"SHA-1\" BLOB); INSERT INTO file VALUES "
		"(x'" ABC1 "'), ('" NIL1 "'), (NULL), ('12');");
	assert_int_equal(add(ALL, path), SPILL_OK);
	assert_int_equal(spill_known_count(k), 2);
	assert_int_equal(spill_known_damaged(k), 2);
	assert_non_null(strstr(said(), "2 lines have no hash"));
	assert_non_null(find(&abc));
	assert_non_null(find(&nil));
	assert_int_equal(add(SPILL_DIGEST_MD5, path), SPILL_EUSAGE);
	assert_non_null(strstr(said(), "has SHA-1, which is not asked for"));
	make_db("CREATE TABLE other (sha1 TEXT);");
	assert_int_equal(add(ALL, path), SPILL_EFORMAT);
	make_db("CREATE TABLE file (name TEXT);");
	assert_int_equal(add(ALL, path), SPILL_EFORMAT);
}

/* Nothing is written beside it, and its name may have any character. */
static void
a_database_is_only_read(void **state)
{
	char odd[200];

	(void)state;
	make_db("PRAGMA journal_mode = WAL; CREATE TABLE FILE " RDS3
		"INSERT INTO FILE" ROW);
	snprintf(odd, sizeof(odd), "%s/a%%41?b#c", folder);
	assert_int_equal(rename(path, odd), 0);
	assert_int_equal(chmod(odd, 0444), 0);
	assert_int_equal(add(SPILL_DIGEST_SHA256, odd), SPILL_OK);
	assert_string_equal(find(&abc), "a%41?b#c");
	assert_int_equal(count_files((char[300]){ 0 }), 1);
	unlink(odd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_form),
		TEST(a_hash_that_is_not_there_is_not_looked_for),
		TEST(sets_have_names_and_an_order),
		TEST(damaged_lines_are_counted),
		TEST(what_is_no_set_is_said),
		TEST(many_in_any_order),
		TEST(rds3_is_asked_where_it_lies),
		TEST(rds3_full_has_metadata_and_a_view),
		TEST(databases_of_other_kinds),
		TEST(a_database_is_only_read),
	};

	return cmocka_run_group_tests_name("known", tests, NULL, NULL);
}
