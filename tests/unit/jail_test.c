/*
 * jail_test.c: what a worker may not do, and that it is told from outside:
 * by the kernel's own figures and by attacks from within.
 */
#include "pool_try.h"

/* A line of /proc/PID/status. */
static void
status_line(pid_t pid, const char *key, char *value, size_t size)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	assert_non_null(f);
	snprintf(value, size, "none");
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(value, size, "%s", line + strlen(key));
		}
	fclose(f);
}

static void
must_say(pid_t pid, const char *key, const char *want)
{
	char value[256];

	status_line(pid, key, value, sizeof(value));
	assert_string_equal(value, want);
}

static void
in_force_says_the_kernel(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	pid_t worker = 0;

	(void)state;
	assert_int_equal(children(p->zygote_pid, &worker, 1), 1);
	must_say(worker, "NoNewPrivs:", "\t1");
	must_say(worker, "Seccomp:", "\t2");
	must_say(worker, "CapPrm:", "\t0000000000000000");
	must_say(worker, "CapEff:", "\t0000000000000000");
	if (geteuid() == 0) {
		must_say(worker, "Uid:", "\t65534\t65534\t65534\t65534");
		must_say(worker, "Gid:", "\t65534\t65534\t65534\t65534");
		must_say(worker, "Groups:", "\t ");
	}
	spill_pool_free(&p);
}

static void
in_force_says_the_worker(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	const struct spill_jail *j = spill_pool_jail(p);
	struct spill_buf b = SPILL_BUF_INIT(1000);

	(void)state;
	assert_true(j->sandbox && j->seccomp && j->no_new_privs);
	assert_true(j->undumpable);
	assert_true(j->uid != 0);
	assert_int_equal(j->memory, UNDER_SANITIZER ? 0 : 128 << 20);
	/* Each ABI has rights that the one before had not. */
	if (j->landlock_abi >= 1)
		assert_true((j->landlock_fs & 0x1fff) == 0x1fff);
	if (j->landlock_abi >= 4)
		assert_true((j->landlock_net & 3) == 3);
	if (j->landlock_abi >= 6)
		assert_true((j->landlock_scoped & 3) == 3);
	spill_jail_text(&b, j);
	printf("# in force: %s\n", spill_buf_str(&b));
	assert_non_null(strstr(spill_buf_str(&b), "seccomp yes"));
	spill_buf_release(&b);
	spill_pool_free(&p);
}

static void
environment_is_clean(void **state)
{
	static const char want[] =
	    "TZ=UTC0\nLC_ALL=C.UTF-8\n"
	    "OMP_THREAD_LIMIT=1\nPATH=/nonexistent\n"
	    "GLIBC_TUNABLES=glibc.malloc.tcache_count=2000\n";
	struct spill_pool *p;
	struct result *r;

	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	setenv("LD_BIND_NOT", "1", 1);
	p = pool_with((struct spill_pool_conf){ 0 });
	r = try(p, "env");
	assert_int_equal(r->o.how, SPILL_ENDED_OK);
	assert_int_equal(strncmp(r->text, want, sizeof(want) - 1), 0);
	if (!UNDER_SANITIZER) {
		assert_memory_equal(
		    r->text + sizeof(want) - 1, "fd 0\nfd 1\nfd 2\nfd ", 18);
		assert_non_null(strstr(r->text, " socket\n"));
		assert_null(strstr(strstr(r->text, " socket\n") + 8, "fd"));
	}
	unsetenv("TZ");
	unsetenv("LD_BIND_NOT");
	spill_pool_free(&p);
}

static void
attacks_end_the_worker(void **state)
{
	static const char *const killed[] = { "connect 6", "socket 0", "fork",
		"exec", "ptrace", "readv", "uring", "memfd", "wx", "mprotect",
		"dumpable", "rlimit" };
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	char request[64];
	pid_t tool = getpid(), zygote = p->zygote_pid;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(killed); i++) {
		/* A sanitizer needs prctl() itself. */
		if (UNDER_SANITIZER && strcmp(killed[i], "dumpable") == 0)
			continue;
		must_end(p, killed[i], SPILL_ENDED_POLICY);
	}
	snprintf(request, sizeof(request), "kill %d", (int)tool);
	must_end(p, request, SPILL_ENDED_POLICY);
	snprintf(request, sizeof(request), "kill %d", (int)zygote);
	must_end(p, request, SPILL_ENDED_POLICY);
	snprintf(request, sizeof(request), "tgkill %d", (int)zygote);
	must_end(p, request, SPILL_ENDED_POLICY);
	assert_int_equal(p->zygote_pid, zygote);
	spill_pool_free(&p);
}

static void
files_are_out_of_reach_and_counted(void **state)
{
	static const char *const refused[] = { "open", "create" };
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result *r;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(refused); i++) {
		r = try(p, refused[i]);
		assert_int_equal(r->o.how, SPILL_ENDED_PARTIAL);
		assert_int_equal(r->o.denied_paths, 1);
		must_be_good(p);
	}
	r = try(p, "probes");
	assert_int_equal(r->o.how, SPILL_ENDED_PARTIAL);
	assert_int_equal(r->o.denied_paths, 2);
	assert_int_equal(r->o.denied_other, 1);
	must_be_good(p);
	spill_pool_free(&p);
}

