/*
 * scratch_test.c: files without a name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/scratch.h>

#include <cmocka.h>

static char folder[64];

static int
setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/scratch_test.XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	return rmdir(folder);
}

static unsigned
count_files(void)
{
	DIR *d = opendir(folder);
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void
nothing_is_left(void **state)
{
	int fd[20];
	struct stat st;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(fd); i++) {
		assert_int_equal(spill_scratch_open(folder, &fd[i]), SPILL_OK);
		assert_int_equal(count_files(), 0);
		assert_int_equal(fstat(fd[i], &st), 0);
		assert_true(S_ISREG(st.st_mode));
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(st.st_nlink, 0);
		assert_int_equal(fcntl(fd[i], F_GETFD), FD_CLOEXEC);
	}
	for (size_t i = 0; i < SPILL_COUNT(fd); i++)
		close(fd[i]);
	assert_int_equal(count_files(), 0);
}

/* What happened in the folder: one was made in it and is gone again. The
 * mode of it cannot be seen any more, but the umask cannot widen it. */
static void
made_and_removed(void **state)
{
	_Alignas(struct inotify_event) char buf[4096];
	int watch = inotify_init1(IN_CLOEXEC), fd;
	mode_t mask = umask(0);
	unsigned made = 0, gone = 0;
	struct stat st;
	ssize_t n;

	(void)state;
	assert_true(watch >= 0);
	assert_true(
	    inotify_add_watch(watch, folder, IN_CREATE | IN_DELETE) >= 0);
	assert_int_equal(spill_scratch_open(folder, &fd), SPILL_OK);
	umask(mask);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	close(fd);
	n = read(watch, buf, sizeof(buf));
	for (char *p = buf; p < buf + n;) {
		struct inotify_event *e = (void *)p;

		assert_true(e->mask & IN_ISDIR);
		made += (e->mask & IN_CREATE) != 0;
		gone += (e->mask & IN_DELETE) != 0;
		p += sizeof(*e) + e->len;
	}
	close(watch);
	assert_int_equal(made, 1);
	assert_int_equal(gone, 1);
}

static void
signals_stay_as_they_were(void **state)
{
	sigset_t before, after;
	int fd;

	(void)state;
	sigemptyset(&before);
	sigaddset(&before, SIGUSR2);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
	assert_int_equal(spill_scratch_open(folder, &fd), SPILL_OK);
	close(fd);
	assert_int_equal(spill_scratch_open("/nowhere", &fd), SPILL_EIO);
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int sig = 1; sig < SIGRTMAX; sig++)
		assert_int_equal(sigismember(&after, sig), sig == SIGUSR2);
	sigemptyset(&before);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

static void
which_folder(void **state)
{
	char *long_name = malloc(10000);
	int fd = -7;

	(void)state;
	assert_non_null(long_name);
	memset(long_name, 'x', 9999);
	long_name[9999] = '\0';
	assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
	assert_int_equal(spill_scratch_open(NULL, &fd), SPILL_EIO);
	assert_int_equal(spill_scratch_open(long_name, &fd), SPILL_EIO);
	assert_int_equal(spill_scratch_open("/dev/null", &fd), SPILL_EIO);
	assert_int_equal(fd, -7); /* untouched */
	/* The argument goes before the variable, that before /var/tmp. */
	assert_int_equal(spill_scratch_open(folder, &fd), SPILL_OK);
	close(fd);
	assert_int_equal(setenv("TMPDIR", folder, 1), 0);
	assert_int_equal(spill_scratch_open(NULL, &fd), SPILL_OK);
	close(fd);
	assert_int_equal(setenv("TMPDIR", "", 1), 0);
	assert_int_equal(spill_scratch_open(NULL, &fd), SPILL_OK);
	close(fd);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	assert_int_equal(spill_scratch_open(NULL, &fd), SPILL_OK);
	close(fd);
	free(long_name);
}

