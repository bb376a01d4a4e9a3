#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/buf.h>
#include <spill/diag.h>
#include <spill/hash.h>
#include <spill/out.h>
#include <spill/utf8.h>

#define OUT_BUFFER ((size_t)256 << 10)

struct spill_out {
	int fd;
	char *name; /* for messages; the final path of a file */
	char *temp; /* what to rename, or NULL */
	char *buf;
	size_t len, cap;
	uint64_t bytes; /* put so far, those in buf included */
	struct spill_hash *hash;
	bool terminal, failed;
};

/* The temporary outputs of the process, for the signal handler. */
static char *volatile temps[4];

void
spill_out_emergency(void)
{
	for (size_t i = 0; i < SPILL_COUNT(temps); i++)
		if (temps[i] != NULL)
			(void)unlink(temps[i]);
}

/* Put one in the place of another, NULL being none. */
static void
note_temp(const char *old, char *new)
{
	for (size_t i = 0; i < SPILL_COUNT(temps); i++)
		if (temps[i] == old) {
			temps[i] = new;
			return;
		}
}

static int
open_temp(struct spill_out *o, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t dir = slash != NULL ? (size_t)(slash - path) + 1 : 0;
	struct spill_buf b = SPILL_BUF_INIT(8192);
	mode_t mask = umask(077);
	sigset_t all, old;
	int err;

	spill_buf_put(&b, path, dir);
	/* A name may be as long as names can be; this one has more to it. */
	spill_buf_printf(&b, ".%.200s.XXXXXX", path + dir);
	umask(mask);
	if (b.rc == SPILL_OK)
		o->temp = strdup(spill_buf_str(&b));
	spill_buf_release(&b);
	if (o->temp == NULL)
		return SPILL_ENOMEM;
	/* A signal in here must find the file in the list, or no file. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	errno = ENOENT;
	o->fd = path[dir] != '\0' ? mkostemp(o->temp, O_CLOEXEC) : -1;
	err = errno;
	if (o->fd >= 0)
		note_temp(NULL, o->temp);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (o->fd < 0) {
		spill_err("cannot write '%s': %s", path, strerror(err));
		free(o->temp);
		o->temp = NULL;
		return SPILL_EIO;
	}
	(void)fchmod(o->fd, 0666 & ~mask);
	return SPILL_OK;
}

static int
open_path(struct spill_out *o, const char *path)
{
	struct stat st;

	/* A link that leads nowhere is a name that is taken, too. */
	if (stat(path, &st) != 0 && lstat(path, &st) != 0)
		return open_temp(o, path);
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode) ||
	    S_ISLNK(st.st_mode)) {
		spill_err("'%s' exists: it is not overwritten", path);
		return SPILL_EUSAGE;
	}
	o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (o->fd < 0) {
		spill_err("cannot write '%s': %s", path, strerror(errno));
		return SPILL_EIO;
	}
	return SPILL_OK;
}

int
spill_out_open(struct spill_out **out, const char *path)
{
	struct spill_out *o = calloc(1, sizeof(*o));
	int rc = SPILL_ENOMEM;

	if (o == NULL)
		return SPILL_ENOMEM;
	o->fd = STDOUT_FILENO;
	o->name = strdup(path != NULL ? path : "standard output");
	o->buf = malloc(OUT_BUFFER);
	o->cap = OUT_BUFFER;
	if (o->name != NULL && o->buf != NULL)
		rc = path != NULL ? open_path(o, path) : SPILL_OK;
	if (rc != SPILL_OK) {
		spill_out_abort(&o);
		return rc;
	}
	o->terminal = isatty(o->fd) == 1;
	*out = o;
	return SPILL_OK;
}

int
spill_out_hash(struct spill_out *o)
{
	int rc = spill_out_flush(o); /* what is waiting came before */

	return rc == SPILL_OK ? spill_hash_open(&o->hash) : rc;
}

static void
fail(struct spill_out *o)
{
	if (!o->failed)
		spill_err("cannot write '%s': %s", o->name, strerror(errno));
	o->failed = true;
}

void
spill_out_break(struct spill_out *o)
{
	errno = ENOMEM;
	fail(o);
}

static void
write_all(struct spill_out *o, const char *p, size_t n)
{
	while (n > 0 && !o->failed) {
		ssize_t w = write(o->fd, p, n);
		struct pollfd wait = { .fd = o->fd, .events = POLLOUT };

		if (w >= 0) {
			p += w;
			n -= (size_t)w;
		} else if (errno == EAGAIN) {
			(void)poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			fail(o);
		}
	}
}

