/*
 * mbox.c: mailboxes (RFC 4155 appendix A, and the older kinds): where messages
 * begin and end.
 */
#include <string.h>

#include "mail_i.h"

#define NOTE 200 /* bytes of evidence in a note */

/* A time and a year: "From a@b Mon Jun  3 10:00:00 2024". */
static bool
is_dated(struct spill_span line)
{
	bool time = false, year = false;
	size_t run = 0;

	for (size_t i = 5; i < line.len; i++) {
		bool digit = line.p[i] >= '0' && line.p[i] <= '9';

		time |= line.p[i] == ':' && run == 2 && i + 2 < line.len &&
			line.p[i + 1] >= '0' && line.p[i + 1] <= '5';
		run = digit ? run + 1 : 0;
		year |=
		    run == 4 && (line.p[i - 3] == '1' || line.p[i - 3] == '2');
	}
	return time && year;
}

static bool
is_from(struct spill_span line)
{
	return line.len >= 6 && memcmp(line.p, "From ", 5) == 0;
}

static bool
is_bare(struct spill_span line)
{
	return line.len >= 6 && line.p[5] == '-' &&
	       (line.len == 6 || line.p[6] == ' ');
}

/* What is known of a line by itself and by the next. */
static bool
begins(struct spill_span line, struct spill_span next, bool after_empty)
{
	bool dated, known;

	if (!is_from(line))
		return false;
	dated = is_dated(line) || is_bare(line);
	known = mail_name(next) > 0;
	if (!after_empty)
		return dated && known;
	return dated || mail_known(next);
}

bool
mbox_is(struct spill_span head)
{
	struct spill_span line = mail_first(&head), next;
	bool more = head.len > 0;

	if (!is_from(line) || (!is_dated(line) && !is_bare(line)))
		return false;
	next = mail_first(&head);
	return mail_name(next) > 0 || (next.len == 0 && more) ||
	       next.len >= MAIL_LINE;
}

/* --- where a message ends ----------------------------------------------- */

struct mbox {
	struct mail_in *in;
	struct member *m;
	struct mail_head head;
	struct spill_buf title, note;
	uint64_t size; /* of the whole mailbox */
	unsigned number;
	uint64_t inside; /* a "From " line that Content-Length passes over */
};

/* Does a message begin with this line? */
static int
check(struct mbox *b, const struct mail_line *l, bool after_empty, bool *yes)
{
	char copy[MAIL_LINE];
	struct spill_span line = l->head, next;
	int rc;

	*yes = false;
	if (!is_from(line))
		return SPILL_OK;
	line.len = SPILL_MIN(line.len, sizeof(copy));
	memcpy(copy, line.p, line.len);
	line.p = copy;
	rc = mail_look(b->in, l->next, MAIL_LINE, &next);
	if (rc == SPILL_OK)
		*yes = begins(line, mail_first(&next), after_empty);
	return rc;
}

/* The next line from at on that begins a message, or the end. last: the end
 * of what is before it, without the empty line between. */
static int
next_from(
    struct mbox *b, uint64_t at, uint64_t end, uint64_t *last, uint64_t *found)
{
	struct mail_line l;
	bool empty = true, yes = false;
	int rc;

	*last = at;
	while ((rc = mail_line(b->in, at, end, &l)) == SPILL_OK) {
		rc = check(b, &l, empty, &yes);
		if (rc != SPILL_OK || yes)
			break;
		empty = l.end == l.at;
		*last = empty ? l.at : l.next;
		at = l.next;
	}
	*found = at;
	return rc == SPILL_END ? SPILL_OK : rc;
}

/* Is there a "From " line, or the end, at most two line breaks behind at? */
static int
is_end(struct mbox *b, uint64_t at, bool *yes, uint64_t *found)
{
	struct mail_line l;
	int rc = SPILL_OK;

	*yes = false;
	for (int i = 0; i < 3; i++) {
		rc = mail_line(b->in, at, b->size, &l);
		if (rc != SPILL_OK)
			break;
		*yes = is_from(l.head);
		*found = at;
		if (*yes || l.end != l.at)
			return SPILL_OK;
		at = l.next;
	}
	if (rc == SPILL_END) {
		*yes = true;
		*found = b->size;
	}
	return rc == SPILL_END ? SPILL_OK : rc;
}

