/*
 * worker.c: the main of a worker program, which is a zygote: it loads the
 * family's library, waits for orders, and forks workers. It is trusted: it
 * speaks with the tool alone and never sees evidence.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <spill/cur.h>
#include <spill/worker.h>

#include "worker_i.h"

struct child {
	pid_t pid;
	uint32_t seq;
};

struct zygote {
	const struct spill_family *family;
	int sock, signals;
	struct jail_plan plan;
	struct child *children;
	size_t n, cap;
};

static int
tell(const struct zygote *z, enum frame_type type, uint32_t seq, uint32_t v,
    uint64_t cpu_ns)
{
	char p[12];
	struct spill_span body = { p, sizeof(p) };

	put_u32(p, v);
	put_u64(p + 4, cpu_ns);
	return frame_send(z->sock, type, seq, body, NULL, 0, 0);
}

/* In the child. */
static _Noreturn void
be_worker(const struct zygote *z, const struct fork_order *o, const int *fds,
    pid_t zygote)
{
	struct slate *s = mmap(
	    NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED, fds[1], 0);
	struct hello h;
	sigset_t none;

	if (s == MAP_FAILED)
		_exit(1);
	close(fds[1]);
	close(z->sock);
	close(z->signals);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	jail_handlers(s);
	jail_enter(&z->plan, o, zygote, &h);
	worker_run(fds[0], s, &h, z->family->job);
}

static bool
room_for_child(struct zygote *z)
{
	size_t cap = z->cap > 0 ? z->cap * 2 : 16;
	struct child *v;

	if (z->n < z->cap)
		return true;
	v = realloc(z->children, cap * sizeof(*v));
	if (v == NULL)
		return false;
	z->children = v;
	z->cap = cap;
	return true;
}

static int
fork_worker(struct zygote *z, const struct frame *f, const int *fds)
{
	struct spill_cur c = spill_cur(f->body.p, f->body.len);
	struct fork_order o = { .memory = spill_cur_u64le(&c) };
	pid_t self = getpid(), pid;

	o.flags = spill_cur_u32le(&c);
	if (!spill_cur_ok(&c) || !room_for_child(z))
		return SPILL_EDAMAGED;
	pid = fork();
	if (pid == 0)
		be_worker(z, &o, fds, self);
	if (pid < 0)
		return tell(z, FRAME_EXIT, f->seq, 126 << 8, 0);
	z->children[z->n++] = (struct child){ pid, f->seq };
	return tell(z, FRAME_FORKED, f->seq, (uint32_t)pid, 0);
}

static struct child *
find(struct zygote *z, uint32_t seq)
{
	for (size_t i = 0; i < z->n; i++)
		if (z->children[i].seq == seq)
			return &z->children[i];
	return NULL;
}

/* The soft limit alone: the worker may not raise it, the tool may. */
static void
backstop(const struct child *c, struct spill_span body)
{
	struct spill_cur cur = spill_cur(body.p, body.len);
	uint64_t seconds = spill_cur_u64le(&cur);
	struct rlimit r;

	if (prlimit(c->pid, RLIMIT_CPU, NULL, &r) != 0)
		return;
	r.rlim_cur = SPILL_MIN(seconds, r.rlim_max);
	(void)prlimit(c->pid, RLIMIT_CPU, &r, NULL);
}

/* A child is known until it has been waited for, so its pid is its own. */
static int
obey(struct zygote *z, const struct frame *f, const int *fds, size_t nfds)
{
	struct child *c = find(z, f->seq);

	if (f->type == FRAME_FORK && c == NULL && nfds == 2)
		return fork_worker(z, f, fds);
	if (f->type == FRAME_KILL && c != NULL)
		kill(c->pid, SIGKILL);
	else if (f->type == FRAME_BACKSTOP && c != NULL)
		backstop(c, f->body);
	return SPILL_OK;
}

