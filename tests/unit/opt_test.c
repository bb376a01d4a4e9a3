/*
 * opt_test.c: option tables: parsing, help, mdoc, completions.
 */
#include <stdio.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/opt.h>

#include "util.h"

struct conf {
	bool all, brief;
	const char *text, *file, *dir;
	struct spill_optlist list, files;
	uint64_t size, count;
	int kind;
	struct spill_time since;
	int64_t skew;
};

static const char *const kinds[] = { "csv", "tsv", "jsonl", NULL };

static const struct spill_opt options[] = {
	SPILL_OPT_FLAG('a', "all", struct conf, all, "it's all: [x] \\ $HOME"),
	SPILL_OPT_FLAG(0, "brief", struct conf, brief, ".csv is not a macro"),
	SPILL_OPT_STRING('t', "text", struct conf, text, "words", "any text"),
	SPILL_OPT_FILE('f', "file", struct conf, file, "file", "a - b -c"),
	SPILL_OPT_DIR('d', "dir", struct conf, dir, "folder", "a folder"),
	SPILL_OPT_LIST('e', "evidence", struct conf, list, "name=path",
	    "may be given again"),
	SPILL_OPT_FILES(0, "take", struct conf, files, "file", "files"),
	SPILL_OPT_SIZE('m', "memory-that-may-be-used", struct conf, size,
	    "size", "a long name"),
	SPILL_OPT_END
};

static const struct spill_opt common[] = {
	SPILL_OPT_UINT('n', "count", struct conf, count, "number", "how many"),
	SPILL_OPT_ENUM(
	    'k', "kind", struct conf, kind, "kind", "the format", kinds),
	SPILL_OPT_TIME('s', "since", struct conf, since, "time", "from when"),
	SPILL_OPT_DURATION(
	    0, "skew", struct conf, skew, "duration", "how late", .how = true),
	SPILL_OPT_END
};

static struct conf conf[2];
static const struct spill_opttab tabs[] = { { options, &conf[0] },
	{ common, &conf[1] } };

/* --- parsing ------------------------------------------------------------ */

static int
setup(void **state)
{
	(void)state;
	return capture("t");
}

static void
put_list(struct spill_buf *b, const char *name, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		spill_buf_printf(b, "%s<%s>", name, v[i]);
}

/* All that has a value, in the order of the tables, then the operands. */
static void
dump(struct spill_buf *b, const char **operands, size_t n)
{
	const struct conf *c = &conf[0], *d = &conf[1];
	char t[SPILL_TIME_TEXT];

	put_list(b, "a", (const char *const[]){ "" }, c->all);
	put_list(b, "brief", (const char *const[]){ "" }, c->brief);
	put_list(b, "t", &c->text, c->text != NULL);
	put_list(b, "f", &c->file, c->file != NULL);
	put_list(b, "d", &c->dir, c->dir != NULL);
	put_list(b, "e", c->list.v, c->list.n);
	put_list(b, "take", c->files.v, c->files.n);
	if (c->size != 42)
		spill_buf_printf(b, "m<%llu>", (unsigned long long)c->size);
	if (d->count != 42)
		spill_buf_printf(b, "n<%llu>", (unsigned long long)d->count);
	if (d->kind != 42)
		spill_buf_printf(b, "k<%d>", d->kind);
	if (spill_time_format(d->since, t) > 0)
		spill_buf_printf(b, "s<%s>", t);
	if (d->skew != 42)
		spill_buf_printf(b, "skew<%lld>", (long long)d->skew);
	put_list(b, "", operands, n);
}

#define MOST 16

/* Words with "|" between, behind a name; how many there are. */
static int
split(const char *line, char *argv[MOST + 2])
{
	static char text[500];
	char *p = text;
	int argc = 1;

	(void)snprintf(text, sizeof(text), "%s", line);
	while (*line != '\0' && argc < MOST && p != NULL)
		argv[argc++] = strsep(&p, "|");
	return argc;
}

/* The result is in b, or was said. */
static int
parse(const char *line, struct spill_buf *b)
{
	char *argv[MOST + 2] = { "t" };
	const char **operands = NULL;
	int argc = split(line, argv), rc;
	size_t n = 0;

	memset(conf, 0, sizeof(conf));
	conf[0].size = conf[1].count = 42;
	conf[1].kind = 42;
	conf[1].skew = 42;
	spill_buf_reset(b);
	rc = spill_opt_parse(tabs, 2, argc, argv, &operands, &n);
	if (rc == SPILL_OK)
		dump(b, operands, n);
	else
		assert_null(operands);
	free(operands);
	free(conf[0].list.v);
	free(conf[0].files.v);
	return rc;
}

