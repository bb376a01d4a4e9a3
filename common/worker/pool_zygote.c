/*
 * pool_zygote.c: the tool's dealings with the zygote: start, orders, news of
 * deaths, and what a sanitizer has to say.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <spill/cur.h>
#include <spill/diag.h>

#include "pool_i.h"

/* The environment of every worker, however the tool was started. Parsers take
 * and give back memory by thousands of small pieces, of which the C library
 * keeps only seven of a size ready to be taken again. */
#define ENV_FIXED 5
static char *const fixed_env[ENV_FIXED] = { "TZ=UTC0", "LC_ALL=C.UTF-8",
	"OMP_THREAD_LIMIT=1", "PATH=/nonexistent",
	"GLIBC_TUNABLES=glibc.malloc.tcache_count=2000" };

/* env[ENV_FIXED + 3]; sanitizer options go into text. */
static void
make_env(char **env, char *asan, char *ubsan, size_t size)
{
	const char *a = getenv("ASAN_OPTIONS"), *u = getenv("UBSAN_OPTIONS");
	size_t n = ENV_FIXED;

	memcpy(env, fixed_env, sizeof(fixed_env));
	if (UNDER_SANITIZER) {
		snprintf(asan, size,
		    "ASAN_OPTIONS=%s:detect_leaks=0:abort_on_error=1:"
		    "symbolize=0:allocator_may_return_null=1",
		    a != NULL ? a : "");
		snprintf(ubsan, size, "UBSAN_OPTIONS=%s:symbolize=0",
		    u != NULL ? u : "");
		env[n++] = asan;
		env[n++] = ubsan;
	}
	env[n] = NULL;
}

/* Nothing of the tool's is left open in the zygote. */
static void
close_from(unsigned first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
#endif
	for (long fd = first, max = sysconf(_SC_OPEN_MAX); fd < max; fd++)
		close((int)fd);
}

/* In the child, between fork and exec: only calls that are safe there. */
static _Noreturn void
become_zygote(
    const struct spill_pool *p, char **env, pid_t tool, int sock, int err)
{
	size_t n = SPILL_MIN(p->conf.ngiven, SPILL_POOL_GIVEN);
	char count[2] = { (char)('0' + n), '\0' };
	char *argv[] = { (char *)p->path, (char *)ZYGOTE_WORD, count, NULL };
	int given[SPILL_POOL_GIVEN], null;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != tool)
		_exit(127);
	/* Out of the way of the lowest ones, which may have been free. */
	sock = fcntl(sock, F_DUPFD, 20);
	err = err >= 0 ? fcntl(err, F_DUPFD, 20) : -1;
	for (size_t i = 0; i < n; i++)
		given[i] = fcntl(p->conf.given[i], F_DUPFD, 20);
	null = open("/dev/null", O_RDWR);
	if (sock < 0 || null < 0)
		_exit(127);
	if (dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
	    dup2(err >= 0 ? err : null, 2) < 0 || dup2(sock, ZYGOTE_SOCKET) < 0)
		_exit(127);
	for (size_t i = 0; i < n; i++)
		if (dup2(given[i], ZYGOTE_GIVEN + (int)i) < 0)
			_exit(127);
	close_from(ZYGOTE_GIVEN + (unsigned)n);
	execve(p->path, argv, env);
	_exit(127);
}

/* The zygote's first word, after its library is loaded. */
static int
await_warm(struct spill_pool *p)
{
	struct pollfd pfd = { p->zygote, POLLIN, 0 };
	uint64_t until = now_ns() + START_MS * MS;
	char want[128];
	struct frame f;
	int rc = SPILL_EIO, ready = 0;

	while (ready <= 0 && now_ns() < until) {
		zygote_errors(p);
		ready = poll(&pfd, 1, 100);
	}
	if (ready > 0)
		rc = frame_recv(p->zygote, p->in, 0, &f, NULL, NULL);
	if (rc != SPILL_OK) {
		spill_err("cannot start '%s': %s", p->path,
		    rc == SPILL_END ? "it ended" : "no answer");
		return SPILL_EIO;
	}
	snprintf(want, sizeof(want), "%s %s", p->conf.family, SPILL_VERSION);
	if (f.type != FRAME_WARM || !spill_span_eq(f.body, spill_span(want))) {
		spill_err("'%s' is not of this version", p->path);
		return SPILL_EIO;
	}
	return SPILL_OK;
}

