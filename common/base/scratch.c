#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/buf.h>
#include <spill/diag.h>
#include <spill/scratch.h>

static int
make_and_forget(char *folder)
{
	int dir, fd = -1;

	if (mkdtemp(folder) == NULL)
		return -1;
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0) {
		fd = openat(
		    dir, "runs", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0)
			(void)unlinkat(dir, "runs", 0);
		(void)close(dir);
	}
	(void)rmdir(folder);
	return fd;
}

int
spill_scratch_open(const char *dir, int *out)
{
	struct spill_buf path = SPILL_BUF_INIT(4096);
	sigset_t all, old;
	int fd = -1, err;

	if (dir == NULL)
		dir = getenv("TMPDIR");
	if (dir == NULL || *dir == '\0')
		dir = "/var/tmp";
	spill_buf_printf(&path, "%s/spillkit-XXXXXX", dir);
	spill_buf_putc(&path, '\0');
	errno = path.rc == SPILL_ENOMEM ? ENOMEM : ENAMETOOLONG;
	/* A signal in here must not leave the folder behind. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	if (path.rc == SPILL_OK)
		fd = make_and_forget(path.p);
	err = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	spill_buf_release(&path);
	if (fd < 0) {
		spill_err("cannot make a scratch file in '%s': %s", dir,
		    strerror(err));
		return SPILL_EIO;
	}
	*out = fd;
	return SPILL_OK;
}

int
spill_scratch_write(int fd, const void *p, size_t n, uint64_t at)
{
	const char *from = p;

	while (n > 0) {
		ssize_t w = pwrite(fd, from, n, (off_t)at);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0) {
			spill_err("cannot write the scratch file: %s",
			    strerror(w == 0 ? ENOSPC : errno));
			return SPILL_EIO;
		}
		from += w;
		at += (uint64_t)w;
		n -= (size_t)w;
	}
	return SPILL_OK;
}

int
spill_scratch_read(int fd, void *p, size_t n, uint64_t at)
{
	char *to = p;

	while (n > 0) {
		ssize_t r = pread(fd, to, n, (off_t)at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			spill_err("cannot read the scratch file: %s",
			    r == 0 ? "it ends early" : strerror(errno));
			return SPILL_EIO;
		}
		to += r;
		at += (uint64_t)r;
		n -= (size_t)r;
	}
	return SPILL_OK;
}

void
spill_scratch_punch(int fd, uint64_t at, uint64_t n)
{
	const uint64_t page = 4096;
	uint64_t from = (at + page - 1) / page * page;
	uint64_t to = (at + n) / page * page;

	if (to > from)
		(void)fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		    (off_t)from, (off_t)(to - from));
}
