#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/hash.h>
#include <spill/name.h>
#include <spill/tool.h>
#include <spill/writer.h>

struct tool_conf {
	const char *output, *errors, *docs;
	int format;
	bool gaps_ok, seal, sealed, quiet, verbose, schema, version, help;
};

static const struct spill_opt common_options[] = {
	SPILL_OPT_FILE('o', "output", struct tool_conf, output, "file",
	    "write to this file instead of standard output; it must not exist "
	    "and gets its name when it is whole",
	    .how = true),
	SPILL_OPT_FILE(0, "errors", struct tool_conf, errors, "file",
	    "write error records to this file; without it, each is a line on "
	    "standard error",
	    .how = true),
	SPILL_OPT_FLAG(0, "gaps-ok", struct tool_conf, gaps_ok,
	    "exit with 0 although something was skipped or damaged",
	    .how = true),
	SPILL_OPT_FLAG('q', "quiet", struct tool_conf, quiet,
	    "say nothing but errors", .how = true),
	SPILL_OPT_FLAG('v', "verbose", struct tool_conf, verbose,
	    "say how the work went", .how = true),
	SPILL_OPT_FLAG(0, "version", struct tool_conf, version,
	    "print the version", .how = true),
	SPILL_OPT_FLAG('h', "help", struct tool_conf, help, "print this help",
	    .how = true),
	SPILL_OPT_END
};

/* Of tools that write records. */
static const struct spill_opt stream_options[] = {
	SPILL_OPT_ENUM(0, "format", struct tool_conf, format, "format",
	    "what to write", NULL),
	SPILL_OPT_FLAG(0, "seal", struct tool_conf, seal,
	    "end the stream with a record of its rows, errors, filters and "
	    "options and a hash of it",
	    .how = true),
	SPILL_OPT_FLAG(0, "schema", struct tool_conf, schema,
	    "print the columns that the tool writes", .how = true),
	SPILL_OPT_END
};

/* Of tools that read records. */
static const struct spill_opt reader_options[] = {
	SPILL_OPT_FLAG(0, "sealed", struct tool_conf, sealed,
	    "refuse every record stream that is read and has no seal"),
	SPILL_OPT_END
};

static const struct spill_opt no_options[] = { SPILL_OPT_END };

/* Not for people: the build makes manual and completions with it. */
static const struct spill_opt hidden_options[] = {
	SPILL_OPT_STRING(0, "spill-docs", struct tool_conf, docs, "kind",
	    "print completions or parts of the manual", .how = true),
	SPILL_OPT_END
};

struct spill_tool {
	const struct spill_tool_spec *spec;
	struct tool_conf conf;
	struct spill_opt stream[SPILL_COUNT(stream_options)];
	struct spill_opttab tabs[5];
	const char **operands;
	size_t noperands;
	struct spill_out *out, *errfile;
	struct spill_writer *errors;
	struct spill_columns *errcols;
	struct spill_buf given;
	char program[64];
	uint64_t nerrors;
};

/* --- signals ------------------------------------------------------------ */

/* Ended by a signal, a tool leaves nothing behind and dies of that signal. */
static void
on_signal(int sig)
{
	spill_out_emergency();
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

static void
catch_signals(void)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXCPU };
	struct sigaction sa = { .sa_handler = on_signal }, old;

	(void)signal(SIGXFSZ, SIG_IGN); /* the write fails, and says why */
	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < SPILL_COUNT(sigs); i++)
		if (sigaction(sigs[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			(void)sigaction(sigs[i], &sa, NULL);
}

/*
 * Descriptors 0 to 2 are open, so that no input ever gets one of their
 * numbers; what was closed is made such that its use fails.
 */
static int
check_descriptors(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return SPILL_EIO;
	return SPILL_OK;
}

/* --- texts -------------------------------------------------------------- */

static void
usage_line(const struct spill_tool *t, struct spill_buf *b)
{
	spill_buf_printf(
	    b, "usage: %s [options] %s\n", t->program, t->spec->operands);
}

static void
say_usage(const struct spill_tool *t)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);

	usage_line(t, &b);
	(void)!write(STDERR_FILENO, b.p, b.len);
	spill_buf_release(&b);
}

