/*
 * fault.c: a library to preload that makes one call of a program fail.
 *
 *	FAULT_CALL	which: malloc calloc realloc read write pread pwrite
 *			fsync open close ftruncate fallocate link rename
 *			mkostemp mkdtemp mmap pthread_create; alloc: any that
 *			gives memory, strdup included
 *	FAULT_AT	the number of the call that fails, from 1; 0: none
 *	FAULT_ERRNO	the number of the error instead of the usual one
 *	FAULT_SHORT	1: a read or write of that number moves one byte instead
 *	FAULT_ABORT	1: abort() at that call instead, to see it in a debugger
 *	FAULT_SCOPE	all: count the calls that libraries make, too
 *	FAULT_COUNT_FILE	gets the count of the calls when the program
 *ends
 *
 * A call counts if the program's own code made it, in any thread: where it
 * returns to lies in the program's segments. So none counts before main().
 * Memory comes from the C library's own names for its allocator, since
 * dlsym() itself may ask for memory.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static const char *call;
static bool alloc, short_count, everybody, stop;
static unsigned long at;
static int error_wanted;
static uintptr_t low, high;
static atomic_ulong count;

static int
first_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + ph->p_vaddr;

		if (ph->p_type != PT_LOAD)
			continue;
		if (low == 0 || from < low)
			low = from;
		if (from + ph->p_memsz > high)
			high = from + ph->p_memsz;
	}
	return 1; /* the program comes first */
}

__attribute__((constructor)) static void
begin(void)
{
	const char *s = getenv("FAULT_AT");

	at = s != NULL ? strtoul(s, NULL, 10) : 0;
	s = getenv("FAULT_ERRNO");
	error_wanted = s != NULL ? (int)strtol(s, NULL, 10) : 0;
	short_count = getenv("FAULT_SHORT") != NULL;
	stop = getenv("FAULT_ABORT") != NULL;
	s = getenv("FAULT_SCOPE");
	everybody = s != NULL && strcmp(s, "all") == 0;
	s = getenv("FAULT_CALL");
	alloc = s != NULL && strcmp(s, "alloc") == 0;
	dl_iterate_phdr(first_object, NULL);
	call = s; /* counts from here on */
}

static void *
next(const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);

	if (f == NULL)
		abort();
	return f;
}

/* A function of the next object by name, as a pointer of this one's type. */
#define NEXT(f)                               \
	static _Atomic(__typeof__(&f)) real;  \
	__typeof__(&f) go = real;             \
	if (go == NULL) {                     \
		void *p_ = next(#f);          \
		memcpy(&go, &p_, sizeof(go)); \
		real = go;                    \
	}

__attribute__((destructor)) static void
end(void)
{
	const char *path = getenv("FAULT_COUNT_FILE");
	char text[32];
	int n = snprintf(text, sizeof(text), "%lu\n", atomic_load(&count));
	int fd;

	call = NULL;
	if (path == NULL)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, (size_t)n) != n)
		abort();
	close(fd);
}

/* Is it this call's turn? */
static bool
turn(const char *name, bool gives_memory, const void *back)
{
	uintptr_t from = (uintptr_t)back;

	if (call == NULL || (!everybody && (from < low || from >= high)))
		return false;
	if (alloc ? !gives_memory : strcmp(call, name) != 0)
		return false;
	if (atomic_fetch_add(&count, 1) + 1 != at)
		return false;
	if (stop)
		abort();
	return true;
}

static bool
fails(const char *name, bool gives_memory, int usual, const void *back)
{
	if (!turn(name, gives_memory, back))
		return false;
	errno = error_wanted != 0 ? error_wanted : usual;
	return true;
}

#define BACK		 __builtin_return_address(0)
#define NO_MEMORY(name)	 fails(name, true, ENOMEM, BACK)
#define FAILS(name, err) fails(name, false, err, BACK)

void *
malloc(size_t n)
{
	return NO_MEMORY("malloc") ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return NO_MEMORY("calloc") ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return NO_MEMORY("realloc") ? NULL : __libc_realloc(p, n);
}

void *
reallocarray(void *p, size_t n, size_t size)
{
	if (NO_MEMORY("realloc"))
		return NULL;
	NEXT(reallocarray)
	return go(p, n, size);
}

char *
strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = NO_MEMORY("malloc") ? NULL : __libc_malloc(n);

	return p != NULL ? memcpy(p, s, n) : NULL;
}

char *
strndup(const char *s, size_t max)
{
	size_t n = strnlen(s, max);
	char *p = NO_MEMORY("malloc") ? NULL : __libc_calloc(n + 1, 1);

	return p != NULL ? memcpy(p, s, n) : NULL;
}

/*
 * Reads and writes, also under the names that 64-bit offsets and fortified
 * headers give them.
 */
#define MOVE(fn, name, err, params, pass, pass1)                \
	ssize_t fn params                                       \
	{                                                       \
		bool now = turn(name, false, BACK);             \
                                                                \
		NEXT(fn)                                        \
		if (!now)                                       \
			return go pass;                         \
		if (short_count)                                \
			return n == 0 ? go pass : go pass1;     \
		errno = error_wanted != 0 ? error_wanted : err; \
		return -1;                                      \
	}

/* clang-format off */
ssize_t __read_chk(int fd, void *p, size_t n, size_t room);
ssize_t __pread_chk(int fd, void *p, size_t n, off_t o, size_t room);
ssize_t __pread64_chk(int fd, void *p, size_t n, off64_t o, size_t room);

MOVE(read, "read", EIO, (int fd, void *p, size_t n), (fd, p, n), (fd, p, 1))
MOVE(__read_chk, "read", EIO, (int fd, void *p, size_t n, size_t room),
    (fd, p, n, room), (fd, p, 1, room))
