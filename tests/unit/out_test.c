/*
 * out_test.c: outputs to files, pipes and terminals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <dirent.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <spill/buf.h>
#include <spill/diag.h>
#include <spill/hash.h>
#include <spill/out.h>
#include <spill/utf8.h>

#include <cmocka.h>

static char folder[64];
static int real_err, fake_err;

static uint32_t
dice(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

/* Each test has an empty folder, and standard error in memory. */
static int
setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/out_test.XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	real_err = dup(STDERR_FILENO);
	fake_err = memfd_create("stderr", MFD_CLOEXEC);
	assert_true(real_err >= 0 && fake_err >= 0);
	assert_int_equal(dup2(fake_err, STDERR_FILENO), STDERR_FILENO);
	spill_diag_init("out_test", SPILL_NORMAL);
	return 0;
}

static int
teardown(void **state)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	(void)state;
	dup2(real_err, STDERR_FILENO);
	close(real_err);
	close(fake_err);
	while (d != NULL && (e = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), e->d_name,
		    strcmp(e->d_name, "dir") == 0 ? AT_REMOVEDIR : 0);
	closedir(d);
	return chdir("/") + rmdir(folder);
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

/* How many names are in the folder, and the last that begins with a dot. */
static unsigned
count_files(char temp[300])
{
	DIR *d = opendir(folder);
	struct dirent *e;
	unsigned n = 0;

	assert_non_null(d);
	temp[0] = '\0';
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		n++;
		if (e->d_name[0] == '.')
			snprintf(temp, 300, "%s", e->d_name);
	}
	closedir(d);
	return n;
}

static void
put_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
assert_file(const char *name, const char *want, size_t n)
{
	FILE *f = fopen(name, "r");
	char *got = malloc(n + 2);

	assert_non_null(f);
	assert_non_null(got);
	assert_int_equal(fread(got, 1, n + 2, f), n);
	assert_memory_equal(got, want, n);
	fclose(f);
	free(got);
}

/* --- files -------------------------------------------------------------- */

