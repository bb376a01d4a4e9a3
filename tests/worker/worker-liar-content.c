/*
 * worker-liar-content.c: a worker-content that somebody has taken over. It is
 * honest with each item whose first bytes are not "LIE ": of the others the
 * next word says what it does.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/look.h>

#include "../../common/worker/worker_i.h"

#define LIE    "/LIE" /* must never be in the output */
#define ESC    "\x1b[2J"
#define DETAIL 600 /* bytes of a detail: more than there may be */

static struct spill_row row;
static struct spill_job *job;
static uint64_t at; /* the item */

/* --- what is true ------------------------------------------------------- */

static int
place(uint64_t sub)
{
	return spill_job_progress(job, at << SPILL_LOOK_SHIFT | sub);
}

static void
set(unsigned column, const char *text)
{
	spill_row_set(&row, column, spill_span(text));
}

static int
own(void)
{
	spill_row_clear(&row);
	set(IT_MIME, "text/plain");
	return spill_job_send(job, &row);
}

static void
member(const char *item, const char *parent, const char *path)
{
	spill_row_clear(&row);
	set(IT_ITEM, item);
	set(IT_PARENT, parent);
	set(IT_PATH, path);
	set(IT_KIND, "member");
}

static int
completed(const char *item, const char *members)
{
	spill_row_clear(&row);
	set(IT_ITEM, item);
	set(IT_MEMBERS, members);
	return spill_job_send(job, &row);
}

static int
honest(void)
{
	int rc = own();

	member(":m", "", "/m");
	if (rc == SPILL_OK)
		rc = spill_job_send(job, &row);
	return rc == SPILL_OK ? completed("", "1") : rc;
}

/* --- rows --------------------------------------------------------------- */

static int
nothing(void)
{
	return SPILL_OK;
}

static int
twice(void)
{
	int rc = own();

	return rc == SPILL_OK ? own() : rc;
}

static int
member_first(void)
{
	member(":m", "", LIE);
	return spill_job_send(job, &row);
}

/* A member with one cell that cannot be. */
static int
with(unsigned column, struct spill_span v)
{
	int rc = own();

	member(":m", "", "/m");
	set(IT_TARGET, LIE);
	spill_row_set(&row, column, v);
	return rc == SPILL_OK ? spill_job_send(job, &row) : rc;
}

#define WITH(name, column, text)                       \
	static int name(void)                          \
	{                                              \
		return with(column, SPILL_SPAN(text)); \
	}

WITH(no_chain, IT_ITEM, "m")
WITH(no_segment, IT_ITEM, ":")
WITH(bad_escape, IT_ITEM, ":%zz")
WITH(raw_chain, IT_ITEM, ":" ESC)
WITH(other_parent, IT_PARENT, ":n")
WITH(deep, IT_ITEM, ":1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17")
WITH(path_of_other, IT_PATH, "other" LIE)
WITH(path_of_none, IT_PATH, "")
WITH(path_escapes, IT_PATH, "/m" ESC)
WITH(path_line, IT_PATH, "/m\nLIE")
WITH(path_c1, IT_PATH, "/m\xc2\x9b")
WITH(path_utf8, IT_PATH, "/m\xc3\x28")
WITH(type_escapes, IT_TYPE, ESC)
WITH(mime_escapes, IT_MIME, ESC)
WITH(note_line, IT_NOTE, "a\nb")
WITH(kind, IT_KIND, "LIE")
WITH(hidden, IT_KIND, "member\0" ESC)
WITH(status, IT_STATUS, "LIE")
WITH(evidence, IT_EVIDENCE, "/etc/passwd")
WITH(volume, IT_VOLUME, "p9")
WITH(known, IT_KNOWN, "yes")
WITH(no_time, IT_BORN, "2024-99-99T99:99:99Z")
WITH(number_minus, IT_SIZE, "-1")
WITH(number_large, IT_SIZE, "18446744073709551616")
WITH(sha_short, IT_SHA256, "00ff")
WITH(sha_odd, IT_SHA256, "0")
WITH(sha_no_hex, IT_MD5, "LIELIELIELIELIELIELIELIELIELIELI")
WITH(md5_long, IT_MD5, "00000000000000000000000000000000ff")
WITH(no_column, IT_COUNT + 3, "1")

