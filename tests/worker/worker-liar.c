/*
 * worker-liar.c: a worker-fs that somebody has taken over. Its first answers
 * are good, so that it comes to the lie, which is the first word of the image.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/worker.h>

#include "../../common/evidence/fsjob_i.h"
#include "../../common/worker/worker_i.h"

/* What must never be in the output. */
#define LIE "/LIE"
#define ESC "\x1b[2J"

struct lie {
	const char *word;
	enum fsjob_op op;
	int (*tell)(struct spill_job *j, const struct fsjob *ask);
};

static struct spill_row row;

/* --- what is true ------------------------------------------------------- */

static int
item(struct spill_job *j, const char *object, const char *path)
{
	spill_row_clear(&row);
	spill_row_set(&row, IT_ITEM, spill_span(object));
	spill_row_set(&row, IT_PATH, spill_span(path));
	spill_row_set(&row, IT_KIND, SPILL_SPAN("file"));
	return spill_job_send(j, &row);
}

static int
image(struct spill_job *j, const char *column, const char *value)
{
	int status =
	    spill_schema_find(&spill_schema_evidence, SPILL_SPAN("status"));

	spill_row_clear(&row);
	spill_row_set(&row, (unsigned)status, SPILL_SPAN("whole"));
	spill_row_set(&row,
	    (unsigned)spill_schema_find(
		&spill_schema_evidence, spill_span(column)),
	    spill_span(value));
	return spill_job_send(j, &row);
}

static int
volume(struct spill_job *j, const char *name)
{
	struct spill_volume v = { .kind = SPILL_VOLUME_FS,
		.length = 512,
		.type = 1,
		.what = "NTFS",
		.status = "ok" };
	char text[FSJOB_VOLUME_TEXT];

	snprintf(v.name, sizeof(v.name), "%s", name);
	fsjob_put_volume(&v, "none", &row, text);
	return spill_job_send(j, &row);
}

static int
filled(struct spill_job *j, const char *there, const char *status)
{
	spill_row_clear(&row);
	spill_row_set(&row, IT_SIZE, SPILL_SPAN("4"));
	spill_row_set(&row, IT_INIT_SIZE, spill_span(there));
	spill_row_set(&row, IT_IMG_OFFSET, SPILL_SPAN("0"));
	spill_row_set(&row, IT_STATUS, spill_span(status));
	return spill_job_send(j, &row);
}

static int
fill(struct spill_job *j, const struct fsjob *ask)
{
	char *slab;
	size_t len;
	int rc = spill_job_map_rw(j, spill_job_nfds(j) - 1, &slab, &len);

	if (rc == SPILL_OK)
		memcpy(slab, "good", 4);
	for (size_t i = 0; rc == SPILL_OK && i < ask->object.len; i++)
		if (ask->object.p[i] == '\n')
			rc = filled(j, "4", "ok");
	return rc;
}

static int
honest(struct spill_job *j, const struct fsjob *ask)
{
	int rc;

	if (ask->op == FSJOB_FILL)
		return fill(j, ask);
	if (ask->op == FSJOB_READ)
		return spill_job_bytes(j, "good", 4);
	if (ask->op == FSJOB_WALK) {
		rc = spill_job_progress(j, 1);
		if (rc != SPILL_OK || ask->from > 0)
			return rc;
		return item(j, "5", "/good");
	}
	if (ask->op == FSJOB_SEARCH) /* the whole list once more */
		return volume(j, "p1");
	rc = image(j, "format", "raw");
	return rc == SPILL_OK ? volume(j, "p1") : rc;
}

/* --- of the image ------------------------------------------------------- */

static int
nothing(struct spill_job *j, const struct fsjob *ask)
{
	(void)j;
	(void)ask;
	return SPILL_OK;
}

static int
no_volume(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return image(j, "format", "raw");
}

static int
its_path(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return image(j, "evidence", LIE);
}

static int
its_hash(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return image(j, "sha256", "00ff");
}

