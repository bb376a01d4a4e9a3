/*
 * eio.c: a library to preload that makes a part of every file unreadable:
 * each pread() that touches the bytes EIO_FROM to EIO_TO fails with EIO, as on
 * a disk with bad sectors.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static long long from, to;

static void __attribute__((constructor)) prepare(void)
{
	const char *a = getenv("EIO_FROM"), *b = getenv("EIO_TO");

	from = a != NULL ? atoll(a) : 0;
	to = b != NULL ? atoll(b) : 0;
}

static ssize_t
read_at(int fd, void *p, size_t n, off64_t at)
{
	if (at < to && at + (long long)n > from) {
		errno = EIO;
		return -1;
	}
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

ssize_t __pread_chk(int fd, void *p, size_t n, off_t at, size_t room);
ssize_t
__pread_chk(int fd, void *p, size_t n, off_t at, size_t room)
{
	(void)room;
	return read_at(fd, p, n, at);
}

ssize_t __pread64_chk(int fd, void *p, size_t n, off64_t at, size_t room);
ssize_t
__pread64_chk(int fd, void *p, size_t n, off64_t at, size_t room)
{
	(void)room;
	return read_at(fd, p, n, at);
}
