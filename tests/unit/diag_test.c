/*
 * diag_test.c: messages and progress, on pipes and terminals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <spill/buf.h>
#include <spill/diag.h>

#include <cmocka.h>

static int real_err, fake_err;

/* Standard error is in memory. */
static int
setup(void **state)
{
	(void)state;
	real_err = dup(STDERR_FILENO);
	fake_err = memfd_create("stderr", MFD_CLOEXEC);
	assert_int_equal(dup2(fake_err, STDERR_FILENO), STDERR_FILENO);
	spill_diag_init("diag_test", SPILL_NORMAL);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	dup2(real_err, STDERR_FILENO);
	close(fake_err);
	return close(real_err);
}

/* What went to standard error since this was called last. */
static const char *
said(void)
{
	static char text[9000];
	ssize_t n = pread(fake_err, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	assert_int_equal(ftruncate(fake_err, 0), 0);
	lseek(fake_err, 0, SEEK_SET);
	return text;
}

static void
collect(int fd, struct spill_buf *b)
{
	char text[4096];
	ssize_t n;

	while ((n = read(fd, text, sizeof(text))) > 0) {
		spill_buf_put(b, text, (size_t)n);
		usleep(20);
	}
	close(fd);
	assert_int_equal(b->rc, SPILL_OK);
}

static int
exit_status(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
open_terminal(int *master)
{
	struct termios t;
	int slave;

	cfmakeraw(memset(&t, 0, sizeof(t)));
	t.c_cflag |= CREAD;
	if (openpty(master, &slave, NULL, &t, NULL) != 0)
		skip(); /* a container without terminals */
	return slave;
}

static void
messages(void **state)
{
	static const char *const want[] = { "p: e 1\n", "p: e 1\np: w\np: n\n",
		"p: e 1\np: w\np: n\np: i\n" };

	(void)state;
	for (int level = SPILL_QUIET; level <= SPILL_VERBOSE; level++) {
		spill_diag_init("p", (enum spill_level)level);
		assert_int_equal(spill_diag_level(), level);
		spill_err("e %d", 1);
		spill_warn("w");
		spill_note("n");
		spill_info("i");
		assert_string_equal(said(), want[level]);
	}
}

static void
messages_hostile(void **state)
{
	static char text[20000];
	const char *line;

	(void)state;
	spill_err("cannot read '%s'", "a\nb\x1b[31m\xc3\xa9\xff");
	assert_string_equal(said(), "diag_test: cannot read "
				    "'a\\x0ab\\x1b[31m\xc3\xa9\\xff'\n");
	spill_err("100%% of %s", "%s%n");
	assert_string_equal(said(), "diag_test: 100% of %s%n\n");
	/* However long: one line, and never half an escape. */
	for (int c = 0; c < 2; c++)
		for (size_t n = 900; n < 10000; n += n < 1050 ? 1 : 997) {
			memset(text, c == 0 ? 'x' : 1, n);
			text[n] = '\0';
			spill_err("%s", text);
			line = said();
			assert_in_range(strlen(line), 900, 5000);
			assert_ptr_equal(
			    strchr(line, '\n'), line + strlen(line) - 1);
			if (c == 1)
				assert_int_equal((strlen(line) - 12) % 4, 0);
		}
}

/* What a terminal as standard error shows of some calls, in a child. */
static const char *
shown(void (*calls)(void), bool terminal, enum spill_level level)
{
	static char text[1000];
	struct spill_buf b = SPILL_BUF_INIT(999);
	int fds[2];
	pid_t pid;

	if (terminal)
		fds[1] = open_terminal(&fds[0]);
	else
		assert_int_equal(pipe(fds), 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		spill_diag_init("p", level);
		calls();
		_exit(0);
	}
	close(fds[1]);
	collect(fds[0], &b);
	assert_int_equal(exit_status(pid), 0);
	snprintf(text, sizeof(text), "%s", spill_buf_str(&b));
	spill_buf_release(&b);
	return text;
}

static void
some_progress(void)
{
	spill_progress(1234567, 89, "reading");
	spill_progress(2345678, 90, "reading"); /* too soon */
	spill_err("oh");
	usleep(250000);
	spill_progress(3456789, 91, "sorting");
	spill_progress_end();
	spill_progress_end();
}

static void
progress(void **state)
{
	(void)state;
	assert_string_equal(shown(some_progress, true, SPILL_NORMAL),
	    "\r\033[Kp: reading, 1.2 MB, 89 rows\r\033[Kp: oh\n"
	    "\r\033[Kp: sorting, 3.5 MB, 91 rows\r\033[K");
	assert_string_equal(shown(some_progress, true, SPILL_QUIET), "p: oh\n");
	assert_string_equal(
	    shown(some_progress, false, SPILL_NORMAL), "p: oh\n");
	assert_string_equal(
	    shown(some_progress, false, SPILL_VERBOSE), "p: oh\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages),
		TEST(messages_hostile),
		TEST(progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