static int
twins(struct spill_job *j, const struct fsjob *ask)
{
	int rc = honest(j, ask);

	return rc == SPILL_OK ? volume(j, "p1") : rc;
}

/* No lie. */
static int
half(struct spill_job *j, const struct fsjob *ask)
{
	spill_job_partial(j, "half of it");
	return honest(j, ask);
}

static int
climbing_volume(struct spill_job *j, const struct fsjob *ask)
{
	int rc = honest(j, ask);

	return rc == SPILL_OK ? volume(j, "../p1") : rc;
}

static int
volumes(struct spill_job *j, const struct fsjob *ask)
{
	int rc = honest(j, ask);
	char name[24];

	for (unsigned i = 2; rc == SPILL_OK; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		rc = volume(j, name);
	}
	return rc;
}

/* --- of items ----------------------------------------------------------- */

static int
foreign(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return item(j, "other:p1:5", LIE);
}

static int
foreign_parent(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	spill_row_clear(&row);
	spill_row_set(&row, IT_ITEM, SPILL_SPAN("6"));
	spill_row_set(&row, IT_PATH, SPILL_SPAN(LIE));
	spill_row_set(&row, IT_PARENT, SPILL_SPAN("other:p1:5"));
	return spill_job_send(j, &row);
}

static int
with(struct spill_job *j, unsigned col, struct spill_span v)
{
	spill_row_clear(&row);
	spill_row_set(&row, IT_ITEM, SPILL_SPAN("6"));
	spill_row_set(&row, IT_PATH, SPILL_SPAN(LIE));
	spill_row_set(&row, col, v);
	return spill_job_send(j, &row);
}

static int
other_evidence(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return with(j, IT_EVIDENCE, SPILL_SPAN("/etc/passwd"));
}

static int
other_volume(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return with(j, IT_VOLUME, SPILL_SPAN("p2"));
}

static int
known_hash(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return with(j, IT_SHA256, SPILL_SPAN("00ff"));
}

static int
escapes(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return item(j, "6", LIE ESC);
}

static int
hidden_escapes(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return with(j, IT_KIND, SPILL_SPAN("file\0" ESC "\0\0\0\0"));
}

static int
bad_utf8(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return item(j, "6", LIE "\xc3\x28");
}

static int
no_such_time(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return with(j, IT_BORN, SPILL_SPAN("2024-99-99T99:99:99Z"));
}

static int
no_item(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return item(j, "", LIE);
}

static int
other_schema(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return with(j, IT_COUNT + 3, SPILL_SPAN("1"));
}

static int
huge_cell(struct spill_job *j, const struct fsjob *ask)
{
	size_t n = (size_t)13 << 20;
	char *p = malloc(n);

	(void)ask;
	if (p == NULL)
		return SPILL_ENOMEM;
	memset(p, 'x', n);
	return with(j, IT_NOTE, (struct spill_span){ p, n });
}

/* --- without end -------------------------------------------------------- */

static int
rows(struct spill_job *j, const struct fsjob *ask)
{
	int rc = SPILL_OK;

	(void)ask;
	while (rc == SPILL_OK)
		rc = item(j, "6", "/same");
	return rc;
}

static int
places(struct spill_job *j, const struct fsjob *ask)
{
	int rc = SPILL_OK;

	(void)ask;
	for (uint64_t i = 2; rc == SPILL_OK; i++)
		rc = spill_job_progress(j, i);
	return rc;
}

static int
pieces(struct spill_job *j, const struct fsjob *ask)
{
	static char p[32768];
	struct spill_span body = { p, sizeof(p) };

	(void)ask;
	spill_job_flush(j);
	put_u32(p, (uint32_t)(sizeof(p) - REC_HEAD) |
		       (uint32_t)(REC_ROW | REC_MORE) << 24);
	while (frame_send(job_sock(j), FRAME_REPLY, job_seq(j), body, NULL, 0,
		   0) == SPILL_OK)
		;
	return SPILL_OK;
}

