/*
 * util.c: what the unit tests share.
 */
#include "util.h"

#include <dirent.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <spill/diag.h>

/* Memory that cannot be had is a NULL here, as without a sanitizer. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* --- bytes -------------------------------------------------------------- */

void *
exact(const void *p, size_t n)
{
	void *copy = malloc(n > 0 ? n : 1);

	assert_non_null(copy);
	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

void
each_short_text(void (*check)(struct spill_span))
{
	check((struct spill_span){ "", 0 });
	check((struct spill_span){ NULL, 0 });
	for (unsigned v = 0; v < 65536; v++) {
		char p[2] = { (char)(v >> 8), (char)v };

		check((struct spill_span){ p, 2 });
		if (v < 256)
			check((struct spill_span){ p + 1, 1 });
	}
}

bool
stands(unsigned c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != 0 && strchr("._-/+", (int)c) != NULL);
}

void
sha256(struct spill_span a, struct spill_span b, char hex[SPILL_SHA256_HEX + 1])
{
	struct spill_hash *h = NULL;
	uint8_t md[SPILL_SHA256_LEN];

	assert_int_equal(spill_hash_open(&h), SPILL_OK);
	spill_hash_put(h, a.p, a.len);
	spill_hash_put(h, b.p, b.len);
	assert_int_equal(spill_hash_done(h, md), SPILL_OK);
	spill_hash_free(&h);
	spill_hex(hex, md, sizeof(md));
	hex[SPILL_SHA256_HEX] = '\0';
}

/* --- chance ------------------------------------------------------------- */

uint32_t
dice(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

uint64_t
dice48(uint32_t *seed)
{
	uint64_t high = dice(seed, 1 << 24);

	return high << 24 | dice(seed, 1 << 24);
}

int64_t
random_sec(uint32_t *seed)
{
	uint64_t range = (uint64_t)(SPILL_TIME_MAX - SPILL_TIME_MIN + 1);

	return SPILL_TIME_MIN + (int64_t)(dice48(seed) % range);
}

/* --- time --------------------------------------------------------------- */

struct spill_time
at(const char *text)
{
	struct spill_time t;

	if (spill_time_parse(spill_span(text), &t, NULL) != SPILL_OK)
		fail_msg("'%s'", text);
	return t;
}

void
assert_same_time(struct spill_time a, struct spill_time b)
{
	assert_int_equal(a.set, b.set);
	if (!a.set)
		return;
	assert_true(a.sec == b.sec);
	assert_int_equal(a.nsec, b.nsec);
	assert_int_equal(a.prec, b.prec);
	assert_int_equal(a.zoned, b.zoned);
}

/* --- inputs ------------------------------------------------------------- */

int
memory(struct spill_span s)
{
	int fd = memfd_create("unit", MFD_CLOEXEC);

	assert_true(fd >= 0);
	for (size_t at = 0; at < s.len;) {
		ssize_t w = write(fd, s.p + at, s.len - at);

		assert_true(w > 0);
		at += (size_t)w;
	}
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

struct spill_in *
file(struct spill_span s)
{
	struct spill_in *in = NULL;

	assert_int_equal(spill_in_open(&in, memory(s), "file"), SPILL_OK);
	return in;
}

static void *
feeder(void *ctx)
{
	struct feed *f = ctx;
	size_t piece = f->piece > 0 ? f->piece : f->text.len;
	ssize_t w;

	for (size_t i = 0; i < f->text.len; i += (size_t)w) {
		w = write(
		    f->to, f->text.p + i, SPILL_MIN(piece, f->text.len - i));
		if (w <= 0)
			break;
		if (f->pause > 0)
			(void)usleep(f->pause);
	}
	(void)close(f->to);
	return NULL;
}

/* The thread gets no alarms: a test sends them to the reader. */
struct spill_in *
fed(struct feed *f, int flags)
{
	struct spill_in *in = NULL;
	sigset_t alarm, old;
	int fds[2];

	/* Of packets, a read gets one. */
	assert_int_equal(pipe2(fds, f->piece > 0 ? O_DIRECT : 0), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, flags), 0);
	f->from = fds[0];
	f->to = fds[1];
	(void)sigemptyset(&alarm);
	(void)sigaddset(&alarm, SIGALRM);
	(void)pthread_sigmask(SIG_BLOCK, &alarm, &old);
	assert_int_equal(pthread_create(&f->thread, NULL, feeder, f), 0);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	assert_int_equal(spill_in_open(&in, fds[0], "pipe"), SPILL_OK);
	return in;
}

void
fed_free(struct feed *f, struct spill_in **in)
{
	char c[4096];

	assert_int_equal(fcntl(f->from, F_SETFL, 0), 0);
	while (read(f->from, c, sizeof(c)) > 0)
		;
	(void)pthread_join(f->thread, NULL);
	spill_in_free(in);
}

/* --- standard error ----------------------------------------------------- */

static int real_err = -1, fake_err = -1;

int
capture(const char *program)
{
	(void)release(NULL);
	real_err = dup(STDERR_FILENO);
	fake_err = memfd_create("stderr", MFD_CLOEXEC);
	assert_true(real_err >= 0 && fake_err >= 0);
	assert_int_equal(dup2(fake_err, STDERR_FILENO), STDERR_FILENO);
	spill_diag_init(program, SPILL_NORMAL);
	return 0;
}

const char *
said(void)
{
	static char text[9000];
	ssize_t n = pread(fake_err, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	assert_int_equal(ftruncate(fake_err, 0), 0);
	lseek(fake_err, 0, SEEK_SET);
	return text;
}

int
release(void **state)
{
	(void)state;
	if (real_err < 0)
		return 0;
	dup2(real_err, STDERR_FILENO);
	close(fake_err);
	close(real_err);
	real_err = fake_err = -1;
	return 0;
}

/* --- a folder ----------------------------------------------------------- */

char folder[64];

int
folder_setup(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/spill_unit.XXXXXX");
	return mkdtemp(folder) == NULL;
}

int
folder_teardown(void **state)
{
	(void)state;
	return rmdir(folder);
}

unsigned
count_files(char hidden[300])
{
	DIR *d = opendir(folder);
	struct dirent *e;
	unsigned n = 0;

	assert_non_null(d);
	if (hidden != NULL)
		hidden[0] = '\0';
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		n++;
		if (hidden != NULL && e->d_name[0] == '.')
			(void)snprintf(hidden, 300, "%s", e->d_name);
	}
	closedir(d);
	return n;
}

/* --- children and terminals --------------------------------------------- */

void
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

int
exit_status(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

int
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
