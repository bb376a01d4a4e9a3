/*
 * mail_i.h: the parts of the reader of mail: lines and header blocks
 * (mail_head.c), dates (mail_date.c), mailboxes (mbox.c), the parts of a
 * message (mail_part.c), words and parameters by gmime (mail_gmime.c),
 * transfer encodings (mail_code.c).
 */
#ifndef SPILL_MAIL_I_H
#define SPILL_MAIL_I_H

#include <spill/buf.h>
#include <spill/mail.h>

#include "member_i.h"

#define MAIL_LINE   1024 /* what is seen of the start of a line, at the least */
#define MAIL_VALUE  ((size_t)32 << 10) /* of a header field */
#define MAIL_FIELDS 10000 /* of a header; more is told */
#define MAIL_DEPTH  100 /* multiparts within each other */

/* --- bytes and lines ---------------------------------------------------- */

struct mail_in {
	struct spill_src *src;
	char *buf; /* a window, where the source is not in memory */
	uint64_t at;
	size_t len;
	const struct spill_mail_own *own; /* its own text goes there; NULL */
};

struct mail_line {
	uint64_t at, end, next; /* end: of its text, next: of the next line */
	struct spill_span head; /* of its text, MAIL_LINE bytes or all */
	char copy[MAIL_LINE];
};

int mail_in_init(struct mail_in *in, struct spill_src *s);
void mail_in_release(struct mail_in *in);
/* want bytes from at on, or more, fewer only at the end; until the next call.
 * want: up to MAIL_LINE. */
int mail_look(
    struct mail_in *in, uint64_t at, size_t want, struct spill_span *s);
/* The line at at; SPILL_END if at is no less than end, which cuts it. */
int mail_line(
    struct mail_in *in, uint64_t at, uint64_t end, struct mail_line *l);
/* Bytes of the source behind what is in b, as far as b has room. */
int mail_take(
    struct mail_in *in, uint64_t at, uint64_t end, struct spill_buf *b);
/* The end of what is before at without the line break there. */
int mail_before(struct mail_in *in, uint64_t from, uint64_t at, uint64_t *end);

/* The line that rest begins with, without its break; rest then begins behind
 * it. */
struct spill_span mail_first(struct spill_span *rest);

/* --- header blocks ------------------------------------------------------ */

enum mail_field {
	MAIL_SUBJECT,
	MAIL_DATE,
	MAIL_TYPE,
	MAIL_ENCODING,
	MAIL_DISPOSITION,
	MAIL_LENGTH,
	MAIL_NFIELDS,
};

struct mail_head {
	struct spill_buf value[MAIL_NFIELDS]; /* unfolded; the first of each */
	bool has[MAIL_NFIELDS];
	bool cut; /* one is longer than MAIL_VALUE */
	bool broken; /* it ends without an empty line, before the end */
	uint64_t at, body; /* where it begins, and what is behind it */
	unsigned fields;
};

/* The length of a field's name, 0: it is no field. */
size_t mail_name(struct spill_span line);
bool mail_field_is(struct spill_span line, const char *name);
/* A line that is one of a list of names, with a colon. */
bool mail_known(struct spill_span line);
void mail_head_init(struct mail_head *h);
void mail_head_release(struct mail_head *h);
/* stop: says of a line that it does not belong to the header; may be NULL. */
int mail_head_read(struct mail_in *in, uint64_t at, uint64_t end,
    bool (*stop)(void *ctx, const struct mail_line *l), void *ctx,
    struct mail_head *h);
int mail_head_flaws(struct member *m, const struct mail_head *h);

/* --- words -------------------------------------------------------------- */

/* RFC 5322 3.3 and 4.3, and dates of ctime(); not set: none of them. */
struct spill_time mail_date(struct spill_span s);

struct mail_type {
	struct spill_buf mime, boundary, name, charset;
	/* Of Content-Disposition. */
	bool attachment; /* it says so */
	bool guessed; /* bytes of the name were */
	struct spill_time born, modified, accessed;
};

int mail_gmime_init(void);
/* A text with encoded words, as UTF-8. true: bytes of it were guessed. */
bool mail_words(struct spill_buf *out, struct spill_span raw);
void mail_type_read(struct mail_type *t, struct spill_span raw);
/* A name there goes before that of Content-Type. */
void mail_disposition_read(struct mail_type *t, struct spill_span raw);

/* --- transfer encodings ------------------------------------------------- */

enum mail_code {
	MAIL_PLAIN,
	MAIL_BASE64,
	MAIL_QUOTED,
	MAIL_UU,
	MAIL_UNKNOWN,
};

enum mail_code mail_code_of(struct spill_span name);
/* Content from at to end, decoded. *why: what was wrong with it, or NULL. */
int mail_code_put(struct member *m, enum mail_code code, uint64_t at,
    uint64_t end, const char **why);
/* By gmime: n bytes of lines behind "begin" into out, which has room for as
 * many. state: zeroed at first. */
struct mail_uu_state {
	uint32_t save;
	int state;
};
size_t mail_uu_step(
    struct mail_uu_state *s, const char *p, size_t n, char *out);

/* --- what is in it ------------------------------------------------------ */

bool mbox_is(struct spill_span head);
int mbox_run(struct mail_in *in, struct member *m, uint64_t at);
/* The attachments of the message from at to end. SPILL_EFORMAT: no header. */
int mail_parts(struct mail_in *in, struct member *m, uint64_t at, uint64_t end);
/* The message that the source is, behind what may stand before it;
 * SPILL_EFORMAT: it is a mailbox. */
int mail_message(struct mail_in *in, struct member *m);

/* --- its own text ------------------------------------------------------- */

/* The fields of a header, to in->own. */
int mail_own_fields(struct mail_in *in, const struct mail_head *h);
/* What is from at to end. */
int mail_own_text(struct mail_in *in, const struct mail_type *t,
    enum mail_code code, uint64_t at, uint64_t end);

#endif