MOVE(pread, "pread", EIO, (int fd, void *p, size_t n, off_t o),
    (fd, p, n, o), (fd, p, 1, o))
MOVE(pread64, "pread", EIO, (int fd, void *p, size_t n, off64_t o),
    (fd, p, n, o), (fd, p, 1, o))
MOVE(__pread_chk, "pread", EIO,
    (int fd, void *p, size_t n, off_t o, size_t room),
    (fd, p, n, o, room), (fd, p, 1, o, room))
MOVE(__pread64_chk, "pread", EIO,
    (int fd, void *p, size_t n, off64_t o, size_t room),
    (fd, p, n, o, room), (fd, p, 1, o, room))
MOVE(write, "write", ENOSPC, (int fd, const void *p, size_t n),
    (fd, p, n), (fd, p, 1))
MOVE(pwrite, "pwrite", ENOSPC, (int fd, const void *p, size_t n, off_t o),
    (fd, p, n, o), (fd, p, 1, o))
MOVE(pwrite64, "pwrite", ENOSPC, (int fd, const void *p, size_t n, off64_t o),
    (fd, p, n, o), (fd, p, 1, o))

/* Calls of fixed parameters that return 0 or -1, or a descriptor. */
#define PLAIN(fn, name, err, params, pass)                       \
	int fn params                                            \
	{                                                        \
		if (FAILS(name, err))                            \
			return -1;                               \
		NEXT(fn)                                         \
		return go pass;                                  \
	}

PLAIN(fsync, "fsync", EIO, (int fd), (fd))
PLAIN(fdatasync, "fsync", EIO, (int fd), (fd))
PLAIN(ftruncate, "ftruncate", ENOSPC, (int fd, off_t n), (fd, n))
PLAIN(ftruncate64, "ftruncate", ENOSPC, (int fd, off64_t n), (fd, n))
PLAIN(fallocate, "fallocate", ENOSPC, (int fd, int how, off_t o, off_t n),
    (fd, how, o, n))
PLAIN(fallocate64, "fallocate", ENOSPC,
    (int fd, int how, off64_t o, off64_t n), (fd, how, o, n))
PLAIN(link, "link", EIO, (const char *a, const char *b), (a, b))
PLAIN(linkat, "link", EIO,
    (int ad, const char *a, int bd, const char *b, int flags),
    (ad, a, bd, b, flags))
PLAIN(rename, "rename", EIO, (const char *a, const char *b), (a, b))
PLAIN(renameat, "rename", EIO,
    (int ad, const char *a, int bd, const char *b), (ad, a, bd, b))
PLAIN(renameat2, "rename", EIO,
    (int ad, const char *a, int bd, const char *b, unsigned flags),
    (ad, a, bd, b, flags))
PLAIN(mkostemp, "mkostemp", ENOSPC, (char *t, int flags), (t, flags))
PLAIN(mkostemp64, "mkostemp", ENOSPC, (char *t, int flags), (t, flags))

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);
PLAIN(__open_2, "open", EIO, (const char *path, int flags), (path, flags))
PLAIN(__open64_2, "open", EIO, (const char *path, int flags), (path, flags))
PLAIN(__openat_2, "open", EIO, (int dir, const char *path, int flags),
    (dir, path, flags))
PLAIN(__openat64_2, "open", EIO, (int dir, const char *path, int flags),
    (dir, path, flags))

/* Whatever the flags, reading a mode that was not given does no harm here. */
#define OPEN(fn, params, last, pass)                             \
	int fn params                                            \
	{                                                        \
		va_list ap;                                      \
		mode_t mode;                                     \
                                                                 \
		if (FAILS("open", EIO))                          \
			return -1;                               \
		va_start(ap, last);                              \
		mode = va_arg(ap, mode_t);                       \
		va_end(ap);                                      \
		NEXT(fn)                                         \
		return go pass;                                  \
	}

OPEN(open, (const char *path, int flags, ...), flags, (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), flags, (path, flags, mode))
OPEN(openat, (int dir, const char *path, int flags, ...), flags,
    (dir, path, flags, mode))
OPEN(openat64, (int dir, const char *path, int flags, ...), flags,
    (dir, path, flags, mode))
/* clang-format on */

/* A failing close() closes nevertheless, as on Linux. */
int
close(int fd)
{
	bool now = turn("close", false, BACK);
	int rc;

	NEXT(close)
	rc = go(fd);
	if (!now)
		return rc;
	errno = error_wanted != 0 ? error_wanted : EIO;
	return -1;
}

char *
mkdtemp(char *t)
{
	if (FAILS("mkdtemp", ENOSPC))
		return NULL;
	NEXT(mkdtemp)
	return go(t);
}

void *
mmap(void *p, size_t n, int prot, int flags, int fd, off_t o)
{
	if (fails("mmap", true, ENOMEM, BACK))
		return MAP_FAILED;
	NEXT(mmap)
	return go(p, n, prot, flags, fd, o);
}

void *
mmap64(void *p, size_t n, int prot, int flags, int fd, off64_t o)
{
	if (fails("mmap", true, ENOMEM, BACK))
		return MAP_FAILED;
	NEXT(mmap64)
	return go(p, n, prot, flags, fd, o);
}

int
pthread_create(
    pthread_t *t, const pthread_attr_t *attr, void *(*f)(void *), void *arg)
{
	if (turn("pthread_create", false, BACK))
		return error_wanted != 0 ? error_wanted : EAGAIN;
	NEXT(pthread_create)
	return go(t, attr, f, arg);
}