static int
huge(void)
{
	size_t n = (size_t)13 << 20;
	char *p = malloc(n);
	int rc;

	if (p == NULL)
		return SPILL_ENOMEM;
	memset(p, 'x', n);
	rc = with(IT_NOTE, (struct spill_span){ p, n });
	free(p);
	return rc;
}

/* One of bytes that are no row. */
static int
packed(const char *p, size_t n)
{
	return spill_job_packed(job, (struct spill_span){ p, n });
}

static int
short_row(void)
{
	return packed("\x01", 1);
}

static int
empty_row(void)
{
	return packed("", 0);
}

static int
garbage_row(void)
{
	char p[4096];

	memset(p, 0xff, sizeof(p));
	return packed(p, sizeof(p));
}

static int
completes_other(void)
{
	int rc = own();

	return rc == SPILL_OK ? completed("m", "1") : rc;
}

static int
completes_more(void)
{
	int rc = own();

	spill_row_clear(&row);
	set(IT_MEMBERS, "1");
	set(IT_TARGET, LIE);
	return rc == SPILL_OK ? spill_job_send(job, &row) : rc;
}

/* --- without end -------------------------------------------------------- */

static int
rows(void)
{
	int rc = own();

	member(":m", "", "/m");
	while (rc == SPILL_OK)
		rc = spill_job_send(job, &row);
	return rc;
}

static int
error(const char *column, const char *value)
{
	int rc = spill_schema_find(&spill_schema_error, SPILL_SPAN("code"));

	spill_row_clear(&row);
	set((unsigned)rc, "damaged");
	rc = spill_schema_find(&spill_schema_error, spill_span(column));
	set((unsigned)rc, value);
	return spill_job_error_row(job, &row);
}

static int
errors(void)
{
	int rc = own();

	while (rc == SPILL_OK)
		rc = error("detail", "odd");
	return rc;
}

static int
places(void)
{
	int rc = own();

	for (uint64_t i = 1; rc == SPILL_OK; i++)
		rc = place(i);
	return rc;
}

static int
frame(uint32_t seq, const char *p, size_t n)
{
	spill_job_flush(job);
	return frame_send(job_sock(job), FRAME_REPLY, seq,
	    (struct spill_span){ p, n }, NULL, 0, 0);
}

static int
pieces(void)
{
	static char p[32768];

	put_u32(p, (uint32_t)(sizeof(p) - REC_HEAD) |
		       (uint32_t)(REC_ROW | REC_MORE) << 24);
	while (frame(job_seq(job), p, sizeof(p)) == SPILL_OK)
		;
	return SPILL_OK;
}

/* --- places, frames, errors, ends --------------------------------------- */

static int
place_back(void)
{
	at = 0;
	return place(0);
}

static int
place_beyond(void)
{
	at += 1000;
	return place(0);
}

static int
other_job(void)
{
	return frame(job_seq(job) + 1, "\0\0\0\x02", 4);
}

static int
short_frame(void)
{
	return frame(job_seq(job), "\1", 1);
}

static int
long_record(void)
{
	return frame(job_seq(job), "\xff\xff\xff\x01zz", 6);
}

static int
no_frame(void)
{
	spill_job_flush(job);
	return write(job_sock(job), "\xff\xff\xff\xff\xff\xff\xff\xff", 8) == 8
		   ? SPILL_OK
		   : SPILL_EIO;
}

static int
bytes(void)
{
	return spill_job_bytes(job, LIE, 4);
}

static int
error_escapes(void)
{
	return error("detail", ESC);
}

static int
error_long(void)
{
	char text[DETAIL + 1];

	memset(text, 'x', DETAIL);
	text[DETAIL] = '\0';
	return error("detail", text);
}

static int
error_code(void)
{
	return error("code", "LIE");
}

static int
error_item(void)
{
	return error("item", "other:p1:5");
}

static int
last_words(void)
{
	return spill_job_fail(job, SPILL_EDAMAGED, ESC);
}

static int
dies(void)
{
	own();
	spill_job_flush(job);
	raise(SIGKILL);
	return SPILL_OK;
}