static void
file_whole(void **state)
{
	struct spill_out *o = NULL;
	mode_t mask = umask(027);
	char temp[300];
	struct stat st;

	(void)state;
	assert_int_equal(spill_out_open(&o, "x.csv"), SPILL_OK);
	assert_string_equal(spill_out_name(o), "x.csv");
	spill_out_put(o, "one\n", 4);
	spill_out_put(o, NULL, 0);
	memcpy(spill_out_room(o, 100), "two\n", 4);
	spill_out_took(o, 4);
	assert_true(spill_out_bytes(o) == 8);
	/* Nothing has that name before it is whole. */
	assert_int_equal(spill_out_flush(o), SPILL_OK);
	assert_int_equal(count_files(temp), 1);
	assert_int_equal(strncmp(temp, ".x.csv.", 7), 0);
	assert_file(temp, "one\ntwo\n", 8);
	assert_false(spill_out_failed(o));
	assert_int_equal(spill_out_close(&o), SPILL_OK);
	assert_null(o);
	assert_int_equal(count_files(temp), 1);
	assert_file("x.csv", "one\ntwo\n", 8);
	assert_int_equal(stat("x.csv", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_nlink, 1);
	assert_string_equal(said(), "");
	umask(mask);
}

static void
file_aborted(void **state)
{
	struct spill_out *o = NULL;
	char temp[300];

	(void)state;
	assert_int_equal(spill_out_open(&o, "./x"), SPILL_OK);
	spill_out_put(o, "x", 1);
	assert_int_equal(spill_out_flush(o), SPILL_OK);
	assert_int_equal(count_files(temp), 1);
	spill_out_abort(&o);
	assert_null(o);
	assert_int_equal(count_files(temp), 0);
	spill_out_abort(&o);
}

/* All temporaries go, whichever was opened or closed last. */
static void
file_emergency(void **state)
{
	struct spill_out *o[3];
	char temp[300];

	(void)state;
	spill_out_emergency();
	assert_int_equal(spill_out_open(&o[0], "a"), SPILL_OK);
	assert_int_equal(spill_out_open(&o[1], "b"), SPILL_OK);
	assert_int_equal(spill_out_open(&o[2], "c"), SPILL_OK);
	assert_int_equal(spill_out_close(&o[1]), SPILL_OK);
	assert_int_equal(count_files(temp), 3);
	spill_out_emergency();
	assert_int_equal(count_files(temp), 1);
	assert_file("b", "", 0);
	assert_int_equal(spill_out_close(&o[0]), SPILL_EIO);
	spill_out_abort(&o[2]);
	spill_out_emergency();
	assert_file("b", "", 0);
}

static void
file_exists(void **state)
{
	static const char *const names[] = { "old", "dir", "link", "lost" };
	struct spill_out *o = NULL;
	char temp[300], want[200];

	(void)state;
	put_file("old", "precious");
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(symlink("old", "link"), 0);
	assert_int_equal(symlink("nowhere", "lost"), 0);
	for (size_t i = 0; i < SPILL_COUNT(names); i++) {
		assert_int_equal(spill_out_open(&o, names[i]), SPILL_EUSAGE);
		assert_null(o);
		snprintf(want, sizeof(want),
		    "out_test: '%s' exists: it is not overwritten\n", names[i]);
		assert_string_equal(said(), want);
	}
	assert_file("old", "precious", 8);
	assert_int_equal(count_files(temp), 4);
}

/* One came up while we wrote: it stays, we have failed. */
static void
file_came_up(void **state)
{
	struct spill_out *o = NULL;
	char temp[300];

	(void)state;
	assert_int_equal(spill_out_open(&o, "x"), SPILL_OK);
	spill_out_put(o, "ours", 4);
	put_file("x", "theirs");
	assert_int_equal(spill_out_close(&o), SPILL_EIO);
	assert_null(o);
	assert_file("x", "theirs", 6);
	assert_int_equal(count_files(temp), 1);
	assert_string_equal(
	    said(), "out_test: 'x' exists: it is not overwritten\n");
}

static void
file_impossible(void **state)
{
	static const char *const names[] = { "no/such", "dir/", "",
		"/dev/null/x", "a\nb/\x1b" };
	struct spill_out *o = NULL;
	char temp[300];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(names); i++) {
		if (spill_out_open(&o, names[i]) != SPILL_EIO)
			fail_msg("'%s'", names[i]);
		assert_null(o);
		assert_int_equal(
		    strncmp(said(), "out_test: cannot write '", 24), 0);
		assert_int_equal(count_files(temp), 0);
	}
	(void)spill_out_open(&o, "a\nb/\x1b");
	assert_string_equal(said(), "out_test: cannot write 'a\\x0ab/\\x1b': "
				    "No such file or directory\n");
}

/* Many puts of all sizes, some larger than any buffer, and the hash. */
static void
file_large(void **state)
{
	static char text[3 << 20];
	struct spill_out *o = NULL;
	struct spill_hash *h = NULL;
	uint8_t md[SPILL_SHA256_LEN];
	char hex[65] = "", want[65] = "";
	uint32_t seed = 1;
	size_t at = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)dice(&seed, 256);
	assert_int_equal(spill_out_open(&o, "x"), SPILL_OK);
	spill_out_put(o, text, 5);
	/* From now on: not what came before. */
	assert_int_equal(spill_out_hash(o), SPILL_OK);
	while (at < sizeof(text)) {
		size_t n = dice(&seed, 1u << dice(&seed, 21));

		n = SPILL_MIN(n, sizeof(text) - at);
		spill_out_put(o, text + at, n);
		at += n;
		assert_true(spill_out_bytes(o) == at);
	}
	assert_int_equal(spill_out_digest(o, hex), SPILL_OK);
	assert_int_equal(spill_hash_open(&h), SPILL_OK);
	spill_hash_put(h, text + 5, sizeof(text) - 5);
	assert_int_equal(spill_hash_done(h, md), SPILL_OK);
	spill_hex(want, md, sizeof(md));
	assert_string_equal(hex, want);
	spill_hash_free(&h);
	assert_int_equal(spill_out_close(&o), SPILL_OK);
	assert_file("x", text, sizeof(text));
}

