/*
 * worker-liar-said.c: a worker-pdf or worker-sqlite that somebody has taken
 * over. What a document has behind "LIE " in its first bytes is the word for
 * what it says of it; of the others it says one line, verdict and marking.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/cur.h>
#include <spill/look.h>

#include "../../common/worker/worker_i.h"

#define ESC "\x1b[2J"
#define L   SPILL_LOOK_LINE
#define V   SPILL_LOOK_VERDICT
#define M   SPILL_LOOK_MARKING

static struct spill_row row;
static struct spill_job *job;

static void
set(unsigned column, const char *text)
{
	spill_row_set(&row, column, spill_span(text));
}

/* A row as it should be, of the schema that begins there. */
static void
begin(unsigned base)
{
	spill_row_clear(&row);
	set(base == L	? L + LN_ROLE
	    : base == V ? V + VD_CLASS
			: M + MK_CLASS,
	    base == L ? "body" : "marked");
	set(base == L	? L + LN_TEXT
	    : base == V ? V + VD_LEVEL
			: M + MK_TEXT,
	    "true");
}

static int
honest(unsigned want)
{
	int rc = SPILL_OK;

	if (want & SPILL_LOOK_WANT_TEXT) {
		begin(L);
		rc = spill_job_send(job, &row);
	}
	if (rc == SPILL_OK && (want & SPILL_LOOK_WANT_MARKINGS)) {
		begin(M);
		rc = spill_job_send(job, &row);
	}
	if (rc == SPILL_OK && (want & SPILL_LOOK_WANT_VERDICT)) {
		begin(V);
		rc = spill_job_send(job, &row);
	}
	return rc;
}

/* --- one cell ----------------------------------------------------------- */

static const struct {
	const char *word;
	unsigned column;
	struct spill_span cell;
} cells[] = {
	{ "item", L + LN_ITEM, SPILL_SPAN("other:p1:5") },
	{ "evidence", L + LN_EVIDENCE, SPILL_SPAN("/etc/passwd") },
	{ "path", L + LN_PATH, SPILL_SPAN("LIE") },
	{ "page", L + LN_PAGE, SPILL_SPAN("-1") },
	{ "role", L + LN_ROLE, SPILL_SPAN("LIE") },
	{ "offset", L + LN_OFFSET, SPILL_SPAN("18446744073709551616") },
	{ "part", L + LN_PART, SPILL_SPAN(ESC) },
	{ "text", L + LN_TEXT, SPILL_SPAN(ESC) },
	{ "text-line", L + LN_TEXT, SPILL_SPAN("a\nLIE") },
	{ "text-c1", L + LN_TEXT, SPILL_SPAN("\xc2\x9b") },
	{ "text-utf8", L + LN_TEXT, SPILL_SPAN("\xc3\x28") },
	{ "no-column", L + LN_COUNT, SPILL_SPAN("LIE") },
	{ "far-column", SPILL_COLUMNS_MAX - 1, SPILL_SPAN("LIE") },
	{ "own-row", IT_MIME, SPILL_SPAN("LIE/LIE") },
	{ "family", SPILL_LOOK_FAMILY, SPILL_SPAN("pdf") },
	{ "v-item", V + VD_ITEM, SPILL_SPAN("other:p1:5") },
	{ "v-sha256", V + VD_SHA256, SPILL_SPAN("00ff") },
	{ "v-alloc", V + VD_ALLOC_NAME, SPILL_SPAN("no") },
	{ "v-class", V + VD_CLASS, SPILL_SPAN("LIE") },
	{ "v-level", V + VD_LEVEL, SPILL_SPAN(ESC) },
	{ "v-rank", V + VD_RANK, SPILL_SPAN("LIE") },
	{ "v-score", V + VD_SCORE, SPILL_SPAN("-1") },
	{ "v-flags", V + VD_FLAGS, SPILL_SPAN(ESC) },
	{ "v-reason", V + VD_REASON, SPILL_SPAN("a\nLIE") },
	{ "v-column", V + VD_COUNT, SPILL_SPAN("LIE") },
	{ "v-guid", SPILL_LOOK_GUID, SPILL_SPAN(ESC) },
	{ "v-label", SPILL_LOOK_LABEL_NAME, SPILL_SPAN(ESC) },
	{ "v-label-scheme", SPILL_LOOK_LABEL_SCHEME, SPILL_SPAN("\xc2\x9b") },
	{ "v-label-level", SPILL_LOOK_LABEL_LEVEL, SPILL_SPAN("a\nLIE") },
	{ "v-label-rank", SPILL_LOOK_LABEL_RANK, SPILL_SPAN("LIE") },
	{ "m-item", M + MK_ITEM, SPILL_SPAN("other:p1:5") },
	{ "m-class", M + MK_CLASS, SPILL_SPAN("LIE") },
	{ "m-text", M + MK_TEXT, SPILL_SPAN(ESC) },
	{ "m-page", M + MK_PAGE, SPILL_SPAN("LIE") },
	{ "m-column", M + MK_COUNT, SPILL_SPAN("LIE") },
};