static const char *const good[][2] = {
	{ "", "" },
	{ "-a", "a<>" },
	{ "--all", "a<>" },
	{ "-a|--all|-aa", "a<>" },
	{ "--brief", "brief<>" },
	{ "x|-a|y", "a<><x><y>" },
	{ "-", "<->" },
	{ "-a|--|-a|--all|--|-", "a<><-a><--all><--><->" },
	{ "--|x", "<x>" },
	{ "|x", "<><x>" },
	{ "-t|x", "t<x>" },
	{ "-tx", "t<x>" },
	{ "-t=x", "t<=x>" },
	{ "--text|x", "t<x>" },
	{ "--text=x", "t<x>" },
	{ "--text=", "t<>" },
	{ "--text=a=b", "t<a=b>" },
	{ "-t|", "t<>" },
	{ "-t|-a", "t<-a>" },
	{ "-t|--", "t<-->" },
	{ "--text|--all|-|--|z", "t<--all><-><z>" },
	{ "-at|x", "a<>t<x>" },
	{ "-atx", "a<>t<x>" },
	{ "-aata", "a<>t<a>" },
	{ "-t|x|-ty", "t<y>" },
	{ "-f|a b", "f<a b>" },
	{ "--dir=/x", "d</x>" },
	{ "-e|a=b|--evidence=c=d|-ee", "e<a=b>e<c=d>e<e>" },
	{ "--take|1|--take=2", "take<1>take<2>" },
	{ "-m|0", "m<0>" },
	{ "-m1", "m<1>" },
	{ "-m1k", "m<1024>" },
	{ "-m1K", "m<1024>" },
	{ "-m3M", "m<3145728>" },
	{ "-m2g", "m<2147483648>" },
	{ "-m1T", "m<1099511627776>" },
	{ "-m16777215T", "m<18446742974197923840>" },
	{ "-m18446744073709551615", "m<18446744073709551615>" },
	{ "-m18014398509481983K", "m<18446744073709550592>" },
	{ "-n|0", "n<0>" },
	{ "-n18446744073709551615", "n<18446744073709551615>" },
	{ "-k|csv", "k<0>" },
	{ "--kind=jsonl", "k<2>" },
	{ "-ktsv", "k<1>" },
	{ "-s|2019-03-05", "s<2019-03-05>" },
	{ "--since=2019-03-05T10:20:30.5+02:00", "s<2019-03-05T08:20:30.5Z>" },
	{ "--skew|-90m", "skew<-5400000000000>" },
	{ "--skew=01:00:00.5", "skew<3600500000000>" },
};

/* --x: 'y' is not ... */
#define NOT(x, y, z) "t: option --" x ": '" y "' is not " z "\n"
#define SIZE	     "memory-that-may-be-used"

#define A_TIME "a time such as 2024-06-03T14:00+01:00"