/* --- what refuses to be written ----------------------------------------- */

static void
check_full(struct spill_out *o, const char *name)
{
	static char text[300000];
	char want[200];

	spill_out_put(o, "x", 1);
	assert_false(spill_out_failed(o)); /* it is in the buffer */
	assert_int_equal(spill_out_flush(o), SPILL_EIO);
	assert_true(spill_out_failed(o));
	spill_out_put(o, text, sizeof(text));
	assert_null(spill_out_room(o, 1));
	assert_int_equal(spill_out_flush(o), SPILL_EIO);
	assert_int_equal(spill_out_close(&o), SPILL_EIO);
	snprintf(want, sizeof(want),
	    "out_test: cannot write '%s': No space left on device\n", name);
	assert_string_equal(said(), want);
}

static void
full(void **state)
{
	struct spill_out *o = NULL;
	int saved = dup(STDOUT_FILENO), fd;

	(void)state;
	fflush(stdout);
	assert_int_equal(spill_out_open(&o, "/dev/full"), SPILL_OK);
	check_full(o, "/dev/full");
	/* The last bytes are written by close alone. */
	assert_int_equal(spill_out_open(&o, "/dev/full"), SPILL_OK);
	spill_out_put(o, "x", 1);
	assert_int_equal(spill_out_close(&o), SPILL_EIO);
	assert_int_equal(spill_out_open(&o, "/dev/null"), SPILL_OK);
	spill_out_put(o, "x", 1);
	assert_int_equal(spill_out_close(&o), SPILL_OK);
	(void)said();
	fd = open("/dev/full", O_WRONLY);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	assert_int_equal(spill_out_open(&o, NULL), SPILL_OK);
	check_full(o, "standard output");
	dup2(saved, STDOUT_FILENO);
	close(saved);
}

/* Standard output that was closed before we came. */
static void
closed(void **state)
{
	struct spill_out *o = NULL;
	int saved = dup(STDOUT_FILENO), rc;

	(void)state;
	fflush(stdout);
	close(STDOUT_FILENO);
	rc = spill_out_open(&o, NULL);
	assert_int_equal(rc, SPILL_OK);
	spill_out_put(o, "x", 1);
	rc = spill_out_close(&o);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(rc, SPILL_EIO);
	assert_non_null(strstr(said(), "cannot write 'standard output'"));
}

/* --- pipes -------------------------------------------------------------- */

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

/* In a child: all of the text to descriptor fd as standard output. */
static pid_t
writer(int fd, struct spill_span text)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct spill_out *o = NULL;

		dup2(fd, STDOUT_FILENO);
		spill_out_open(&o, NULL);
		spill_out_put(o, text.p, text.len);
		_exit(spill_out_close(&o) == SPILL_OK ? 0 : 1);
	}
	close(fd);
	return pid;
}

static int
exit_status(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A slow reader, and a pipe that says EAGAIN meanwhile. */
static void
pipe_slow(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(9 << 20);
	static char text[2 << 20];
	uint32_t seed = 2;
	int fds[2];
	pid_t pid;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)dice(&seed, 256);
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, 0), 0);
	pid = writer(fds[1], (struct spill_span){ text, sizeof(text) });
	collect(fds[0], &b);
	assert_int_equal(exit_status(pid), 0);
	assert_int_equal(b.len, sizeof(text));
	assert_memory_equal(b.p, text, sizeof(text));
	spill_buf_release(&b);
}