/* Says each time that it was somewhere else. */
static int
deaths(struct spill_job *j, const struct fsjob *ask)
{
	spill_job_progress(j, 1000000 + ask->navoid);
	spill_job_flush(j);
	raise(SIGKILL);
	return SPILL_OK;
}

/* --- against the rules -------------------------------------------------- */

static int
other_job(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	spill_job_flush(j);
	frame_send(job_sock(j), FRAME_REPLY, job_seq(j) + 1,
	    (struct spill_span){ "\0\0\0\x02", 4 }, NULL, 0, 0);
	return SPILL_OK;
}

static int
bytes(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return spill_job_bytes(j, LIE, 4);
}

/* --- errors ------------------------------------------------------------- */

static int
error(struct spill_job *j, const char *column, const char *value)
{
	spill_row_clear(&row);
	spill_row_set(&row,
	    (unsigned)spill_schema_find(
		&spill_schema_error, SPILL_SPAN("code")),
	    SPILL_SPAN("damaged"));
	spill_row_set(&row,
	    (unsigned)spill_schema_find(
		&spill_schema_error, spill_span(column)),
	    spill_span(value));
	return spill_job_error_row(j, &row);
}

static int
error_range(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return error(j, "length", "18446744073709551616");
}

static int
error_code(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return error(j, "code", "LIE");
}

static int
error_text(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return error(j, "detail", ESC);
}

static int
error_item(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return error(j, "item", "other:p1:5");
}

/* An object is of a volume, and here none was asked for. */
static int
error_object(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return error(j, "item", "5");
}

static int
last_words(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return spill_job_fail(j, SPILL_EDAMAGED, ESC);
}

/* --- an honest one that is unlucky -------------------------------------- */

/*
 * Place 2 has an error and two rows. At first it dies at place 3, when the
 * second row is not yet on its way.
 */
static int
unlucky(struct spill_job *j, const struct fsjob *ask)
{
	static const char *const paths[] = { "/first", "/second" };

	spill_job_progress(j, 2);
	error(j, "detail", "odd");
	for (uint64_t i = ask->from == 2 ? ask->drop : 0; i < 2; i++) {
		item(j, "6", paths[i]);
		if (i == 0)
			spill_job_flush(j);
	}
	spill_job_progress(j, 3);
	if (ask->navoid == 0)
		raise(SIGKILL);
	return SPILL_OK;
}

/* --- bytes -------------------------------------------------------------- */

static int
a_row(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return item(j, "6", LIE);
}

/* --- a batch of items --------------------------------------------------- */

/* All is good but object 6, which has an error and then a row. */
static int
fill_error(struct spill_job *j, const struct fsjob *ask, const char *column,
    const char *value)
{
	const char *p = ask->object.p, *end = p + ask->object.len, *line;
	int rc = SPILL_OK;

	for (; rc == SPILL_OK && p < end; p = line + 1) {
		line = memchr(p, '\n', (size_t)(end - p));
		if (line == NULL)
			break;
		if (spill_span_eq((struct spill_span){ p, (size_t)(line - p) },
			SPILL_SPAN("6")))
			rc = error(j, column, value);
		if (rc == SPILL_OK)
			rc = filled(j, "4", "ok");
	}
	return rc;
}

static int
fill_long_text(struct spill_job *j, const struct fsjob *ask)
{
	char text[601];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	return fill_error(j, ask, "detail", text);
}

static int
fill_long_item(struct spill_job *j, const struct fsjob *ask)
{
	char *text = malloc(40001);
	int rc;

	if (text == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < 40000; i += 8)
		memcpy(text + i, "@1234+1,", 8);
	text[39999] = '\0';
	rc = fill_error(j, ask, "item", text);
	free(text);
	return rc;
}

static int
fill_escapes(struct spill_job *j, const struct fsjob *ask)
{
	return fill_error(j, ask, "detail", ESC);
}

static int
fill_beyond(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return filled(j, "18446744073709551615", "ok");
}

static int
fill_in_silence(struct spill_job *j, const struct fsjob *ask)
{
	(void)ask;
	return filled(j, "0", "unreadable");
}