static int
with(size_t i)
{
	const unsigned c = cells[i].column;

	begin(c >= M && c < M + 64 ? M : c >= V && c < V + 64 ? V : L);
	spill_row_set(&row, c, cells[i].cell);
	return spill_job_send(job, &row);
}

/* --- others ------------------------------------------------------------- */

/* A cell that is far too long, and right else. */
static int
long_cell(unsigned base, unsigned column, size_t n)
{
	char *p = malloc(n);
	int rc;

	if (p == NULL)
		return SPILL_ENOMEM;
	memset(p, 'x', n);
	begin(base);
	spill_row_set(&row, column, (struct spill_span){ p, n });
	rc = spill_job_send(job, &row);
	free(p);
	return rc;
}

static int
without(unsigned column)
{
	begin(column / 64 * 64);
	spill_row_set(&row, column, (struct spill_span){ "", 0 });
	return spill_job_send(job, &row);
}

static int
garbage(void)
{
	char p[4096];

	memset(p, 0xff, sizeof(p));
	return spill_job_packed(job, (struct spill_span){ p, sizeof(p) });
}

static int
error(const char *column, const char *value)
{
	int code = spill_schema_find(&spill_schema_error, SPILL_SPAN("code"));
	int other = spill_schema_find(&spill_schema_error, spill_span(column));

	spill_row_clear(&row);
	set((unsigned)code, "damaged");
	set((unsigned)other, value);
	return spill_job_error_row(job, &row);
}

static int
dies(void)
{
	begin(L);
	(void)spill_job_send(job, &row);
	spill_job_flush(job);
	raise(SIGKILL);
	return SPILL_OK;
}

static int
lie(const char *word)
{
	for (size_t i = 0; i < SPILL_COUNT(cells); i++)
		if (strcmp(cells[i].word, word) == 0)
			return with(i);
#define IS(name) (strcmp(word, name) == 0)
	return IS("no-role")	     ? without(L + LN_ROLE)
	       : IS("no-text")	     ? without(L + LN_TEXT)
	       : IS("v-no-class")    ? without(V + VD_CLASS)
	       : IS("m-no-text")     ? without(M + MK_TEXT)
	       : IS("text-long")     ? long_cell(L, L + LN_TEXT, 1 << 20)
	       : IS("text-huge")     ? long_cell(L, L + LN_TEXT, 13 << 20)
	       : IS("v-long")	     ? long_cell(V, V + VD_REASON, 2 << 20)
	       : IS("m-long")	     ? long_cell(M, M + MK_TEXT, 8 << 20)
	       : IS("garbage")	     ? garbage()
	       : IS("empty")	     ? spill_job_packed(job, SPILL_SPAN(""))
	       : IS("error-escapes") ? error("detail", ESC)
	       : IS("error-code")    ? error("code", "LIE")
	       : IS("bytes")	     ? spill_job_bytes(job, "LIE", 3)
	       : IS("last-words")    ? spill_job_fail(job, SPILL_EDAMAGED, ESC)
	       : IS("dies")	     ? dies()
				     : SPILL_EFORMAT;
}

static int
run(struct spill_job *j, struct spill_span request)
{
	struct spill_cur c = spill_cur(request.p, request.len);
	char text[128] = "", *word;
	uint64_t place = spill_cur_u64le(&c);

	job = j;
	spill_cur_skip(&c, 24);
	if (pread(spill_job_fd(j, 0), text, sizeof(text) - 1, (off_t)place) < 0)
		return SPILL_EIO;
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		if (text[i] == '\0')
			text[i] = ' ';
	word = strstr(text, "LIE ");
	if (word == NULL)
		return honest(spill_cur_u8(&c));
	word += 4;
	word[strcspn(word, " \n")] = '\0';
	return lie(word);
}

int
main(int argc, char *argv[])
{
	size_t n = strlen(argv[0]);
	const struct spill_family family = {
		.name = n > 4 && strcmp(argv[0] + n - 4, "-pdf") == 0
			    ? "pdf"
			    : "sqlite",
		.job = run,
		.nofile = 64
	};

	return spill_worker_main(argc, argv, &family);
}
