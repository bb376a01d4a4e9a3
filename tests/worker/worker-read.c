/*
 * worker-read.c: a worker of a family that must read a trusted folder while
 * it works. The request is a path; the reply the first bytes of that file.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <spill/worker.h>

static int
job(struct spill_job *j, struct spill_span request)
{
	char path[256], text[16];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%.*s", (int)request.len, request.p);
	fd = open(path, O_RDONLY);
	if (fd < 0 || (n = read(fd, text, sizeof(text))) < 0)
		return spill_job_fail(j, SPILL_EIO, "cannot read it");
	close(fd);
	if (open(path, O_WRONLY) >= 0 || open(path, O_RDWR | O_CREAT, 1) >= 0)
		return SPILL_EUSAGE;
	return spill_job_bytes(j, text, (size_t)n);
}

int
main(int argc, char *argv[])
{
	static const char *const dirs[] = { "/usr/share/zoneinfo",
		"/nonexistent/folder", NULL };
	static const struct spill_family family = {
		.name = "read", .job = job, .read_dirs = dirs
	};

	return spill_worker_main(argc, argv, &family);
}