static void
hard_mode_kills_a_probe(void **state)
{
	struct spill_pool *p =
	    pool_with((struct spill_pool_conf){ .hard = true });

	(void)state;
	must_end(p, "probes", SPILL_ENDED_POLICY);
	must_end(p, "open", SPILL_ENDED_POLICY);
	spill_pool_free(&p);
}

/* Writing to descriptors 0 to 255 reaches no terminal and no file. */
static void
writing_leads_nowhere(void **state)
{
	struct spill_pool *p;
	char name[] = "/tmp/spill-jail-XXXXXX", back[16] = "";
	int file = mkstemp(name), saved = dup(STDOUT_FILENO);

	(void)state;
	assert_true(file >= 0 && saved >= 0);
	unlink(name);
	fflush(stdout);
	assert_true(dup2(file, STDOUT_FILENO) >= 0);
	p = pool_with((struct spill_pool_conf){ 0 });
	must_end(p, "write", SPILL_ENDED_OK);
	spill_pool_free(&p);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(pread(file, back, sizeof(back), 0), 0);
	close(file);
}

static void
no_sandbox_is_recorded(void **state)
{
	struct spill_pool *p =
	    pool_with((struct spill_pool_conf){ .no_sandbox = true });
	const struct spill_jail *j = spill_pool_jail(p);
	struct spill_buf b = SPILL_BUF_INIT(1000);

	(void)state;
	assert_false(j->sandbox || j->seccomp);
	assert_int_equal(j->uid, geteuid());
	spill_jail_text(&b, j);
	assert_int_equal(strncmp(spill_buf_str(&b), "NO SANDBOX", 10), 0);
	must_be_good(p);
	must_end(p, "oom", SPILL_ENDED_MEMORY);
	spill_buf_release(&b);
	spill_pool_free(&p);
}

/* Only what the family needs, and only to read. */
static void
a_family_may_read_its_folders(void **state)
{
	struct spill_pool_conf conf = { .family = "read", .dir = worker_dir() };
	struct spill_pool *p = NULL;
	struct result *r;

	(void)state;
	assert_int_equal(spill_pool_open(&p, &conf), SPILL_OK);
	if (spill_pool_jail(p)->landlock_abi == 0) {
		spill_pool_free(&p);
		printf("# no Landlock: not tried\n");
		return;
	}
	r = try(p, "/usr/share/zoneinfo/UTC");
	assert_int_equal(strncmp(r->text, "TZif", 4), 0);
	assert_int_equal(r->o.how, SPILL_ENDED_PARTIAL);
	assert_int_equal(r->o.denied_paths, 2); /* the tries to write */
	assert_int_equal(try(p, "/etc/passwd")->o.how, SPILL_ENDED_FAILED);
	assert_int_equal(try(p, "/proc/self/maps")->o.how, SPILL_ENDED_FAILED);
	spill_pool_free(&p);
}

/* A sanitizer's report reaches the person, and not the terminal. */
static void
a_sanitizer_is_heard(void **state)
{
	char name[] = "/tmp/spill-jail-XXXXXX", text[16384] = "";
	int file, saved = dup(STDERR_FILENO);
	struct spill_pool *p;

	(void)state;
	if (!UNDER_SANITIZER) {
		printf("# no sanitizer: nothing to hear\n");
		close(saved);
		return;
	}
	file = mkstemp(name);
	unlink(name);
	p = pool_with((struct spill_pool_conf){ 0 });
	spill_diag_init("test", SPILL_NORMAL);
	assert_true(dup2(file, STDERR_FILENO) >= 0);
	must_end(p, "overrun 10", SPILL_ENDED_CRASHED);
	must_end(p, "write", SPILL_ENDED_OK);
	spill_pool_free(&p);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_true(pread(file, text, sizeof(text) - 1, 0) > 0);
	assert_non_null(strstr(text, "test: worker-bad: "));
	assert_non_null(strstr(text, "heap-buffer-overflow"));
	assert_non_null(strstr(text, "\\x1b[31mowned"));
	close(file);
}

static void
descriptors_that_could_be_written_are_not_lent(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result r = { 0 };
	struct spill_task t = task_of("good 1", &r);
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)state;
	t.fds = &fd;
	t.nfds = 1;
	assert_int_equal(spill_pool_submit(p, &t), SPILL_EUSAGE);
	close(fd);
	assert_int_equal(spill_pool_submit(p, &t), SPILL_EUSAGE);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
	assert_int_equal(spill_pool_drain(p), SPILL_OK);
	assert_int_equal(r.o.how, SPILL_ENDED_OK);
	close(fd);
	spill_pool_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_force_says_the_kernel),
		cmocka_unit_test(in_force_says_the_worker),
		cmocka_unit_test(environment_is_clean),
		cmocka_unit_test(attacks_end_the_worker),
		cmocka_unit_test(files_are_out_of_reach_and_counted),
		cmocka_unit_test(hard_mode_kills_a_probe),
		cmocka_unit_test(writing_leads_nowhere),
		cmocka_unit_test(no_sandbox_is_recorded),
		cmocka_unit_test(a_family_may_read_its_folders),
		cmocka_unit_test(a_sanitizer_is_heard),
		cmocka_unit_test(
		    descriptors_that_could_be_written_are_not_lent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
