/*
 * evidence_set_test.c: which files a path stands for, and what is refused.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/evidence_set.h>

#include "util.h"

static int
setup(void **state)
{
	(void)capture("test");
	return folder_setup(state) != 0 || chdir(folder) != 0;
}

static int
teardown(void **state)
{
	(void)release(state);
	return chdir("/") != 0 || folder_teardown(state) != 0;
}

/* Files of one byte, names with blanks between. */
static void
each(const char *names, void (*act)(const char *name))
{
	char name[64];

	while (*names != '\0') {
		size_t n = strcspn(names, " ");

		memcpy(name, names, n);
		name[n] = '\0';
		act(name);
		names += n + strspn(names + n, " ");
	}
}

static void
touch(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

static void
forget(const char *name)
{
	assert_int_equal(unlink(name), 0);
}

struct example {
	const char *files, *operand;
	enum spill_evidence_form form;
	const char *found; /* "path:number ..." */
	const char *says;
};

#define GAP(s) "test: 'x" s " missing\n"

static const struct example examples[] = {
	{ "x.dd x.dd2", "x.dd", SPILL_EVIDENCE_FILE, "x.dd:1", "" },
	{ "x x.E01", "x", SPILL_EVIDENCE_FILE, "x:1", "" },
	{ "x.E01", "x.E01", SPILL_EVIDENCE_EWF, "x.E01:1", "" },
	{ "x.E01 x.E02 x.E03 y.E02 x.E1 x.E00 x.txt xx.E02 x.E01.txt", "x.E01",
	    SPILL_EVIDENCE_EWF, "x.E01:1 x.E02:2 x.E03:3", "" },
	{ "x.e01 x.e02 x.log x.raw x.zip", "x.e02", SPILL_EVIDENCE_EWF,
	    "x.e01:1 x.e02:2", "" },
	{ "x.E01 x.e02", "x.E01", SPILL_EVIDENCE_EWF, "x.E01:1 x.e02:2", "" },
	{ "x.E01 x.e01 x.E02", "x.e01", SPILL_EVIDENCE_EWF, "x.e01:1 x.E02:2",
	    "" },
	{ "x.E01 x.E03", "x.E01", SPILL_EVIDENCE_EWF, "x.E01:1 x.E03:3",
	    GAP(".E01': segment .E02 is") },
	{ "x.E03 x.E06", "x.E06", SPILL_EVIDENCE_EWF, "x.E03:3 x.E06:6",
	    GAP(".E06': segments .E01 to .E02 are")
		GAP(".E06': segments .E04 to .E05 are") },
	{ "x.E98 x.E99 x.EAA x.EAB x.EAZ x.EBA x.TXT", "x.E98",
	    SPILL_EVIDENCE_EWF,
	    "x.E98:98 x.E99:99 x.EAA:100 x.EAB:101 x.EAZ:125 x.EBA:126",
	    GAP(".E98': segments .E01 to .E97 are")
		GAP(".E98': segments .EAC to .EAY are") },
	{ "x.s01 x.s02 x.txt", "x.s01", SPILL_EVIDENCE_EWF, "x.s01:1 x.s02:2",
	    "" },
	{ "x.001 x.002 x.01 x.2024", "x.001", SPILL_EVIDENCE_SPLIT,
	    "x.001:1 x.002:2", "" },
	{ "x.000 x.001 x.002", "x.001", SPILL_EVIDENCE_SPLIT,
	    "x.000:1 x.001:2 x.002:3", "" },
	{ "x.0 x.1", "x.0", SPILL_EVIDENCE_SPLIT, "x.0:1 x.1:2", "" },
	{ "x.2024 x.2023", "x.2024", SPILL_EVIDENCE_FILE, "x.2024:1", "" },
	{ "x.aa x.ab x.ac x.zz", "x.aa", SPILL_EVIDENCE_SPLIT,
	    "x.aa:1 x.ab:2 x.ac:3", "" },
	{ "x.ab x.ac", "x.ab", SPILL_EVIDENCE_FILE, "x.ab:1", "" },
	{ "x.aaa x.aab", "x.aaa", SPILL_EVIDENCE_SPLIT, "x.aaa:1 x.aab:2", "" },
	{ "x.raw x.img", "x.raw", SPILL_EVIDENCE_FILE, "x.raw:1", "" },
	{ "x.001", "x.001", SPILL_EVIDENCE_FILE, "x.001:1", "" },
};

static void
check_found(const struct spill_evidence_set *set, const char *want)
{
	char got[512] = "";
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct spill_evidence_file *f = &set->file[i];

		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%s:%u",
		    i > 0 ? " " : "", f->path, f->number);
		assert_int_equal(f->size, 1);
		assert_int_equal(
		    fcntl(f->fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDONLY);
		assert_int_equal(fcntl(f->fd, F_GETFD), FD_CLOEXEC);
	}
	assert_string_equal(got, want);
}