static void
help(const struct spill_tool *t, struct spill_buf *b)
{
	usage_line(t, b);
	spill_buf_printf(b, "%s\n\n", t->spec->summary);
	for (size_t i = 0; i < SPILL_COUNT(t->tabs) - 1; i++)
		spill_opt_help(b, t->tabs[i].opts);
	spill_buf_printf(b, "\nThe manual page is %s(1).\n", t->program);
}

static int
docs(const struct spill_tool *t, struct spill_buf *b)
{
	const char *kind = t->conf.docs;
	size_t n = SPILL_COUNT(t->tabs) - 1;

	if (strcmp(kind, "bash") == 0)
		spill_opt_bash(b, t->program, t->tabs, n);
	else if (strcmp(kind, "zsh") == 0)
		spill_opt_zsh(b, t->program, t->tabs, n);
	else if (strcmp(kind, "synopsis") == 0)
		for (size_t i = 0; i < n; i++)
			spill_opt_synopsis(b, t->tabs[i].opts);
	else if (strcmp(kind, "options") == 0)
		for (size_t i = 0; i < n; i++) {
			/* An empty list is none in mdoc. */
			if (t->tabs[i].opts[0].type != SPILL_OPT_END_)
				spill_opt_mdoc(b, t->tabs[i].opts);
		}
	else if (strcmp(kind, "schemas") == 0)
		for (size_t i = 0; spill_schemas[i] != NULL; i++)
			spill_schema_mdoc(b, spill_schemas[i]);
	else if (strcmp(kind, "more") == 0 && t->spec->more != NULL)
		t->spec->more(b);
	else
		return SPILL_EUSAGE;
	return SPILL_OK;
}

/* Answer --help and its like: SPILL_END if there was one of them. */
static int
answer(struct spill_tool *t)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)1 << 20);
	struct spill_out *out = NULL;
	int rc = SPILL_END;

	if (t->conf.help)
		help(t, &b);
	else if (t->conf.version)
		spill_buf_printf(&b, "%s %s\n", t->program, SPILL_VERSION);
	else if (t->conf.schema)
		spill_schema_csv(&b, t->spec->writes);
	else if (t->conf.docs == NULL)
		return SPILL_OK;
	else if (docs(t, &b) != SPILL_OK)
		rc = SPILL_EUSAGE;
	if (rc == SPILL_END && b.rc != SPILL_OK)
		rc = b.rc;
	if (rc == SPILL_END && spill_out_open(&out, NULL) == SPILL_OK) {
		spill_out_put(out, b.p, b.len);
		if (spill_out_close(&out) != SPILL_OK)
			rc = SPILL_EIO;
	}
	spill_buf_release(&b);
	return rc;
}

/* --- begin -------------------------------------------------------------- */

static int
parse(struct spill_tool *t, void *conf, int argc, char **argv)
{
	int rc;

	memcpy(t->stream, stream_options, sizeof(t->stream));
	t->stream[0].choices = t->spec->formats; /* of --format */
	if (t->spec->writes == NULL)
		t->stream[0] = (struct spill_opt)SPILL_OPT_END;
	t->tabs[0] = (struct spill_opttab){ t->spec->options, conf };
	t->tabs[1] = (struct spill_opttab){ t->stream, &t->conf };
	t->tabs[2] = (struct spill_opttab){
		t->spec->reads_none ? no_options : reader_options, &t->conf
	};
	t->tabs[3] = (struct spill_opttab){ common_options, &t->conf };
	t->tabs[4] = (struct spill_opttab){ hidden_options, &t->conf };
	rc = spill_opt_parse(t->tabs, SPILL_COUNT(t->tabs), argc, argv,
	    &t->operands, &t->noperands);
	if (rc == SPILL_EUSAGE)
		say_usage(t);
	if (rc != SPILL_OK)
		return rc;
	spill_diag_init(t->program, t->conf.quiet     ? SPILL_QUIET
				    : t->conf.verbose ? SPILL_VERBOSE
						      : SPILL_NORMAL);
	if (t->conf.output != NULL && strcmp(t->conf.output, "-") == 0)
		t->conf.output = NULL;
	if (t->conf.output != NULL && t->conf.errors != NULL &&
	    strcmp(t->conf.output, t->conf.errors) == 0) {
		spill_err("--output and --errors are the same file");
		return SPILL_EUSAGE;
	}
	spill_opt_given(&t->given, t->tabs, SPILL_COUNT(t->tabs), argc, argv);
	if (t->conf.seal && (size_t)t->conf.format >= t->spec->nrecord) {
		spill_err("--seal goes with a record stream, not with --format "
			  "%s",
		    t->spec->formats[t->conf.format]);
		return SPILL_EUSAGE;
	}
	if (t->given.rc == SPILL_ELIMIT) {
		spill_err("the options are longer than 4 MiB");
		return SPILL_EUSAGE;
	}
	return t->given.rc;
}