/* In the first 4 GiB and beyond, over the border and far away. */
static void
far_offsets(void **state)
{
	static const uint64_t at[] = { 0, 4095, ((uint64_t)1 << 31) - 3,
		((uint64_t)1 << 32) - 3, (uint64_t)5 << 32,
		((uint64_t)1 << 40) + 1 };
	char text[] = "0 of them", back[sizeof(text)];
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(spill_scratch_open(folder, &fd), SPILL_OK);
	for (size_t i = 0; i < SPILL_COUNT(at); i++) {
		text[0] = (char)('0' + i);
		assert_int_equal(
		    spill_scratch_write(fd, text, sizeof(text), at[i]),
		    SPILL_OK);
	}
	for (size_t i = 0; i < SPILL_COUNT(at); i++) {
		text[0] = (char)('0' + i);
		assert_int_equal(
		    spill_scratch_read(fd, back, sizeof(back), at[i]),
		    SPILL_OK);
		assert_memory_equal(back, text, sizeof(text));
	}
	/* A hole is zeros; behind the end there is nothing, nor half of it. */
	assert_int_equal(spill_scratch_read(fd, back, 2, 1 << 20), SPILL_OK);
	assert_memory_equal(back, "\0", 2);
	assert_int_equal(
	    spill_scratch_read(fd, back, 2, at[5] + sizeof(text) - 1),
	    SPILL_EIO);
	assert_int_equal(
	    spill_scratch_read(fd, back, 1, at[5] + sizeof(text)), SPILL_EIO);
	assert_int_equal(
	    spill_scratch_read(fd, back, 0, at[5] + sizeof(text)), SPILL_OK);
	spill_scratch_punch(fd, 0, (uint64_t)1 << 32);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, at[5] + sizeof(text));
	assert_int_equal(spill_scratch_read(fd, back, 1, at[4]), SPILL_OK);
	assert_int_equal(back[0], '4');
	close(fd);
}

static void
punch_gives_back(void **state)
{
	const size_t len = (size_t)4 << 20;
	char *p = malloc(len), c = 0;
	struct stat before, after;
	int fd;

	(void)state;
	assert_non_null(p);
	memset(p, 'x', len);
	assert_int_equal(spill_scratch_open(folder, &fd), SPILL_OK);
	assert_int_equal(spill_scratch_write(fd, p, len, 0), SPILL_OK);
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(fstat(fd, &before), 0);
	spill_scratch_punch(fd, 0, len / 2);
	assert_int_equal(fstat(fd, &after), 0);
	assert_true(after.st_size == before.st_size);
	assert_true(after.st_blocks <= before.st_blocks);
	assert_int_equal(spill_scratch_read(fd, &c, 1, len / 2), SPILL_OK);
	assert_int_equal(c, 'x');
	spill_scratch_punch(fd, 0, 0);
	spill_scratch_punch(fd, UINT64_MAX, 5); /* nonsense is no harm */
	close(fd);
	free(p);
}

/* The file system is full: not a byte more may be said to be written. */
static void
full_disk(void **state)
{
	const size_t len = 100000;
	char *p = calloc(1, len);
	struct rlimit was, less;
	int fd, rc[4];

	(void)state;
	assert_non_null(p);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(spill_scratch_open(folder, &fd), SPILL_OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	less = (struct rlimit){ len + len / 2, was.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
	rc[0] = spill_scratch_write(fd, p, len, 0);
	rc[1] = spill_scratch_write(fd, p, len, len); /* half of it */
	rc[2] = spill_scratch_write(fd, p, 1, len * 2);
	rc[3] = spill_scratch_write(fd, p, len / 2, len);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(rc[0], SPILL_OK);
	assert_int_equal(rc[1], SPILL_EIO);
	assert_int_equal(rc[2], SPILL_EIO);
	assert_int_equal(rc[3], SPILL_OK);
	close(fd);
	free(p);
}

static void
bad_descriptor(void **state)
{
	char c = 'x';

	(void)state;
	assert_int_equal(spill_scratch_write(-1, &c, 1, 0), SPILL_EIO);
	assert_int_equal(spill_scratch_read(-1, &c, 1, 0), SPILL_EIO);
	assert_int_equal(spill_scratch_write(-1, &c, 0, 0), SPILL_OK);
	spill_scratch_punch(-1, 0, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_left),
		cmocka_unit_test(made_and_removed),
		cmocka_unit_test(signals_stay_as_they_were),
		cmocka_unit_test(which_folder),
		cmocka_unit_test(far_offsets),
		cmocka_unit_test(punch_gives_back),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(bad_descriptor),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