static void
sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(examples); i++) {
		const struct example *e = &examples[i];
		enum spill_evidence_why why = 99;
		struct spill_evidence_set *set = NULL;

		each(e->files, touch);
		assert_int_equal(
		    spill_evidence_open(e->operand, &set, &why), SPILL_OK);
		assert_string_equal(said(), e->says);
		assert_int_equal(set->form, e->form);
		assert_int_equal(why, SPILL_EVIDENCE_OPENED);
		check_found(set, e->found);
		assert_int_equal(set->name.len, 1);
		assert_int_equal(spill_evidence_changed(set), 0);
		spill_evidence_free(&set);
		assert_null(set);
		each(e->files, forget);
	}
}

/* 1,050 pieces: more than the usual limit of open files. */
static void
many(void **state)
{
	struct spill_evidence_set *set = NULL;
	char name[16];

	(void)state;
	for (unsigned i = 1; i <= 1050; i++) {
		(void)snprintf(name, sizeof(name), "x.%03u", i);
		touch(name);
	}
	assert_int_equal(spill_evidence_open("x.001", &set, NULL), SPILL_OK);
	assert_int_equal(set->n, 1050);
	assert_string_equal(set->file[999].path, "x.1000");
	spill_evidence_free(&set);
	for (unsigned i = 1; i <= 1050; i++) {
		(void)snprintf(name, sizeof(name), "x.%03u", i);
		forget(name);
	}
}

static void
check_refused(
    const char *path, int rc, enum spill_evidence_why want, const char *says)
{
	struct spill_evidence_set *set = NULL;
	enum spill_evidence_why why = 99;

	assert_int_equal(spill_evidence_open(path, &set, &why), rc);
	assert_int_equal(why, want);
	assert_null(set);
	assert_string_equal(said(), says);
}