static int
open_outputs(struct spill_tool *t)
{
	int rc = SPILL_OK;

	if (t->conf.errors != NULL) {
		rc = spill_out_open(&t->errfile, t->conf.errors);
		if (rc == SPILL_OK)
			rc = spill_columns_open(
			    &t->errcols, &spill_schema_error);
		if (rc == SPILL_OK)
			rc = spill_writer_open(&t->errors, t->errfile,
			    SPILL_SYNTAX_CSV, t->errcols, NULL);
		if (rc == SPILL_OK)
			spill_writer_header(t->errors);
	}
	if (rc == SPILL_OK)
		rc = spill_out_open(&t->out, t->conf.output);
	if (rc == SPILL_OK && t->conf.seal)
		rc = spill_out_hash(t->out);
	return rc;
}

int
spill_tool_begin(struct spill_tool **out, const struct spill_tool_spec *spec,
    void *conf, int argc, char **argv)
{
	struct spill_tool *t = calloc(1, sizeof(*t));
	int rc = check_descriptors();

	if (t == NULL) {
		spill_err("out of memory");
		return SPILL_ENOMEM;
	}
	t->spec = spec;
	t->given = SPILL_BUF_INIT((size_t)4 << 20);
	(void)snprintf(t->program, sizeof(t->program), "spill-%s", spec->name);
	spill_diag_init(t->program, SPILL_NORMAL);
	catch_signals();
	*out = t;
	if (rc == SPILL_OK)
		rc = parse(t, conf, argc, argv);
	if (rc == SPILL_OK)
		rc = answer(t);
	return rc == SPILL_OK ? open_outputs(t) : rc;
}

const char *const *
spill_tool_operands(const struct spill_tool *t, size_t *n)
{
	*n = t->noperands;
	return t->operands;
}

struct spill_out *
spill_tool_out(struct spill_tool *t)
{
	return t->out;
}

size_t
spill_tool_format(const struct spill_tool *t)
{
	return (size_t)t->conf.format;
}

bool
spill_tool_seal(const struct spill_tool *t)
{
	return t->conf.seal;
}

bool
spill_tool_sealed(const struct spill_tool *t)
{
	return t->conf.sealed;
}

struct spill_span
spill_tool_given(const struct spill_tool *t)
{
	return spill_buf_as_span(&t->given);
}

/* --- errors ------------------------------------------------------------- */

/* Of an ordinary file the path is the evidence: once is enough. */
static bool
says_more(const struct spill_error *e, struct spill_span what)
{
	static const char file[] = "file:";
	size_t n = sizeof(file) - 1;

	if (e->path.len == 0 && what.len > n && memcmp(what.p, file, n) == 0)
		what = (struct spill_span){ what.p + n, what.len - n };
	return what.len > 0 && !spill_span_eq(what, spill_span(e->evidence));
}

static void
say_error(const struct spill_error *e)
{
	struct spill_span what = e->path.len > 0 ? e->path : e->item;
	char where[64] = "";

	if (e->line > 0) {
		spill_err("'%s', line %llu: %s", e->evidence,
		    (unsigned long long)e->line, e->detail);
		return;
	}
	if (e->length > 0)
		(void)snprintf(where, sizeof(where),
		    " (byte %llu, length %llu)", (unsigned long long)e->offset,
		    (unsigned long long)e->length);
	if (says_more(e, what))
		spill_err("'%s': '%.*s': %s%s", e->evidence, (int)what.len,
		    what.p, e->detail, where);
	else if (e->evidence[0] == '\0') /* of all of it */
		spill_err("%s", e->detail);
	else
		spill_err("'%s': %s%s", e->evidence, e->detail, where);
}