/* Each time it was somewhere else. */
static int
deaths(void)
{
	own();
	place((uint64_t)getpid() * 2 + 2);
	spill_job_flush(job);
	raise(SIGKILL);
	return SPILL_OK;
}

static const struct {
	const char *word;
	int (*tell)(void);
} lies[] = { { "nothing", nothing }, { "twice", twice },
	{ "member-first", member_first }, { "no-chain", no_chain },
	{ "no-segment", no_segment }, { "bad-escape", bad_escape },
	{ "raw-chain", raw_chain }, { "other-parent", other_parent },
	{ "deep", deep }, { "path-of-other", path_of_other },
	{ "path-of-none", path_of_none }, { "path-escapes", path_escapes },
	{ "path-line", path_line }, { "path-c1", path_c1 },
	{ "path-utf8", path_utf8 }, { "type-escapes", type_escapes },
	{ "mime-escapes", mime_escapes }, { "note-line", note_line },
	{ "kind", kind }, { "hidden", hidden }, { "status", status },
	{ "evidence", evidence }, { "volume", volume }, { "known", known },
	{ "no-time", no_time }, { "number-minus", number_minus },
	{ "number-large", number_large }, { "sha-short", sha_short },
	{ "sha-odd", sha_odd }, { "sha-no-hex", sha_no_hex },
	{ "md5-long", md5_long }, { "no-column", no_column }, { "huge", huge },
	{ "short-row", short_row }, { "empty-row", empty_row },
	{ "garbage-row", garbage_row }, { "completes-other", completes_other },
	{ "completes-more", completes_more }, { "rows", rows },
	{ "errors", errors }, { "places", places }, { "pieces", pieces },
	{ "place-back", place_back }, { "place-beyond", place_beyond },
	{ "other-job", other_job }, { "short-frame", short_frame },
	{ "long-record", long_record }, { "no-frame", no_frame },
	{ "bytes", bytes }, { "error-escapes", error_escapes },
	{ "error-long", error_long }, { "error-code", error_code },
	{ "error-item", error_item }, { "last-words", last_words },
	{ "dies", dies }, { "deaths", deaths } };

/* --- the job ------------------------------------------------------------ */

static int
tell(struct spill_span text)
{
	char word[64] = "";

	if (text.len < 4 || memcmp(text.p, "LIE ", 4) != 0)
		return honest();
	memcpy(word, text.p + 4, SPILL_MIN(text.len - 4, sizeof(word) - 1));
	word[strcspn(word, "\n")] = '\0';
	for (size_t i = 0; i < SPILL_COUNT(lies); i++)
		if (strcmp(lies[i].word, word) == 0)
			return lies[i].tell();
	return honest();
}

static int
look_item(const struct spill_look *l, size_t i)
{
	char text[64];
	struct spill_span slab = { "", 0 };
	const struct spill_look_item *x = &l->item[i];
	ssize_t n;
	int rc;

	at = i;
	rc = place(0);
	if (rc == SPILL_OK && l->form == SPILL_LOOK_SLAB) {
		rc = spill_job_map(job, 0, &slab);
		return rc == SPILL_OK ? tell((struct spill_span){
					    slab.p + x->at, x->size })
				      : rc;
	}
	n = pread(spill_job_fd(job, i), text, sizeof(text), 0);
	return rc == SPILL_OK
		   ? tell((struct spill_span){ text, n > 0 ? (size_t)n : 0 })
		   : rc;
}

static int
run(struct spill_job *j, struct spill_span request)
{
	struct spill_look l;
	int rc = SPILL_OK;

	job = j;
	if (request.len == 0 && spill_job_nfds(j) > 0)
		rc = spill_job_map(j, spill_job_nfds(j) - 1, &request);
	if (rc == SPILL_OK)
		rc = spill_look_get(request, &l);
	if (rc != SPILL_OK)
		return rc;

	for (size_t i = 0; i < l.items && rc == SPILL_OK; i++)
		rc = look_item(&l, i);
	spill_look_release(&l);
	return rc;
}

int
main(int argc, char *argv[])
{
	static const struct spill_family family = {
		.name = "content", .job = run, .nofile = SPILL_LOOK_ITEMS + 50
	};

	return spill_worker_main(argc, argv, &family);
}