/* By Content-Length, if it leads where it should. */
static int
by_length(struct mbox *b, uint64_t *end, uint64_t *next, bool *yes)
{
	struct spill_span v = spill_buf_as_span(&b->head.value[MAIL_LENGTH]);
	uint64_t n, last, inside;
	int rc;

	*yes = false;
	while (v.len > 0 && (v.p[0] == ' ' || v.p[0] == '\t')) {
		v.p++;
		v.len--;
	}
	while (v.len > 0 && strchr(" \t\r\n", v.p[v.len - 1]) != NULL)
		v.len--;
	if (!b->head.has[MAIL_LENGTH] || !spill_span_uint(v, &n) ||
	    n > b->size - b->head.body)
		return SPILL_OK;
	rc = is_end(b, b->head.body + n, yes, next);
	if (rc != SPILL_OK || !*yes)
		return rc;
	*end = b->head.body + n;
	rc = next_from(b, b->head.body, *end, &last, &inside);
	b->inside = inside < *end ? inside : 0;
	return rc;
}

/* --- messages ----------------------------------------------------------- */

static void
put_note(struct spill_buf *b, const char *what, struct spill_span s)
{
	if (b->len > 0)
		spill_buf_puts(b, "; ");
	spill_buf_puts(b, what);
	s.len = SPILL_MIN(s.len, (size_t)NOTE);
	spill_buf_span(b, s);
}

static int
hand_out(struct mbox *b, uint64_t at, uint64_t end)
{
	struct spill_span date = spill_buf_as_span(&b->head.value[MAIL_DATE]);
	struct spill_member_info i = { .kind = SPILL_MEMBER_MESSAGE,
		.mime = SPILL_SPAN("message/rfc822"),
		.size = end - at,
		.uid = UINT64_MAX,
		.gid = UINT64_MAX };
	char name[24];
	uint64_t lacking;
	int rc;

	i.name = (struct spill_span){ name,
		(size_t)snprintf(name, sizeof(name), "%u", ++b->number) };
	spill_buf_reset(&b->title);
	if (mail_words(
		&b->title, spill_buf_as_span(&b->head.value[MAIL_SUBJECT])))
		put_note(&b->note, "bytes of its subject were guessed",
		    SPILL_SPAN(""));
	i.title = spill_buf_as_span(&b->title);
	i.modified = mail_date(date);
	if (b->head.has[MAIL_DATE] && !i.modified.set)
		put_note(&b->note, "its date is none:", date);
	i.note = spill_buf_as_span(&b->note);
	rc = member_begin(b->m, &i);
	if (rc == SPILL_OK)
		rc = member_range(b->m, at, end - at, &lacking);
	if (rc != SPILL_OK)
		return rc;
	return member_end(b->m,
	    lacking > 0 ? SPILL_MEMBER_PARTIAL : SPILL_MEMBER_OK,
	    lacking > 0 ? "the mailbox ends before it does" : NULL);
}

/* The message whose "From " line is at *at; then the next one's. */
static int
message(struct mbox *b, uint64_t *at)
{
	struct mail_line l;
	uint64_t start, end, next;
	bool yes = false;
	int rc = mail_line(b->in, *at, b->size, &l);

	if (rc != SPILL_OK)
		return rc;
	spill_buf_reset(&b->note);
	put_note(&b->note, "", l.head);
	start = l.next;
	b->inside = 0;
	rc = mail_head_read(b->in, start, b->size, NULL, NULL, &b->head);
	if (rc == SPILL_OK)
		rc = by_length(b, &end, &next, &yes);
	if (rc == SPILL_OK && !yes)
		rc = next_from(b, b->head.body, b->size, &end, &next);
	if (rc == SPILL_OK && b->inside > 0)
		rc = member_flaw(b->m, "anomaly", b->inside, 0,
		    "a \"From \" line of a message within the length that "
		    "message %u says",
		    b->number + 1);
	if (rc == SPILL_OK)
		rc = mail_head_flaws(b->m, &b->head);
	if (rc == SPILL_OK)
		rc = hand_out(b, start, SPILL_MAX(end, start));
	*at = next;
	return rc;
}

int
mbox_run(struct mail_in *in, struct member *m, uint64_t at)
{
	struct mbox *b = &(struct mbox){ .in = in,
		.m = m,
		.size = in->src->size,
		.title = SPILL_BUF_INIT(4 * MAIL_VALUE),
		.note = SPILL_BUF_INIT(4 * NOTE) };
	int rc = SPILL_OK;

	mail_head_init(&b->head);
	while (rc == SPILL_OK && at < b->size)
		rc = message(b, &at);
	mail_head_release(&b->head);
	spill_buf_release(&b->title);
	spill_buf_release(&b->note);
	return rc == SPILL_END ? SPILL_OK : rc;
}