static void
set(struct spill_row *r, const char *col, struct spill_span v)
{
	spill_row_set(r,
	    (unsigned)spill_schema_find(&spill_schema_error, spill_span(col)),
	    v);
}

static void
write_error(struct spill_tool *t, const struct spill_error *e)
{
	struct spill_buf name = SPILL_BUF_INIT((size_t)1 << 20), detail = name;
	struct spill_row *r = calloc(1, sizeof(*r));
	char offset[24], length[24], id[24], parser[96], text[512];

	spill_name_escape(&name, spill_span(e->evidence));
	(void)snprintf(text, sizeof(text),
	    e->line > 0 ? "line %llu: %s" : "%.0llu%s",
	    (unsigned long long)e->line, e->detail);
	spill_name_escape(&detail, spill_span(text));
	(void)snprintf(
	    offset, sizeof(offset), "%llu", (unsigned long long)e->offset);
	(void)snprintf(
	    length, sizeof(length), "%llu", (unsigned long long)e->length);
	(void)snprintf(id, sizeof(id), "er-%016llx",
	    (unsigned long long)spill_mix(
		detail.p, detail.len, spill_mix(name.p, name.len, e->offset)));
	if (r == NULL || name.rc != SPILL_OK || detail.rc != SPILL_OK)
		spill_out_break(t->errfile);
	if (r == NULL)
		return;
	set(r, "id", spill_span(id));
	set(r, "step", spill_span(t->spec->name));
	set(r, "evidence", spill_buf_as_span(&name));
	set(r, "item", e->item);
	set(r, "path", e->path);
	set(r, "code", spill_span(e->code));
	set(r, "img_offset",
	    spill_span(e->line > 0 || e->length > 0 ? offset : ""));
	set(r, "length", spill_span(e->length > 0 ? length : ""));
	(void)snprintf(
	    parser, sizeof(parser), "%s/%s", t->program, SPILL_VERSION);
	set(r, "parser", spill_span(parser));
	set(r, "detail", spill_buf_as_span(&detail));
	spill_writer_row(t->errors, r);
	spill_buf_release(&name);
	spill_buf_release(&detail);
	free(r);
}

void
spill_tool_error(struct spill_tool *t, const struct spill_error *e)
{
	t->nerrors++;
	if (t->errors != NULL)
		write_error(t, e);
	else
		say_error(e);
}

uint64_t
spill_tool_errors(const struct spill_tool *t)
{
	return t->nerrors;
}

/* --- end ---------------------------------------------------------------- */

static int
exit_status(const struct spill_tool *t, int rc)
{
	if (rc == SPILL_EUSAGE)
		return 2;
	if (rc < 0)
		return 3;
	return t->nerrors > 0 && !t->conf.gaps_ok ? 1 : 0;
}

/* Both outputs or none: a signal waits until they have their names. */
static int
publish(struct spill_tool *t)
{
	int rc = t->out != NULL ? spill_out_flush(t->out) : SPILL_OK;
	sigset_t all, old;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	if (rc == SPILL_OK && t->errfile != NULL)
		rc = spill_out_close(&t->errfile);
	if (rc == SPILL_OK && t->out != NULL)
		rc = spill_out_close(&t->out);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return rc;
}

int
spill_tool_end(struct spill_tool **tool, int rc)
{
	struct spill_tool *t = *tool;
	int status, closed = SPILL_OK;

	if (t == NULL)
		return 3;
	spill_progress_end();
	if (rc >= 0)
		closed = publish(t);
	if (rc >= 0 && closed != SPILL_OK)
		rc = closed;
	spill_out_abort(&t->out);
	spill_out_abort(&t->errfile);
	if (rc == SPILL_ENOMEM)
		spill_err("out of memory");
	if (rc >= 0 && t->nerrors > 0)
		spill_err("errors: %llu%s%s", (unsigned long long)t->nerrors,
		    t->conf.errors != NULL ? ", see " : "",
		    t->conf.errors != NULL ? t->conf.errors : "");
	status = exit_status(t, rc);
	spill_writer_free(&t->errors);
	spill_columns_free(&t->errcols);
	spill_buf_release(&t->given);
	spill_opt_release(t->tabs, SPILL_COUNT(t->tabs));
	free(t->operands);
	free(t);
	*tool = NULL;
	return status;
}