static void
pipe_broken(void **state)
{
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(exit_status(writer(fds[1], SPILL_SPAN("x"))), 1);
	assert_string_equal(
	    said(), "out_test: cannot write 'standard output': Broken pipe\n");
	signal(SIGPIPE, SIG_DFL);
}

/* --- terminals ---------------------------------------------------------- */

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

/* Lines and tabs stay; what is between them is neutral text. */
static void
expect(struct spill_buf *b, struct spill_span s)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		n = 0;
		while (
		    i + n < s.len && s.p[i + n] != '\n' && s.p[i + n] != '\t')
			n++;
		if (n > 0) {
			size_t len = spill_neutral(NULL, 0, s.p + i, n);
			char *to = spill_buf_room(b, len + 1);

			spill_neutral(to, len + 1, s.p + i, n);
			b->len += len;
		} else {
			spill_buf_putc(b, s.p[i]);
			n = 1;
		}
	}
}

static void
check_terminal(struct spill_span text)
{
	struct spill_buf got = SPILL_BUF_INIT(9 << 20);
	struct spill_buf want = SPILL_BUF_INIT(9 << 20);
	int master, slave = open_terminal(&master);
	pid_t pid = writer(slave, text);

	collect(master, &got);
	assert_int_equal(exit_status(pid), 0);
	expect(&want, text);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.p, want.p, want.len);
	spill_buf_release(&got);
	spill_buf_release(&want);
}

static void
terminal_neutral(void **state)
{
	static const char *const words[] = { "a", "\n", "\t", "\x1b[2J", "\r",
		"\xc3\xa9", "\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x98\x80",
		"\xff", "\xc3", "\xe6\x97", "\x80\x80\x80\x80\x80", "\xc2\x9b",
		"\xe2\x80\xae", "\x7f", "long plain text " };
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	uint32_t seed = 3;

	(void)state;
	check_terminal(SPILL_SPAN("h\xc3\xa9llo\n\t\x1b]0;x\x07\r\n\0"));
	check_terminal(SPILL_SPAN("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"));
	for (unsigned i = 0; i < SPILL_COUNT(words); i++) {
		spill_buf_reset(&b);
		for (unsigned k = 0; k < 700; k++)
			spill_buf_puts(&b, words[i]);
		check_terminal(spill_buf_as_span(&b));
	}
	for (unsigned i = 0; i < 100; i++) {
		unsigned few = 1 + dice(&seed, SPILL_COUNT(words));

		spill_buf_reset(&b);
		for (unsigned k = 0; k < 400; k++)
			spill_buf_puts(&b, words[dice(&seed, few)]);
		check_terminal(spill_buf_as_span(&b));
	}
	spill_buf_release(&b);
}

/* By name, too; but a file or a pipe gets every byte as it is. */
static void
terminal_named(void **state)
{
	static const char text[] = "a\x1b\n";
	int master, slave = open_terminal(&master), fds[2];
	struct spill_buf b = SPILL_BUF_INIT(100);
	struct spill_out *o = NULL;

	(void)state;
	assert_int_equal(spill_out_open(&o, ttyname(slave)), SPILL_OK);
	spill_out_put(o, text, 3);
	assert_int_equal(spill_out_close(&o), SPILL_OK);
	close(slave);
	collect(master, &b);
	assert_string_equal(spill_buf_str(&b), "a\\x1b\n");
	spill_buf_reset(&b);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(
	    exit_status(writer(fds[1], (struct spill_span){ text, 3 })), 0);
	collect(fds[0], &b);
	assert_string_equal(spill_buf_str(&b), text);
	spill_buf_release(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(file_whole),
		TEST(file_aborted),
		TEST(file_emergency),
		TEST(file_exists),
		TEST(file_came_up),
		TEST(file_impossible),
		TEST(file_large),
		TEST(full),
		TEST(closed),
		TEST(pipe_slow),
		TEST(pipe_broken),
		TEST(terminal_neutral),
		TEST(terminal_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