static const char *const bad[][2] = {
	{ "-x", "t: unknown option '-x'; --help lists them\n" },
	{ "-ax", "t: unknown option '-x'; --help lists them\n" },
	{ "-\xc3\xa9", "t: unknown option '-\\xc3'; --help lists them\n" },
	{ "-\n", "t: unknown option '-\\x0a'; --help lists them\n" },
	{ "-0", "t: unknown option '-0'; --help lists them\n" },
	{ "--x", "t: unknown option '--x'; --help lists them\n" },
	{ "--x=y", "t: unknown option '--x'; --help lists them\n" },
	{ "--=y", "t: unknown option '--'; --help lists them\n" },
	{ "--al", "t: unknown option '--al'; --help lists them\n" },
	{ "--alll", "t: unknown option '--alll'; --help lists them\n" },
	{ "--All", "t: unknown option '--All'; --help lists them\n" },
	{ "---all", "t: unknown option '---all'; --help lists them\n" },
	{ "--\x1b[2J", "t: unknown option '--\\x1b[2J'; --help lists them\n" },
	{ "--all=", "t: option --all takes no value\n" },
	{ "--all=x", "t: option --all takes no value\n" },
	{ "-t", "t: option -t wants a words\n" },
	{ "-at", "t: option -t wants a words\n" },
	{ "--file", "t: option --file wants a file\n" },
	{ "x|--file", "t: option --file wants a file\n" },
	{ "-m|", NOT(SIZE, "", "a size") },
	{ "-mk", NOT(SIZE, "k", "a size") },
	{ "-m1kk", NOT(SIZE, "1kk", "a size") },
	{ "-m1P", NOT(SIZE, "1P", "a size") },
	{ "-m1 ", NOT(SIZE, "1 ", "a size") },
	{ "-m-1", NOT(SIZE, "-1", "a size") },
	{ "-m1.5M", NOT(SIZE, "1.5M", "a size") },
	{ "-m0x10", NOT(SIZE, "0x10", "a size") },
	{ "-m16777216T", NOT(SIZE, "16777216T", "a size") },
	{ "-m18446744073709551616",
	    NOT(SIZE, "18446744073709551616", "a size") },
	{ "-m1\xcb", NOT(SIZE, "1\\xcb", "a size") },
	{ "-n|", NOT("count", "", "a number") },
	{ "-n-1", NOT("count", "-1", "a number") },
	{ "-n1k", NOT("count", "1k", "a number") },
	{ "-n18446744073709551616",
	    NOT("count", "18446744073709551616", "a number") },
	{ "-k|", NOT("kind", "", "one of csv, tsv, jsonl") },
	{ "-kcs", NOT("kind", "cs", "one of csv, tsv, jsonl") },
	{ "--kind=CSV", NOT("kind", "CSV", "one of csv, tsv, jsonl") },
	{ "-s|yesterday", NOT("since", "yesterday", A_TIME) },
	{ "-s|0000-00-00", NOT("since", "0000-00-00", A_TIME) },
	{ "-s|", NOT("since", "", A_TIME) },
	{ "--skew=5x", NOT("skew", "5x", "a duration") },
	{ "--skew=\x1b", NOT("skew", "\\x1b", "a duration") },
};

static void
accepted(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(good); i++) {
		if (parse(good[i][0], &b) != SPILL_OK ||
		    strcmp(spill_buf_str(&b), good[i][1]) != 0) {
			(void)release(state);
			fail_msg("'%s': %s", good[i][0], spill_buf_str(&b));
		}
		assert_string_equal(said(), "");
	}
	spill_buf_release(&b);
}

static void
refused(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(bad); i++) {
		assert_int_equal(parse(bad[i][0], &b), SPILL_EUSAGE);
		assert_string_equal(said(), bad[i][1]);
		/* The values before it do not matter, nor does more of it. */
	}
	assert_int_equal(parse("-e|a|x|--take=b|y|--nope", &b), SPILL_EUSAGE);
	spill_buf_release(&b);
}

/* The first fault is the one that is told. */
static void
first_fault(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(1000);

	(void)state;
	assert_int_equal(parse("-n|x|--nope|-k|y", &b), SPILL_EUSAGE);
	assert_string_equal(said(), NOT("count", "x", "a number"));
	spill_buf_release(&b);
}

static void
given(void **state)
{
	static const char *const cases[][2] = { { "", "" }, { "x|y", "" },
		{ "-a|x|-n5", "--all --count 5" },
		{ "--text=a b|--skew|5s|-k|csv", "--text a b --kind csv" },
		{ "-e1|--evidence=2|--|-a", "--evidence 1 --evidence 2" } };
	struct spill_buf b = SPILL_BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		char *argv[MOST + 2] = { "t" };
		int argc = split(cases[i][0], argv);

		spill_buf_reset(&b);
		spill_opt_given(&b, tabs, 2, argc, argv);
		assert_string_equal(spill_buf_str(&b), cases[i][1]);
	}
	spill_buf_release(&b);
}

/* --- text --------------------------------------------------------------- */

static void
help(void **state)
{
	static const char want[] =
	    "  -a, --all                 it's all: [x] \\ $HOME\n"
	    "      --brief               .csv is not a macro\n"
	    "  -t, --text words          any text\n"
	    "  -f, --file file           a - b -c\n"
	    "  -d, --dir folder          a folder\n"
	    "  -e, --evidence name=path  may be given again\n"
	    "      --take file           files\n"
	    "  -m, --memory-that-may-be-used size\n"
	    "                            a long name\n"
	    "  -n, --count number        how many\n"
	    "  -k, --kind kind           the format\n"
	    "                            one of csv, tsv, jsonl\n"
	    "  -s, --since time          from when\n"
	    "      --skew duration       how late\n";
	struct spill_buf b = SPILL_BUF_INIT(9999);

	(void)state;
	spill_opt_help(&b, options);
	spill_opt_help(&b, common);
	assert_string_equal(spill_buf_str(&b), want);
	spill_buf_release(&b);
}