static const struct lie lies[] = { { "nothing", FSJOB_SURVEY, nothing },
	{ "no-volume", FSJOB_SURVEY, no_volume },
	{ "its-path", FSJOB_SURVEY, its_path },
	{ "its-hash", FSJOB_SURVEY, its_hash },
	{ "twins", FSJOB_SURVEY, twins },
	{ "climbing-volume", FSJOB_SURVEY, climbing_volume },
	{ "half", FSJOB_SURVEY, half }, { "volumes", FSJOB_SURVEY, volumes },
	{ "error-object", FSJOB_SURVEY, error_object },
	{ "found-twins", FSJOB_SEARCH, twins },
	{ "found-climbing", FSJOB_SEARCH, climbing_volume },
	{ "silence", FSJOB_WALK, nothing }, { "foreign", FSJOB_WALK, foreign },
	{ "foreign-parent", FSJOB_WALK, foreign_parent },
	{ "other-evidence", FSJOB_WALK, other_evidence },
	{ "other-volume", FSJOB_WALK, other_volume },
	{ "known-hash", FSJOB_WALK, known_hash },
	{ "escapes", FSJOB_WALK, escapes },
	{ "hidden-escapes", FSJOB_WALK, hidden_escapes },
	{ "bad-utf8", FSJOB_WALK, bad_utf8 },
	{ "no-such-time", FSJOB_WALK, no_such_time },
	{ "no-item", FSJOB_WALK, no_item },
	{ "other-schema", FSJOB_WALK, other_schema },
	{ "huge-cell", FSJOB_WALK, huge_cell }, { "rows", FSJOB_WALK, rows },
	{ "places", FSJOB_WALK, places }, { "pieces", FSJOB_WALK, pieces },
	{ "deaths", FSJOB_WALK, deaths },
	{ "other-job", FSJOB_WALK, other_job }, { "bytes", FSJOB_WALK, bytes },
	{ "error-range", FSJOB_WALK, error_range },
	{ "error-code", FSJOB_WALK, error_code },
	{ "error-text", FSJOB_WALK, error_text },
	{ "error-item", FSJOB_WALK, error_item },
	{ "last-words", FSJOB_WALK, last_words },
	{ "unlucky", FSJOB_WALK, unlucky },
	{ "fill-nothing", FSJOB_FILL, nothing },
	{ "fill-long-text", FSJOB_FILL, fill_long_text },
	{ "fill-long-item", FSJOB_FILL, fill_long_item },
	{ "fill-escapes", FSJOB_FILL, fill_escapes },
	{ "fill-beyond", FSJOB_FILL, fill_beyond },
	{ "fill-in-silence", FSJOB_FILL, fill_in_silence },
	{ "bytes", FSJOB_READ, bytes }, { "a-row", FSJOB_READ, a_row } };

static int
tell(struct spill_job *j, const struct fsjob *ask, struct spill_span word)
{
	int rc = SPILL_OK;

	for (size_t i = 0; i < SPILL_COUNT(lies); i++) {
		const struct lie *l = &lies[i];

		if (!spill_span_eq(word, spill_span(l->word)) ||
		    l->op != ask->op)
			continue;
		if (l->op != FSJOB_SURVEY && l->op != FSJOB_SEARCH &&
		    l->op != FSJOB_FILL && l->tell != nothing)
			rc = honest(j, ask);
		return rc == SPILL_OK ? l->tell(j, ask) : rc;
	}
	return honest(j, ask);
}

static int
job(struct spill_job *j, struct spill_span request)
{
	char text[64] = "";
	struct fsjob ask;
	int rc = fsjob_get(request, &ask);

	(void)!pread(spill_job_fd(j, 0), text, sizeof(text) - 1, 0);
	if (rc == SPILL_OK)
		rc = tell(
		    j, &ask, (struct spill_span){ text, strcspn(text, " \n") });
	free(ask.part);
	return rc;
}

int
main(int argc, char *argv[])
{
	static const struct spill_family family = { .name = "fs", .job = job };

	return spill_worker_main(argc, argv, &family);
}