static void
refused(void **state)
{
	int fd = open("empty.E01", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	close(fd);
	assert_int_equal(mkfifo("fifo.001", 0600), 0);
	assert_int_equal(mkdir("dir.E01", 0700), 0);
	assert_int_equal(symlink("gone", "link"), 0);
	each("x.Ex01 x.L01 y.001 y.002 y.004 y.007 z.aa z.ac", touch);
	check_refused("none.E01", SPILL_EIO, SPILL_EVIDENCE_ABSENT,
	    "test: cannot open 'none.E01': No such file or directory\n");
	check_refused("link", SPILL_EIO, SPILL_EVIDENCE_ABSENT,
	    "test: cannot open 'link': No such file or directory\n");
	check_refused("-a\nb", SPILL_EIO, SPILL_EVIDENCE_ABSENT,
	    "test: cannot open '-a\\x0ab': No such file or directory\n");
	check_refused("x.Ex01/y", SPILL_EIO, SPILL_EVIDENCE_ABSENT,
	    "test: cannot open 'x.Ex01/y': Not a directory\n");
	check_refused("empty.E01", SPILL_EFORMAT, SPILL_EVIDENCE_EMPTY,
	    "test: cannot open 'empty.E01': it is empty\n");
	check_refused("dir.E01", SPILL_EFORMAT, SPILL_EVIDENCE_FOLDER,
	    "test: cannot open 'dir.E01': it is a folder\n");
	check_refused("fifo.001", SPILL_EFORMAT, SPILL_EVIDENCE_SPECIAL,
	    "test: cannot open 'fifo.001': it is a pipe\n");
	check_refused("/dev/null", SPILL_EFORMAT, SPILL_EVIDENCE_SPECIAL,
	    "test: cannot open '/dev/null': it is not a file or a block "
	    "device\n");
	check_refused("x.Ex01", SPILL_EFORMAT, SPILL_EVIDENCE_NAMED,
	    "test: cannot open 'x.Ex01': by its name it is an EnCase image of "
	    "version 2 or logical evidence, which are not read yet\n");
	check_refused("x.L01", SPILL_EFORMAT, SPILL_EVIDENCE_NAMED,
	    "test: cannot open 'x.L01': by its name it is an EnCase image of "
	    "version 2 or logical evidence, which are not read yet\n");
	check_refused("y.001", SPILL_EDAMAGED, SPILL_EVIDENCE_GAP,
	    "test: 'y.001': segment .003 is missing\n"
	    "test: 'y.001': segments .005 to .006 are missing\n");
	check_refused("z.aa", SPILL_EDAMAGED, SPILL_EVIDENCE_GAP,
	    "test: 'z.aa': segment .ab is missing\n");
	each("empty.E01 fifo.001 link x.Ex01 x.L01 y.001 y.002 y.004 y.007 "
	     "z.aa z.ac",
	    forget);
	assert_int_equal(rmdir("dir.E01"), 0);
}

static void
unreadable(void **state)
{
	(void)state;
	touch("x.dd");
	assert_int_equal(chmod("x.dd", 0), 0);
	assert_int_equal(chmod(".", 0755), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	check_refused("x.dd", SPILL_EIO, SPILL_EVIDENCE_REFUSED,
	    "test: cannot open 'x.dd': Permission denied\n");
	(void)!seteuid(getuid());
	forget("x.dd");
}

static size_t
changes(const char *path, void (*act)(const char *))
{
	struct spill_evidence_set *set = NULL;
	size_t n;

	touch(path);
	assert_int_equal(spill_evidence_open(path, &set, NULL), SPILL_OK);
	act(path);
	n = spill_evidence_changed(set);
	spill_evidence_free(&set);
	(void)unlink(path);
	return n;
}

static void
append(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_int_equal(write(fd, "y", 1), 1);
	close(fd);
}

static void
empty(const char *path)
{
	assert_int_equal(truncate(path, 0), 0);
}

static void
replace(const char *path)
{
	touch("other");
	assert_int_equal(rename("other", path), 0);
}

static void
just_read(const char *path)
{
	char c;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_int_equal(read(fd, &c, 1), 1);
	close(fd);
}

static void
changed(void **state)
{
	(void)state;
	assert_int_equal(changes("x.dd", just_read), 0);
	assert_string_equal(said(), "");
	assert_int_equal(changes("x.dd", append), 1);
	assert_string_equal(
	    said(), "test: evidence 'x.dd' changed while it was read\n");
	assert_int_equal(changes("x.dd", empty), 1);
	assert_int_equal(changes("x.dd", replace), 1);
	(void)said();
	assert_int_equal(changes("x.dd", forget), 1);
	assert_string_equal(said(),
	    "test: evidence 'x.dd' changed while it was read: it is gone\n");
}

/* Reading leaves no trace. */
static void
times(void **state)
{
	const struct timespec old[2] = { { 1000000000, 1 }, { 2000000000, 2 } };
	struct spill_evidence_set *set = NULL;
	struct stat st;
	char c;

	(void)state;
	touch("x.dd");
	assert_int_equal(utimensat(AT_FDCWD, "x.dd", old, 0), 0);
	assert_int_equal(spill_evidence_open("./x.dd", &set, NULL), SPILL_OK);
	assert_int_equal(pread(set->file[0].fd, &c, 1, 0), 1);
	assert_int_equal(stat("x.dd", &st), 0);
	assert_int_equal(st.st_atim.tv_sec, 1000000000);
	assert_int_equal(st.st_mtim.tv_nsec, 2);
	assert_int_equal(spill_evidence_changed(set), 0);
	spill_evidence_free(&set);
	forget("x.dd");
}

/* split(1), once the names of two places are used up. */
static void
split_goes_on(void **state)
{
	static const struct {
		const char *given, *last;
		unsigned n;
	} cases[] = { { "x.aa", "x.zaab", 652 }, { "x.zaaa", "x.zaab", 652 },
		{ "x.00", "x.9001", 92 } };

	(void)state;
	for (size_t c = 0; c < SPILL_COUNT(cases); c++) {
		bool digits = cases[c].last[2] == '9';
		struct spill_evidence_set *set = NULL;
		char name[652][16];

		for (unsigned i = 0; i < cases[c].n; i++) {
			if (digits)
				snprintf(name[i], sizeof(name[i]),
				    i < 90 ? "x.%02u" : "x.%u",
				    i < 90 ? i : i + 8910);
			else if (i < 650)
				snprintf(name[i], sizeof(name[i]), "x.%c%c",
				    'a' + i / 26, 'a' + i % 26);
			else
				snprintf(name[i], sizeof(name[i]), "x.zaa%c",
				    'a' + i - 650);
			touch(name[i]);
		}
		assert_string_equal(name[cases[c].n - 1], cases[c].last);
		assert_int_equal(
		    spill_evidence_open(cases[c].given, &set, NULL), SPILL_OK);
		assert_string_equal(said(), "");
		assert_int_equal(set->n, cases[c].n);
		for (unsigned i = 0; i < set->n; i++) {
			assert_string_equal(set->file[i].path, name[i]);
			assert_int_equal(set->file[i].number, i + 1);
			forget(name[i]);
		}
		spill_evidence_free(&set);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split_goes_on),
		cmocka_unit_test(sets),
		cmocka_unit_test(many),
		cmocka_unit_test(refused),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(changed),
		cmocka_unit_test(times),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