static void
synopsis(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(9999);

	(void)state;
	spill_opt_synopsis(&b, options);
	assert_string_equal(spill_buf_str(&b),
	    ".Op Fl a\n.Op Fl \\-brief\n.Op Fl t Ar words\n"
	    ".Op Fl f Ar file\n.Op Fl d Ar folder\n.Op Fl e Ar name=path\n"
	    ".Op Fl \\-take Ar file\n.Op Fl m Ar size\n");
	spill_buf_release(&b);
}

/* --- other programs ----------------------------------------------------- */

/* Text as the input of a command; what it writes is in out. */
static int
run(char *const argv[], struct spill_span text, struct spill_buf *out)
{
	int in = memory(text), to = memory(SPILL_SPAN("")), status;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(in, STDIN_FILENO);
		dup2(to, STDOUT_FILENO);
		dup2(to, STDERR_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	status = exit_status(pid);
	assert_int_equal(lseek(to, 0, SEEK_SET), 0);
	spill_buf_reset(out);
	collect(to, out);
	close(in);
	return status;
}

#define ARGV(...)                 \
	(char *const[])           \
	{                         \
		__VA_ARGS__, NULL \
	}

static bool
there(const char *program)
{
	struct spill_buf out = SPILL_BUF_INIT(99999);
	struct spill_buf cmd = SPILL_BUF_INIT(99);
	int rc;

	spill_buf_printf(&cmd, "command -v %s", program);
	rc = run(ARGV("sh", "-c", (char *)spill_buf_str(&cmd)), SPILL_SPAN(""),
	    &out);
	spill_buf_release(&cmd);
	spill_buf_release(&out);
	return rc == 0;
}

/* "x" for "x BS x" and "_ BS x", as terminals show it. */
static void
no_overstrike(struct spill_buf *to, const struct spill_buf *from)
{
	spill_buf_reset(to);
	for (size_t i = 0; i < from->len; i++)
		if (from->p[i] == '\b' && to->len > 0)
			to->len--;
		else
			spill_buf_putc(to, from->p[i]);
}

static void
mdoc(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(99999), out = b;

	(void)state;
	if (!there("mandoc"))
		skip();
	spill_buf_puts(&b, ".Dd January 1, 2024\n.Dt T 1\n.Os\n.Sh NAME\n"
			   ".Nm t\n.Nd test\n.Sh SYNOPSIS\n.Nm\n");
	spill_opt_synopsis(&b, options);
	spill_opt_synopsis(&b, common);
	spill_buf_puts(&b, ".Sh DESCRIPTION\n.Nm\nis a test.\n");
	spill_opt_mdoc(&b, options);
	spill_opt_mdoc(&b, common);
	run(ARGV("mandoc", "-T", "lint", "-W", "style"), spill_buf_as_span(&b),
	    &out);
	assert_string_equal(spill_buf_str(&out), "");
	/* And it says what the table says. */
	assert_int_equal(
	    run(ARGV("mandoc", "-T", "ascii"), spill_buf_as_span(&b), &out), 0);
	no_overstrike(&b, &out);
	spill_buf_release(&out);
	assert_non_null(strstr(spill_buf_str(&b), "it's all: [x] \\ $HOME."));
	assert_non_null(strstr(spill_buf_str(&b), ".csv is not a macro."));
	assert_non_null(strstr(spill_buf_str(&b), "a - b -c."));
	assert_non_null(strstr(spill_buf_str(&b), "-e, --evidence name=path"));
	assert_non_null(
	    strstr(spill_buf_str(&b), "the format.  One of csv, tsv, jsonl."));
	spill_buf_release(&b);
}

/* The words that bash offers when the last of these is being typed. */
static void
offers(const char *line, const char *want)
{
	struct spill_buf b = SPILL_BUF_INIT(99999), out = b;

	spill_opt_bash(&b, "spill-t", tabs, 2);
	spill_buf_printf(&b,
	    "COMP_WORDS=(%s)\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
	    "_spill_t\n"
	    "printf '%%s\\n' \"${COMPREPLY[@]}\" | LC_ALL=C sort | xargs\n",
	    line);
	assert_int_equal(
	    run(ARGV("bash", "--norc"), spill_buf_as_span(&b), &out), 0);
	assert_string_equal(spill_buf_str(&out), want);
	spill_buf_release(&b);
	spill_buf_release(&out);
}

static void
bash(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(99999), out = b;

	(void)state;
	spill_opt_bash(&b, "spill-t", tabs, 2);
	assert_int_equal(
	    run(ARGV("bash", "-n"), spill_buf_as_span(&b), &out), 0);
	assert_string_equal(spill_buf_str(&out), "");
	assert_non_null(strstr(spill_buf_str(&b), "-F _spill_t spill-t\n"));
	spill_buf_release(&b);
	spill_buf_release(&out);

	assert_int_equal(folder_setup(state), 0);
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(
	    run(ARGV("sh", "-c", "mkdir xd; touch xf"), SPILL_SPAN(""), &out),
	    0);
	offers("t --k", "--kind\n");
	offers("t -", "--all --brief --count --dir --evidence --file --kind "
		      "--memory-that-may-be-used --since --skew --take "
		      "--text\n");
	offers("t --kind ''", "csv jsonl tsv\n");
	offers("t -k t", "tsv\n");
	offers("t --file x", "xd xf\n");
	offers("t --take x", "xd xf\n");
	offers("t -d x", "xd\n");
	offers("t --count x", "\n");
	offers("t --all x", "xd xf\n");
	offers("t x", "xd xf\n");
	assert_int_equal(chdir("/"), 0);
	run(ARGV("rm", "-r", folder), SPILL_SPAN(""), &out);
	spill_buf_release(&out);
}

static void
zsh(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(99999), out = b;

	(void)state;
	if (!there("zsh"))
		skip();
	spill_opt_zsh(&b, "spill-t", tabs, 2);
	assert_int_equal(
	    run(ARGV("zsh", "-fn"), spill_buf_as_span(&b), &out), 0);
	assert_string_equal(spill_buf_str(&out), "");
	/* What _arguments is told. */
	spill_buf_reset(&out);
	spill_buf_puts(&out, "_arguments() { printf '<%s>\\n' \"$@\"; }\n");
	spill_buf_span(&out, spill_buf_as_span(&b));
	spill_buf_release(&b);
	assert_int_equal(
	    run(ARGV("zsh", "-f"), spill_buf_as_span(&out), &b), 0);
	assert_string_equal(spill_buf_str(&b),
	    "<-S>\n"
	    "<--all[it's all\\: \\[x\\] \\\\ $HOME]>\n"
	    "<-a[it's all\\: \\[x\\] \\\\ $HOME]>\n"
	    "<--brief[.csv is not a macro]>\n"
	    "<--text=[any text]:words:>\n<-t[any text]:words:>\n"
	    "<--file=[a - b -c]:file:_files>\n<-f[a - b -c]:file:_files>\n"
	    "<--dir=[a folder]:folder:_files -/>\n"
	    "<-d[a folder]:folder:_files -/>\n"
	    "<*--evidence=[may be given again]:name=path:>\n"
	    "<*-e[may be given again]:name=path:>\n"
	    "<*--take=[files]:file:_files>\n"
	    "<--memory-that-may-be-used=[a long name]:size:>\n"
	    "<-m[a long name]:size:>\n"
	    "<--count=[how many]:number:>\n<-n[how many]:number:>\n"
	    "<--kind=[the format]:kind:(csv tsv jsonl)>\n"
	    "<-k[the format]:kind:(csv tsv jsonl)>\n"
	    "<--since=[from when]:time:>\n<-s[from when]:time:>\n"
	    "<--skew=[how late]:duration:>\n<*:file:_files>\n");
	spill_buf_release(&b);
	spill_buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CAPTURED(accepted),
		CAPTURED(refused),
		CAPTURED(first_fault),
		cmocka_unit_test(given),
		cmocka_unit_test(help),
		cmocka_unit_test(synopsis),
		cmocka_unit_test(mdoc),
		cmocka_unit_test(bash),
		cmocka_unit_test(zsh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
