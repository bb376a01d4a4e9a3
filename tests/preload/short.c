/*
 * short.c: a library to preload with which reading is a misery: every other
 * pread() is interrupted, or told to come again, and those between give less
 * than was asked for.
 */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

static ssize_t
read_at(int fd, void *p, size_t n, off64_t at)
{
	static unsigned calls;

	if (++calls % 2 != 0) {
		errno = calls % 4 == 1 ? EINTR : EAGAIN;
		return -1;
	}
	/* All of it, four fifths, ... and now and then one byte. */
	n = n > 0 && calls % 7 == 0 ? 1 : n - n / 5 * (calls / 2 % 5);
	return syscall(SYS_pread64, fd, p, n, at);
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	return read_at(fd, p, n, at);
}

ssize_t
pread64(int fd, void *p, size_t n, off64_t at)
{
	return read_at(fd, p, n, at);
}
