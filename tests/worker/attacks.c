/*
 * attacks.c: what a worker must not be able to do. Each returns EUSAGE if it
 * got through.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "acts.h"

static int
got_through(bool yes)
{
	return yes ? SPILL_EUSAGE : SPILL_OK;
}

static int
a_open(struct spill_job *j, uint64_t n)
{
	(void)j;
	(void)n;
	return got_through(open("/etc/passwd", O_RDONLY) >= 0);
}

static int
a_create(struct spill_job *j, uint64_t n)
{
	(void)j;
	(void)n;
	return got_through(open("/tmp/spill-x", O_RDWR | O_CREAT, 0600) >= 0);
}

static int
a_connect(struct spill_job *j, uint64_t n)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = 80 };

	(void)j;
	return got_through(
	    connect((int)n, (struct sockaddr *)&a, sizeof(a)) == 0);
}

static int
a_socket(struct spill_job *j, uint64_t n)
{
	(void)j;
	return got_through(socket(AF_UNIX, SOCK_STREAM, (int)n) >= 0);
}

static int
a_fork(struct spill_job *j, uint64_t n)
{
	(void)j;
	(void)n;
	return got_through(fork() >= 0);
}

static int
a_exec(struct spill_job *j, uint64_t n)
{
	char *argv[] = { "true", NULL };

	(void)j;
	(void)n;
	execv("/bin/true", argv);
	return SPILL_OK;
}

static int
a_ptrace(struct spill_job *j, uint64_t n)
{
	(void)j;
	(void)n;
	return got_through(ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0);
}

static int
a_readv(struct spill_job *j, uint64_t n)
{
	char to[16];
	struct iovec l = { to, sizeof(to) }, r = { &n, sizeof(n) };

	(void)j;
	return got_through(process_vm_readv(1, &l, 1, &r, 1, 0) > 0);
}

static int
a_uring(struct spill_job *j, uint64_t n)
{
	char params[256] = { 0 };

	(void)j;
	(void)n;
	return got_through(syscall(425, 4, params) >= 0);
}

static int
a_memfd(struct spill_job *j, uint64_t n)
{
	(void)j;
	return got_through(memfd_create("x", (unsigned)n) >= 0);
}

static int
a_wx(struct spill_job *j, uint64_t n)
{
	(void)j;
	(void)n;
	return got_through(
	    mmap(NULL, 4096, PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

static int
a_mprotect(struct spill_job *j, uint64_t n)
{
	static char page[8192];
	uintptr_t at = ((uintptr_t)page + 4095) & ~(uintptr_t)4095;

	(void)j;
	(void)n;
	return got_through(
	    mprotect((void *)at, 4096, PROT_READ | PROT_EXEC) == 0);
}

static int
a_dumpable(struct spill_job *j, uint64_t n)
{
	(void)j;
	(void)n;
	return got_through(syscall(SYS_prctl, PR_SET_DUMPABLE, 1) == 0);
}

static int
a_rlimit(struct spill_job *j, uint64_t n)
{
	struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY };

	(void)j;
	(void)n;
	return got_through(setrlimit(RLIMIT_AS, &r) == 0);
}

static int
a_kill(struct spill_job *j, uint64_t n)
{
	(void)j;
	return got_through(kill((pid_t)n, SIGKILL) == 0);
}

static int
a_tgkill(struct spill_job *j, uint64_t n)
{
	(void)j;
	return got_through(
	    syscall(SYS_tgkill, (pid_t)n, (pid_t)n, SIGKILL) == 0);
}

/* Whatever can be written to must lead nowhere. */
static int
a_write(struct spill_job *j, uint64_t n)
{
	(void)n;
	for (int fd = 0; fd < 256; fd++)
		if (fd != job_sock(j))
			(void)!write(fd, "\033[31mowned\033[0m\n", 15);
	return SPILL_OK;
}

const struct act attacks[] = { { "open", a_open }, { "create", a_create },
	{ "connect", a_connect }, { "socket", a_socket }, { "fork", a_fork },
	{ "exec", a_exec }, { "ptrace", a_ptrace }, { "readv", a_readv },
	{ "uring", a_uring }, { "memfd", a_memfd }, { "wx", a_wx },
	{ "mprotect", a_mprotect }, { "dumpable", a_dumpable },
	{ "rlimit", a_rlimit }, { "kill", a_kill }, { "tgkill", a_tgkill },
	{ "write", a_write }, { NULL, NULL } };