/* For terminals: lines stay lines, all else that acts is made visible. */
static void
write_neutral(struct spill_out *o, const char *p, size_t n)
{
	enum { PIECE = 255 };
	char piece[4 * PIECE + 1];

	while (n > 0 && !o->failed) {
		size_t plain = 0, max = SPILL_MIN(n, (size_t)PIECE);

		if (*p == '\n' || *p == '\t') {
			write_all(o, p, 1);
			p++;
			n--;
			continue;
		}
		while (plain < max && p[plain] != '\n' && p[plain] != '\t')
			plain++;
		/* Never cut a character in two. */
		while (plain == max && plain < n && max > PIECE - 3 &&
		       ((unsigned char)p[max] & 0xc0) == 0x80)
			plain = --max;
		(void)spill_neutral(piece, sizeof(piece), p, plain);
		write_all(o, piece, strlen(piece));
		p += plain;
		n -= plain;
	}
}

int
spill_out_flush(struct spill_out *o)
{
	if (o->len > 0 && !o->failed) {
		if (o->hash != NULL)
			spill_hash_put(o->hash, o->buf, o->len);
		if (o->terminal)
			write_neutral(o, o->buf, o->len);
		else
			write_all(o, o->buf, o->len);
		o->len = 0;
	}
	return o->failed ? SPILL_EIO : SPILL_OK;
}

char *
spill_out_room(struct spill_out *o, size_t n)
{
	char *p;

	if (n <= o->cap - o->len && !o->failed)
		return o->buf + o->len;
	if (spill_out_flush(o) != SPILL_OK)
		return NULL;
	if (n > o->cap) {
		p = realloc(o->buf, n);
		if (p == NULL) {
			spill_out_break(o);
			return NULL;
		}
		o->buf = p;
		o->cap = n;
	}
	return o->buf;
}

void
spill_out_took(struct spill_out *o, size_t n)
{
	o->len += n;
	o->bytes += n;
}

void
spill_out_put(struct spill_out *o, const void *p, size_t n)
{
	char *to = spill_out_room(o, n);

	if (to == NULL || n == 0)
		return;
	memcpy(to, p, n);
	spill_out_took(o, n);
}

int
spill_out_hash_more(struct spill_out *o, struct spill_span s)
{
	int rc = spill_out_flush(o);

	if (rc == SPILL_OK)
		spill_hash_put(o->hash, s.p, s.len);
	return rc;
}

int
spill_out_digest(struct spill_out *o, char hex[64])
{
	int rc = spill_out_flush(o);

	return rc == SPILL_OK ? spill_hash_hex(o->hash, hex) : rc;
}

uint64_t
spill_out_bytes(const struct spill_out *o)
{
	return o->bytes;
}

const char *
spill_out_name(const struct spill_out *o)
{
	return o->name;
}

bool
spill_out_failed(const struct spill_out *o)
{
	return o->failed;
}

static void
drop(struct spill_out **out)
{
	struct spill_out *o = *out;

	if (o->temp != NULL) {
		(void)unlink(o->temp);
		note_temp(o->temp, NULL);
	}
	if (o->fd > STDERR_FILENO)
		(void)close(o->fd);
	spill_hash_free(&o->hash);
	free(o->temp);
	free(o->name);
	free(o->buf);
	free(o);
	*out = NULL;
}

void
spill_out_abort(struct spill_out **o)
{
	if (*o != NULL)
		drop(o);
}

/* link() refuses a name that has come up meanwhile; rename() would not. */
static int
publish(struct spill_out *o)
{
	if (fsync(o->fd) != 0) {
		fail(o);
		return SPILL_EIO;
	}
	if (link(o->temp, o->name) == 0)
		return SPILL_OK;
	if (errno == EEXIST) {
		spill_err("'%s' exists: it is not overwritten", o->name);
		return SPILL_EIO;
	}
	if (rename(o->temp, o->name) != 0) { /* no hard links there */
		fail(o);
		return SPILL_EIO;
	}
	return SPILL_OK;
}

int
spill_out_close(struct spill_out **out)
{
	struct spill_out *o = *out;
	int rc = spill_out_flush(o);

	if (rc == SPILL_OK && o->temp != NULL)
		rc = publish(o);
	if (o->fd != STDERR_FILENO && close(o->fd) != 0 && rc == SPILL_OK) {
		fail(o);
		rc = SPILL_EIO;
	}
	o->fd = -1;
	drop(out);
	return rc;
}
