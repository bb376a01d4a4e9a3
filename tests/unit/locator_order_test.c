/*
 * locator_order_test.c: locators: segments, round trips, order, helpers.
 */
#include <sys/wait.h>
#include <unistd.h>

#include <spill/locator.h>
#include <spill/utf8.h>

#include "util.h"

/* --- segments ----------------------------------------------------------- */

static void
segment_is(struct spill_span raw)
{
	struct spill_buf b = SPILL_BUF_INIT(1000), back = SPILL_BUF_INIT(1000);

	spill_locator_escape(&b, raw);
	assert_int_equal(b.rc, SPILL_OK);
	for (size_t i = 0; i < b.len; i++)
		assert_true((b.p[i] & 0x80) || b.p[i] == '%' ||
			    stands((unsigned char)b.p[i]));
	assert_int_equal(
	    spill_locator_unescape(&back, spill_buf_as_span(&b)), SPILL_OK);
	assert_true(spill_span_eq(spill_buf_as_span(&back), raw));
	spill_buf_release(&b);
	spill_buf_release(&back);
}

static void
segments(void **state)
{
	uint32_t seed = 1;

	(void)state;
	each_short_text(segment_is);
	for (unsigned i = 0; i < 20000; i++) {
		char p[24];
		size_t n = 0;

		while (n < 20 && dice(&seed, 12) != 0)
			if (dice(&seed, 2) == 0)
				n += spill_utf8_encode(
				    dice(&seed, 0x110000), p + n);
			else
				p[n++] = (char)dice(&seed, 256);
		segment_is((struct spill_span){ p, n });
	}
}

/* --- round trips -------------------------------------------------------- */

static struct spill_span
random_word(uint32_t *seed, char *p, size_t least)
{
	static const char any[] = "0123456789d+-:~@%, aZ\xc3\xa9\n/.\x00";
	size_t n = least + dice(seed, 6);

	for (size_t i = 0; i < n; i++)
		p[i] = any[dice(seed, sizeof(any) - 1)];
	return (struct spill_span){ p, n };
}

static uint64_t
random_number(uint32_t *seed)
{
	uint64_t v = (uint64_t)dice(seed, 1 << 24) << 40 |
		     dice(seed, 1 << 24) << 16 | dice(seed, 1 << 16);

	return v >> dice(seed, 64);
}

struct scratch {
	char text[8][16];
	struct spill_member m[3];
	struct spill_range r[3];
};

static struct spill_locator
random_locator(uint32_t *seed, struct scratch *s)
{
	static const char *const volumes[] = { "p0", "p1", "p10", "p2.v1",
		"p2.vss1", "x40960", "" };
	struct spill_locator l = { .kind = dice(seed, 5),
		.numbers = 1 + dice(seed, 3),
		.member = s->m,
		.members = dice(seed, 4),
		.range = s->r,
		.ranges = 1 + dice(seed, 3) };

	for (size_t i = 0; i < 3; i++) {
		l.number[i] = i < l.numbers ? random_number(seed) : 0;
		s->m[i].name = random_word(seed, s->text[i], 0);
		s->m[i].nth = 1 + random_number(seed) / 2;
		s->r[i].offset = random_number(seed) / 4;
		s->r[i].len = random_number(seed) / 4;
	}
	l.name = random_word(seed, s->text[3], 1);
	if (l.kind != SPILL_LOCATOR_FILE) {
		l.evidence = random_word(seed, s->text[4], 1);
		l.volume = spill_span(volumes[dice(seed, 7)]);
		l.slack = dice(seed, 4) == 0;
	}
	return l;
}

/* What prints, parses to an equal value; and order is that of equality. */
static void
random_round_trip(void **state)
{
	struct spill_buf text[2] = { SPILL_BUF_INIT(9999),
		SPILL_BUF_INIT(9999) };
	struct spill_locator l[2];
	struct scratch s[2];
	uint32_t seed = 7;
	unsigned ok = 0;

	(void)state;
	for (unsigned i = 0; i < 60000; i++) {
		struct spill_arena a = SPILL_ARENA_INIT(0);
		struct spill_locator back;
		int k = i & 1;

		l[k] = random_locator(&seed, &s[k]);
		spill_buf_reset(&text[k]);
		if (spill_locator_print(&text[k], &l[k]) != SPILL_OK)
			continue;
		ok++;
		assert_int_equal(
		    spill_locator_parse(
			spill_buf_as_span(&text[k]), &a, &back, NULL),
		    SPILL_OK);
		assert_int_equal(spill_locator_cmp(&l[k], &back), 0);
		if (text[!k].len > 0) {
			int c = sign(spill_locator_cmp(&l[0], &l[1]));

			assert_int_equal(
			    c, -sign(spill_locator_cmp(&l[1], &l[0])));
			assert_int_equal(
			    c == 0, spill_span_eq(spill_buf_as_span(&text[0]),
					spill_buf_as_span(&text[1])));
		}
		spill_arena_release(&a);
	}
	assert_in_range(ok, 10000, 60000);
	spill_buf_release(&text[0]);
	spill_buf_release(&text[1]);
}

/* --- order -------------------------------------------------------------- */