static int
hear(struct zygote *z)
{
	static char in[FRAME_MAX + 1];
	int fds[FRAME_FDS], rc;
	size_t nfds = SPILL_COUNT(fds);
	struct frame f;

	rc = frame_recv(z->sock, in, 0, &f, fds, &nfds);
	if (rc != SPILL_OK)
		return rc;
	rc = obey(z, &f, fds, nfds);
	while (nfds > 0)
		close(fds[--nfds]);
	return rc;
}

static uint64_t
cpu_of(const struct rusage *u)
{
	return (uint64_t)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) *
		   1000000000 +
	       (uint64_t)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) * 1000;
}

static int
bury(struct zygote *z, pid_t pid, int status, const struct rusage *u)
{
	for (size_t i = 0; i < z->n; i++)
		if (z->children[i].pid == pid) {
			uint32_t seq = z->children[i].seq;

			z->children[i] = z->children[--z->n];
			return tell(
			    z, FRAME_EXIT, seq, (uint32_t)status, cpu_of(u));
		}
	return SPILL_OK;
}

static int
reap(struct zygote *z)
{
	struct signalfd_siginfo si;
	struct rusage u;
	int status, rc = SPILL_OK;
	pid_t pid;

	(void)!read(z->signals, &si, sizeof(si));
	while (rc == SPILL_OK && (pid = wait4(-1, &status, WNOHANG, &u)) > 0)
		rc = bury(z, pid, status, &u);
	return rc;
}

/* No worker outlives its zygote; none stays a zombie. */
static _Noreturn void
end(struct zygote *z)
{
	for (size_t i = 0; i < z->n; i++)
		kill(z->children[i].pid, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	_exit(0);
}

static _Noreturn void
serve(struct zygote *z)
{
	struct pollfd p[2] = { { z->sock, POLLIN, 0 },
		{ z->signals, POLLIN, 0 } };
	int rc = SPILL_OK;

	while (rc == SPILL_OK) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents != 0)
			rc = reap(z);
		if (rc == SPILL_OK && p[0].revents != 0)
			rc = hear(z);
	}
	end(z);
}

/*
 * The terminal's signals go to the whole group; the tool decides what they
 * mean, and whatever that is, its workers end with it.
 */
static int
prepare_signals(void)
{
	static const int deaf[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE,
		SIGUSR1, SIGUSR2, SIGALRM };
	sigset_t set;

	for (size_t i = 0; i < SPILL_COUNT(deaf); i++)
		signal(deaf[i], SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
say_warm(const struct zygote *z)
{
	char text[128];
	int n = snprintf(
	    text, sizeof(text), "%s %s", z->family->name, SPILL_VERSION);
	struct spill_span body = { text,
		SPILL_MIN((size_t)n, sizeof(text) - 1) };

	return frame_send(z->sock, FRAME_WARM, 0, body, NULL, 0, 0);
}

static size_t given; /* descriptors from ZYGOTE_GIVEN on */

int
spill_worker_given(size_t n)
{
	return n < given ? ZYGOTE_GIVEN + (int)n : -1;
}

/* They are for the zygote alone. */
static void
close_given(void)
{
	for (size_t i = 0; i < given; i++)
		close(ZYGOTE_GIVEN + (int)i);
	given = 0;
}

int
spill_worker_main(int argc, char *argv[], const struct spill_family *f)
{
	struct zygote z = { .family = f, .sock = ZYGOTE_SOCKET };

	if (argc != 3 || strcmp(argv[1], ZYGOTE_WORD) != 0 ||
	    argv[2][0] < '0' || argv[2][0] > '0' + SPILL_POOL_GIVEN) {
		fprintf(stderr, "worker-%s: the tools of spillkit start this\n",
		    f->name);
		return 2;
	}
	setlocale(LC_ALL, "");
	tzset();
	given = (size_t)(argv[2][0] - '0');
	z.signals = prepare_signals();
	if (z.signals < 0 || fcntl(z.sock, F_SETFD, FD_CLOEXEC) != 0 ||
	    (f->warm != NULL && f->warm() != SPILL_OK))
		_exit(1);
	close_given();
	jail_prepare(&z.plan, f->read_dirs, f->nofile);
	if (say_warm(&z) != SPILL_OK)
		_exit(1);
	serve(&z);
}