static pid_t
spawn(struct spill_pool *p, int sock, int err)
{
	char *env[ENV_FIXED + 3], asan[1024], ubsan[1024];
	pid_t tool = getpid(), pid;

	make_env(env, asan, ubsan, sizeof(asan));
	pid = fork();
	if (pid == 0)
		become_zygote(p, env, tool, sock, err);
	return pid;
}

int
zygote_start(struct spill_pool *p)
{
	int s[2] = { -1, -1 }, e[2] = { -1, -1 }, rc;

	if (access(p->path, X_OK) != 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s) != 0 ||
	    (UNDER_SANITIZER && pipe2(e, O_CLOEXEC | O_NONBLOCK) != 0) ||
	    (p->zygote_pid = spawn(p, s[1], e[1])) < 0) {
		spill_err("cannot start '%s': %s", p->path, strerror(errno));
		for (int i = 0; i < 2; i++) {
			close(s[i]);
			close(e[i]);
		}
		p->zygote_pid = 0;
		return SPILL_EIO;
	}
	close(s[1]);
	if (e[1] >= 0)
		close(e[1]);
	p->zygote = s[0];
	p->errors = e[0];
	rc = await_warm(p);
	if (rc == SPILL_OK)
		rc = pool_listen(p, p->zygote, ID_ZYGOTE);
	if (rc == SPILL_OK && p->errors >= 0)
		rc = pool_listen(p, p->errors, ID_ERRORS);
	if (rc != SPILL_OK)
		zygote_stop(p);
	return rc;
}

/* It takes its workers with it. */
void
zygote_stop(struct spill_pool *p)
{
	if (p->zygote >= 0)
		close(p->zygote);
	if (p->zygote_pid > 0)
		while (waitpid(p->zygote_pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (p->errors >= 0) {
		zygote_errors(p);
		close(p->errors);
	}
	p->zygote = p->errors = -1;
	p->zygote_pid = 0;
}

/* What cannot be sent shows as the end of the zygote, a moment later. */
void
zygote_order(struct spill_pool *p, enum frame_type type, uint32_t seq,
    struct spill_span body, const int *fds, size_t nfds)
{
	if (p->zygote >= 0)
		(void)frame_send(p->zygote, type, seq, body, fds, nfds, 0);
}

/* The zygote is gone, and its workers with it, by the kernel's hand. */
static void
lost(struct spill_pool *p)
{
	spill_warn("'%s' ended unexpectedly", p->path);
	if (p->zygote_pid > 0)
		kill(p->zygote_pid, SIGKILL);
	zygote_stop(p);
	p->failures++;
	for (unsigned i = 0; i < p->conf.workers; i++)
		if (p->hands[i].state != VACANT)
			hand_exited(&p->hands[i], SIGKILL, 0);
}

void
zygote_hear(struct spill_pool *p)
{
	struct hand *h;
	struct frame f;
	struct spill_cur c;
	uint32_t value;

	if (frame_recv(p->zygote, p->in, MSG_DONTWAIT, &f, NULL, NULL) !=
	    SPILL_OK) {
		lost(p);
		return;
	}
	c = spill_cur(f.body.p, f.body.len);
	value = spill_cur_u32le(&c);
	h = hand_find(p, f.seq);
	if (h == NULL)
		return; /* one that was dropped */
	if (f.type == FRAME_FORKED)
		hand_forked(h, (pid_t)value);
	else if (f.type == FRAME_EXIT)
		hand_exited(h, (int)value, spill_cur_u64le(&c));
}

static void
say_line(struct spill_pool *p)
{
	if (p->line_len > 0)
		spill_warn("worker-%s: %.*s", p->conf.family, (int)p->line_len,
		    p->line);
	p->line_len = 0;
}

/* A sanitizer's report, line by line; diag.h neutralises it. */
void
zygote_errors(struct spill_pool *p)
{
	char text[4096];
	ssize_t n;

	while (p->errors >= 0 && (n = read(p->errors, text, sizeof(text))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			if (text[i] != '\n')
				p->line[p->line_len++] = text[i];
			if (text[i] == '\n' || p->line_len == sizeof(p->line))
				say_line(p);
		}
}
