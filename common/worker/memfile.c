#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "worker_i.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

/* Not executable, where the kernel knows that. */
static int
create(void)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create("spill", flags | MFD_NOEXEC_SEAL);

	return fd < 0 && errno == EINVAL ? memfd_create("spill", flags) : fd;
}

static int
give_up(int fd)
{
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return error == ENOMEM ? SPILL_ENOMEM : SPILL_EIO;
}

int
spill_memfile_open(uint64_t size, int *out)
{
	int fd = create();

	if (fd < 0 || ftruncate(fd, (off_t)size) != 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0)
		return give_up(fd);
	*out = fd;
	return SPILL_OK;
}

int
spill_memfile_of(struct spill_span bytes, int *out)
{
	int fd = create();

	if (fd < 0)
		return give_up(fd);
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.p, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return give_up(fd);
		bytes.p += n;
		bytes.len -= (size_t)n;
	}
	if (fcntl(fd, F_ADD_SEALS,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
		return give_up(fd);
	*out = fd;
	return SPILL_OK;
}
