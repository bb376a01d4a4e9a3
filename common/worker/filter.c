/*
 * filter.c: the system calls of a worker, as data, and the seccomp program
 * that is made of them.
 *
 * What is not in the table kills the process. "Soft" is refused with EACCES
 * by a signal handler that counts it (trap.c), because libraries probe; a
 * worker that was refused a path may have lost text, and its job is partial.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker_i.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "the jail knows no system calls of this machine"
#endif
#define X32_BIT 0x40000000u

enum verdict { ALLOW, SOFT, KILL };
enum test {
	ALWAYS,
	IF_NONE, /* of these bits is set in the argument */
	IF_ANY, /* of these bits is set */
	IF_SELF, /* the argument is this process */
	IF_EQ,
	IF_READS, /* the family has folders to read, and IF_NONE */
};

struct rule {
	int nr;
	enum verdict yes, no;
	enum test test;
	unsigned arg;
	uint32_t value;
};

#define FREE(nr)                                     \
	{                                            \
		__NR_##nr, ALLOW, KILL, ALWAYS, 0, 0 \
	}
#define DENIED(nr)                                  \
	{                                           \
		__NR_##nr, SOFT, KILL, ALWAYS, 0, 0 \
	}
#define NOT_READ (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND)

/* The frequent ones first. */
static const struct rule rules[] = {
	FREE(recvmsg),
	FREE(sendmsg),
	FREE(pread64),
	FREE(read),
	FREE(futex),
	{ __NR_mmap, ALLOW, KILL, IF_NONE, 2, PROT_EXEC },
	{ __NR_mprotect, ALLOW, KILL, IF_NONE, 2, PROT_EXEC },
	FREE(munmap),
	FREE(mremap),
	FREE(brk),
	FREE(madvise),
	FREE(close),
	FREE(lseek),
	FREE(write),
	FREE(sendto),
	FREE(readv),
	FREE(writev),
	FREE(preadv),
	FREE(fadvise64),
	FREE(fstat),
	/* fstat() of the C library; the path must be empty. */
	{ __NR_newfstatat, ALLOW, SOFT, IF_ANY, 3, AT_EMPTY_PATH },
	FREE(clock_gettime),
	FREE(clock_getres),
	FREE(gettimeofday),
	FREE(getrusage),
	FREE(sysinfo),
	FREE(sched_yield),
	FREE(getrandom),
	FREE(getpid),
	FREE(gettid),
	FREE(rt_sigreturn),
	FREE(rt_sigprocmask),
	FREE(restart_syscall),
	FREE(exit),
	FREE(exit_group),
	{ __NR_tgkill, ALLOW, KILL, IF_SELF, 0, 0 },
	{ __NR_fcntl, ALLOW, KILL, IF_EQ, 1, F_GETFL },
	{ __NR_openat, ALLOW, SOFT, IF_READS, 2, NOT_READ },
	DENIED(faccessat),
	DENIED(faccessat2),
	DENIED(statx),
	DENIED(readlinkat),
	DENIED(getcwd),
	DENIED(ioctl),
	DENIED(uname),
	DENIED(getuid),
	DENIED(geteuid),
	DENIED(getgid),
	DENIED(getegid),
	DENIED(rt_sigaction),
	DENIED(sigaltstack),
	DENIED(sched_getaffinity),
#ifdef __NR_open
	DENIED(open),
	DENIED(access),
	DENIED(stat),
	DENIED(lstat),
	DENIED(readlink),
	FREE(time),
#endif
};

/* What a sanitizer calls beyond that. */
static const struct rule sanitizer_rules[] = {
	FREE(rt_sigaction),
	FREE(sigaltstack),
	FREE(prctl),
	{ __NR_fcntl, ALLOW, KILL, ALWAYS, 0, 0 },
};

struct program {
	struct sock_filter code[512];
	size_t n;
	uint32_t ret[3]; /* by verdict */
	bool reads;
};

static void
emit(struct program *p, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
	p->code[p->n++] = (struct sock_filter){ code, yes, no, k };
}

static void
emit_return(struct program *p, enum verdict v)
{
	emit(p, BPF_RET | BPF_K, p->ret[v], 0, 0);
}

static uint32_t
low_half(unsigned arg)
{
	size_t at = offsetof(struct seccomp_data, args) + arg * 8;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	at += 4;
#endif
	return (uint32_t)at;
}

/* The accumulator holds the number of the call, and again behind the rule. */
static void
emit_rule(struct program *p, const struct rule *r)
{
	bool bits =
	    r->test == IF_NONE || r->test == IF_ANY || r->test == IF_READS;
	bool set_is_yes = r->test != IF_NONE && r->test != IF_READS;
	uint32_t value = r->test == IF_SELF ? (uint32_t)getpid() : r->value;

	if (r->test == ALWAYS || (r->test == IF_READS && !p->reads)) {
		emit(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->nr, 0, 1);
		emit_return(p, r->test == ALWAYS ? r->yes : r->no);
		return;
	}
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->nr, 0, 4);
	emit(p, BPF_LD | BPF_W | BPF_ABS, low_half(r->arg), 0, 0);
	emit(p, BPF_JMP | (bits ? BPF_JSET : BPF_JEQ) | BPF_K, value,
	    set_is_yes ? 0 : 1, set_is_yes ? 1 : 0);
	emit_return(p, r->yes);
	emit_return(p, r->no);
}

static void
build(struct program *p)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch),
	    0, 0);
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	emit_return(p, KILL);
	emit(p, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0,
	    0);
	emit(p, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1);
	emit_return(p, KILL);
	for (size_t i = 0; UNDER_SANITIZER && i < SPILL_COUNT(sanitizer_rules);
	     i++)
		emit_rule(p, &sanitizer_rules[i]);
	for (size_t i = 0; i < SPILL_COUNT(rules); i++)
		emit_rule(p, &rules[i]);
	emit_return(p, KILL);
}

_Static_assert(6 + 5 * (SPILL_COUNT(rules) + SPILL_COUNT(sanitizer_rules)) <
		   SPILL_COUNT(((struct program *)0)->code),
    "the program has room for every rule");

int
jail_filter(bool hard, bool reads)
{
	struct program p = { .reads = reads };
	struct sock_fprog prog = { .filter = p.code };

	p.ret[ALLOW] = SECCOMP_RET_ALLOW;
	p.ret[KILL] = SECCOMP_RET_KILL_PROCESS;
	p.ret[SOFT] = hard ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_TRAP;
	build(&p);
	prog.len = (unsigned short)p.n;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) == 0
		   ? 0
		   : errno;
}
