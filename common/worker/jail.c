/*
 * jail.c: what a forked worker does before it sees any evidence.
 *
 * In this order, because each step needs what a later one takes away: user,
 * parent's death, privileges, signals, limits, Landlock, seccomp.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker_i.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif

#define NOBODY 65534

/* As far as the kernel has got by now; zeros are fine for an older one. */
struct ruleset {
	uint64_t fs, net, scoped;
};

/* The length of the part that is in use: an old kernel knows only that. */
static int
ruleset_create(const struct ruleset *r)
{
	size_t n = r->scoped ? 24 : r->net ? 16 : 8;

	return (int)syscall(SYS_landlock_create_ruleset, r, n, 0);
}

/* Every right in *field that the running kernel knows, found by asking. */
static uint64_t
probe(struct ruleset *r, uint64_t *field)
{
	uint64_t known = 0;

	for (unsigned bit = 0; bit < 64; bit++) {
		int fd;

		*field = 1ULL << bit;
		fd = ruleset_create(r);
		if (fd < 0)
			break;
		close(fd);
		known |= *field;
	}
	*field = 0;
	return known;
}

static bool
allow_reading(int ruleset, const char *dir)
{
	struct landlock_path_beneath_attr a = {
		.allowed_access =
		    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
		.parent_fd = open(dir, O_PATH | O_CLOEXEC | O_DIRECTORY),
	};
	bool ok;

	if (a.parent_fd < 0)
		return errno == ENOENT;
	ok = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		 &a, 0) == 0;
	close(a.parent_fd);
	return ok;
}

void
jail_prepare(struct jail_plan *p, const char *const *read_dirs, unsigned nofile)
{
	struct ruleset r = { 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	*p = (struct jail_plan){ .ruleset = -1,
		.nofile = nofile > 0 ? nofile : 16 };
	if (abi < 1)
		return;
	p->fs = probe(&r, &r.fs);
	p->net = probe(&r, &r.net);
	p->scoped = probe(&r, &r.scoped);
	r = (struct ruleset){ p->fs, p->net, p->scoped };
	p->ruleset = ruleset_create(&r);
	if (p->ruleset < 0)
		return;
	p->abi = (uint32_t)abi;
	p->reads = read_dirs != NULL;
	for (; p->reads && *read_dirs != NULL; read_dirs++)
		p->reads = allow_reading(p->ruleset, *read_dirs);
}

/* Both limits, or as low as they are already. */
static bool
limit(int what, uint64_t value)
{
	struct rlimit now, r = { value, value };

	if (getrlimit(what, &now) != 0)
		return false;
	if (r.rlim_max > now.rlim_max)
		r.rlim_cur = r.rlim_max = now.rlim_max;
	return setrlimit(what, &r) == 0;
}

/* Nothing of a superuser is left, even where there is no other user. */
static bool
drop_user(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[2];

	memset(none, 0, sizeof(none));
	if (geteuid() == 0 && setgroups(0, NULL) == 0 &&
	    setresgid(NOBODY, NOBODY, NOBODY) == 0)
		(void)!setresuid(NOBODY, NOBODY, NOBODY);
	return syscall(SYS_capset, &head, none) == 0;
}

static bool
set_limits(const struct jail_plan *p, const struct fork_order *o)
{
	bool sandbox = !(o->flags & FORK_NO_SANDBOX);

	if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_STACK, 8 << 20))
		return false;
	if (!UNDER_SANITIZER && o->memory > 0 && !limit(RLIMIT_AS, o->memory))
		return false;
	if (!sandbox)
		return true;
	return limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, p->nofile) &&
	       limit(RLIMIT_NPROC, 0) && limit(RLIMIT_MEMLOCK, 0) &&
	       limit(RLIMIT_MSGQUEUE, 0);
}

static void
enter_landlock(const struct jail_plan *p, struct spill_jail *j)
{
	if (p->ruleset < 0)
		return;
	if (syscall(SYS_landlock_restrict_self, p->ruleset, 0) == 0) {
		j->landlock_abi = p->abi;
		j->landlock_fs = p->fs;
		j->landlock_net = p->net;
		j->landlock_scoped = p->scoped;
	}
	close(p->ruleset);
}

static void
failed(struct hello *h, const char *step)
{
	h->failed = errno != 0 ? (uint32_t)errno : EINVAL;
	h->step = spill_span(step);
}

static void
enter_sandbox(
    const struct jail_plan *p, const struct fork_order *o, struct hello *h)
{
	struct spill_jail *j = &h->jail;
	int error;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		failed(h, "no_new_privs");
		return;
	}
	j->no_new_privs = true;
	enter_landlock(p, j);
	error =
	    jail_filter(o->flags & FORK_HARD, p->reads && j->landlock_abi > 0);
	if (error != 0) {
		errno = error;
		failed(h, "seccomp");
		return;
	}
	j->seccomp = true;
}

void
jail_enter(const struct jail_plan *p, const struct fork_order *o, pid_t zygote,
    struct hello *h)
{
	bool sandbox = !(o->flags & FORK_NO_SANDBOX);

	*h = (struct hello){ .step = spill_span(""),
		.jail = { .sandbox = sandbox,
		    .memory = UNDER_SANITIZER ? 0 : o->memory } };
	errno = 0;
	if (sandbox && !drop_user()) {
		failed(h, "capabilities");
		return;
	}
	h->jail.uid = (uint32_t)geteuid();
	/* A change of user clears it, so it comes behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != zygote)
		_exit(0);
	if (sandbox)
		h->jail.undumpable = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
	if (!set_limits(p, o))
		failed(h, "limits");
	else if (sandbox)
		enter_sandbox(p, o, h);
}
