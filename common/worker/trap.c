/*
 * trap.c: the signals of a worker: calls refused softly are counted, and a
 * worker that dies for want of memory says so.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <spill/worker.h>

#include "worker_i.h"

volatile uint64_t jail_denied_paths, jail_denied_other;
static struct slate *slate;
static char stack[64 * 1024] __attribute__((aligned(16)));

static const int path_calls[] = {
	__NR_openat,
	__NR_newfstatat,
	__NR_faccessat,
	__NR_faccessat2,
	__NR_statx,
	__NR_readlinkat,
	__NR_getcwd,
#ifdef __NR_open
	__NR_open,
	__NR_access,
	__NR_stat,
	__NR_lstat,
	__NR_readlink,
#endif
};

static bool
is_path_call(int nr)
{
	for (size_t i = 0; i < SPILL_COUNT(path_calls); i++)
		if (path_calls[i] == nr)
			return true;
	return false;
}

static void
on_denied(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	if (is_path_call(info->si_syscall))
		jail_denied_paths++;
	else
		jail_denied_other++;
#if defined(__x86_64__)
	uc->uc_mcontext.gregs[REG_RAX] = -EACCES;
#elif defined(__aarch64__)
	uc->uc_mcontext.regs[0] = (unsigned long long)-EACCES;
#endif
}

static void
last_words(enum last_words w)
{
	if (slate != NULL)
		atomic_store(&slate->words, (uint32_t)w);
}

/* Is there no room for one more mapping? */
static bool
out_of_memory(void)
{
	size_t n = 1024 * 1024;
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return true;
	munmap(p, n);
	return false;
}

/* The handler is gone already (SA_RESETHAND): the signal comes again. */
static void
on_crash(int sig)
{
	if (errno == ENOMEM || out_of_memory())
		last_words(LAST_MEMORY);
	syscall(SYS_tgkill, getpid(), gettid(), sig);
}

_Noreturn void
spill_worker_oom(void)
{
	last_words(LAST_MEMORY);
	for (;;)
		_exit(125);
}

/* std::set_new_handler(), where the family has C++ in it. */
extern void (*_ZSt15set_new_handlerPFvvE(void (*)(void)))(void)
    __attribute__((weak));

void
jail_handlers(struct slate *s)
{
	stack_t alt = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction denied = { .sa_sigaction = on_denied,
		.sa_flags = SA_SIGINFO };
	struct sigaction crash = { .sa_handler = on_crash,
		.sa_flags = (int)(SA_ONSTACK | SA_RESETHAND) };

	slate = s;
	sigaction(SIGSYS, &denied, NULL);
	if (_ZSt15set_new_handlerPFvvE != NULL)
		_ZSt15set_new_handlerPFvvE(spill_worker_oom);
	if (UNDER_SANITIZER)
		return; /* it has its own, which say more */
	sigaltstack(&alt, NULL);
	sigaction(SIGSEGV, &crash, NULL);
	sigaction(SIGBUS, &crash, NULL);
	sigaction(SIGABRT, &crash, NULL);
}