static const char *const sorted[] = { "file:10", "file:10:x", "file:9",
	"file:a", "%2Da:p1:5", "a::@0+1", "a::@0+1:m", "a:p1:0", "a:p1:9",
	"a:p1:9:2", "a:p1:9:10", "a:p1:9:10:x", "a:p1:9:10~2", "a:p1:9:~1",
	"a:p1:9:~2", "a:p1:9:010", "a:p1:9:b", "a:p1:9:b:a", "a:p1:9:b~2",
	"a:p1:9:b~10", "a:p1:9:ba", "a:p1:9~slack", "a:p1:9~slack:a",
	"a:p1:9-128-4", "a:p1:9-128-10", "a:p1:9-129-1", "a:p1:10",
	"a:p1:18446744073709551615", "a:p1:%31", "a:p1:x", "a:p1:x:b",
	"a:p1:x~slack", "a:p1:x/y", "a:p1:d5+64", "a:p1:d5+128", "a:p1:d10+0",
	"a:p1:@5+9", "a:p1:@5+9,@100+1", "a:p1:@5+10", "a:p1:@40+1",
	"a:p1.v1:1", "a:p2:1", "a:p2.v1:1", "a:p2.v10:1", "a:p2.vss1:1",
	"a:p10:1", "a:x40960:1", "a.b:p1:1", "b:p1:1", "%66ile:p1:5",
	"g:p1:1" };

static void
order(void **state)
{
	struct spill_arena a = SPILL_ARENA_INIT(0);
	struct spill_locator l[SPILL_COUNT(sorted)];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(sorted); i++)
		if (spill_locator_parse(
			spill_span(sorted[i]), &a, &l[i], NULL) != SPILL_OK)
			fail_msg("'%s'", sorted[i]);
	for (size_t i = 0; i < SPILL_COUNT(sorted); i++)
		for (size_t k = 0; k < SPILL_COUNT(sorted); k++)
			if (sign(spill_locator_cmp(&l[i], &l[k])) !=
			    (i > k) - (i < k))
				fail_msg("'%s', '%s'", sorted[i], sorted[k]);
	spill_arena_release(&a);
}

/* --- helpers ------------------------------------------------------------ */

/* What f makes of the first of each pair is the second. */
static void
check_pairs(struct spill_span (*f)(struct spill_span),
    const char *const cases[][2], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(cases[i][0]);
		char *p = exact(cases[i][0], n);
		struct spill_span s = f((struct spill_span){ p, n });

		if (!spill_span_eq(s, spill_span(cases[i][1])))
			fail_msg("'%s': '%.*s'", cases[i][0], (int)s.len, s.p);
		free(p);
	}
}

static void
short_names(void **state)
{
	static const char *const cases[][2] = { { "a/pc1.E01", "pc1" },
		{ "pc1.raw", "pc1" }, { "pc1.001", "pc1" },
		{ "/x/pc1.tar.gz", "pc1.tar" }, { "pc1", "pc1" },
		{ "/dev/sda1", "sda1" }, { "a.b/c", "c" }, { "a/b.c/", "b" },
		{ "a/b.c//", "b" }, { ".hidden", ".hidden" },
		{ ".hidden.raw", ".hidden" }, { "..", ".." }, { ".", "." },
		{ "../..", ".." }, { "...x", "...x" }, { "x.", "x" },
		{ "x..", "x." }, { "/", "" }, { "", "" }, { "//", "" },
		{ "file.dd", "file" }, { "a b.E01", "a b" } };

	(void)state;
	check_pairs(spill_locator_short, cases, SPILL_COUNT(cases));
}

static void
parents(void **state)
{
	static const char *const cases[][2] = { { "a:p1:5", "" },
		{ "a:p1:5:m", "a:p1:5" }, { "a:p1:5:m:n~2", "a:p1:5:m" },
		{ "a:p1:5~slack:m", "a:p1:5~slack" }, { "a::@0+1", "" },
		{ "a::@0+1:m", "a::@0+1" }, { "file:x", "" },
		{ "file:x:m", "file:x" }, { "file:x:m:n", "file:x:m" },
		{ "%66ile:p1:5", "" }, { "%66ile:p1:5:m", "%66ile:p1:5" },
		{ "filex:p1:5", "" }, { "", "" }, { ":", "" }, { "file", "" } };

	(void)state;
	check_pairs(spill_locator_parent, cases, SPILL_COUNT(cases));
}

/* --- one word of a shell ------------------------------------------------ */

static const char *
echoed(const char *shell, const char *text)
{
	static char out[4096];
	struct spill_buf cmd = SPILL_BUF_INIT(9999);
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	spill_buf_printf(&cmd, "printf '<%%s>' %s", text);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execlp(shell, shell, "-c", spill_buf_str(&cmd), (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	n = read(fds[0], out, sizeof(out) - 1);
	out[n > 0 ? n : 0] = '\0';
	close(fds[0]);
	waitpid(pid, &status, 0);
	spill_buf_release(&cmd);
	return WIFEXITED(status) && WEXITSTATUS(status) == 127 ? NULL : out;
}

static void
shell_word(void **state)
{
	static const char *const shells[] = { "sh", "bash", "zsh" };
	struct spill_buf b = SPILL_BUF_INIT(9999);
	char raw[255];

	(void)state;
	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (char)(i + 1);
	for (size_t i = 0; i < SPILL_COUNT(shells); i++) {
		const char *said;

		spill_buf_reset(&b);
		spill_buf_puts(&b, "<%2Da:p1:@0+1,@9+1");
		assert_int_equal(
		    spill_locator_member(
			&b, (struct spill_span){ raw, sizeof(raw) }, 2),
		    SPILL_OK);
		said = echoed(shells[i], spill_buf_str(&b) + 1);
		spill_buf_putc(&b, '>');
		if (said != NULL) /* that shell is there */
			assert_string_equal(said, spill_buf_str(&b));
		else
			assert_string_equal(shells[i], "zsh");
	}
	spill_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments),
		cmocka_unit_test(random_round_trip),
		cmocka_unit_test(order),
		cmocka_unit_test(short_names),
		cmocka_unit_test(parents),
		cmocka_unit_test(shell_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
