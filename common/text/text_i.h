/*
 * text_i.h: what the formats share.
 *
 * lines.c	lines out of pieces of text
 * paras.c	paragraphs out of runs: what shows, is hidden, was erased
 * charset.c	what charset it is, and UTF-8 of it		(ICU)
 * xml.c	XML as calls for tags and texts			(libxml2)
 * docparts.c	parts of a document that is a zip
 */
#ifndef SPILL_TEXT_I_H
#define SPILL_TEXT_I_H

#include <spill/arena.h>
#include <spill/buf.h>
#include <spill/doctext.h>

/* --- lines.c ------------------------------------------------------------ */

/*
 * The line that is being put together. Failures are kept in rc, and nothing is
 * put behind one: check where it is convenient, and return lines_close().
 */
struct lines {
	const struct spill_doctext_sink *sink;
	const struct spill_doctext_conf *conf;
	struct spill_buf text, part;
	struct spill_line line; /* its place, for the next that is put out */
	uint64_t out; /* bytes of text so far */
	bool flow; /* blanks are joined to one, as in HTML */
	bool blank; /* one waits to be put before what comes */
	bool full; /* the limit was told */
	int rc;
};

void lines_open(struct lines *l, const struct spill_doctext_sink *sink,
    const struct spill_doctext_conf *conf);
/* End the line, and say where the next ones are. The part is copied. */
void lines_place(struct lines *l, struct spill_span part, enum spill_role role,
    uint32_t page);
/* The same but for one of the three. */
void lines_role(struct lines *l, enum spill_role role);
/* Text: UTF-8, or what is no such becomes U+FFFD. A line break of any kind
 * (LF, CR, CR LF, VT, FF, NEL, U+2028, U+2029) ends the line, unless blanks
 * flow, where it is a blank. Other control characters but tab are left out, and
 * so are soft hyphens. */
void lines_put(struct lines *l, struct spill_span text);
/* Where the byte is that comes next, for formats that know it. */
void lines_at(struct lines *l, uint64_t offset);
/* End the line: it is told, unless it is blank. */
void lines_end(struct lines *l);
void lines_flaw(struct lines *l, const char *code, uint64_t offset,
    uint64_t length, const char *detail);
/* End the line and give back the memory; rc. */
int lines_close(struct lines *l);

/* --- paras.c ------------------------------------------------------------ */

/* Paragraphs in paragraphs; what is deeper is read as if it stood there. */
#define PARA_DEEP 8

enum para_seen {
	PARA_SHOWN,
	PARA_STRUCK, /* through */
	PARA_HIDDEN,
	PARA_DELETED,
	PARA_SEEN
};

struct para {
	struct spill_buf text[PARA_SEEN];
	enum spill_role role;
};

/* Paragraphs in paragraphs: a text box stands in the run of another. */
struct paras {
	struct para p[PARA_DEEP];
	unsigned depth; /* that are open */
	unsigned over; /* that were too deep */
};

void paras_begin(struct paras *s, enum spill_role role);
struct para *paras_top(struct paras *s); /* NULL: none is open */
void paras_put(struct paras *s, enum para_seen seen, struct spill_span text);
/* Tells it: what shows, what is struck through, hidden, erased. */
void paras_end(
    struct paras *s, struct lines *l, struct spill_span part, uint32_t page);
void paras_release(struct paras *s);

/* --- charset.c ---------------------------------------------------------- */

/*
 * A stream of bytes in one charset to UTF-8. What cannot be decoded becomes
 * U+FFFD, and is counted.
 */
struct charset;

/* By a name that a document gives ("windows-1251", "KOI8-R"); SPILL_EFORMAT:
 * no such charset. */
int charset_open(struct charset **c, struct spill_span name);
/* Its name as ICU has it, until it is closed. */
const char *charset_name(const struct charset *c);
/* Appends to out (whose ceiling it heeds). last: nothing comes behind it. */
int charset_put(
    struct charset *c, struct spill_span in, bool last, struct spill_buf *out);
uint64_t charset_bad(const struct charset *c); /* places, so far */
void charset_close(struct charset **c);
/* All at once. */
int charset_convert(
    struct spill_span name, struct spill_span in, struct spill_buf *out);
/*
 * What charset are these first bytes of a text in? By a byte order mark (*bom
 * has its length), as UTF-8, as UTF-16 or 32 without one, else by what is
 * likely. Empty: it is no text in any charset that is known.
 */
struct spill_span charset_guess(struct spill_span head, size_t *bom);
/* The same of what is half of it words, whatever else is between them: text
 * that was torn, with the zeros of a disk in it. */
struct spill_span charset_guess_torn(struct spill_span head);
int charset_warm(void);

/* --- xml.c -------------------------------------------------------------- */

struct xml_tag {
	struct spill_span name, uri;
	const struct spill_attribute *attr;
	size_t nattr;
};

struct xml_ops {
	/* SPILL_OK, or what ends it. Any of them may be NULL. */
	int (*start)(void *ctx, const struct xml_tag *t);
	int (*end)(void *ctx, struct spill_span name, struct spill_span uri);
	int (*text)(void *ctx, struct spill_span text); /* UTF-8, in pieces */
	void *ctx;
	/* Who hears of elements, too, and of which part they are. NULL: nobody.
	 */
	const struct spill_doctext_sink *sink;
	struct spill_span part;
};

/* The value of an attribute by its local name; empty: there is none. */
struct spill_span xml_attr(const struct xml_tag *t, const char *name);
bool xml_is(struct spill_span name, const char *what);
/* What is wrong with a document: as an error record has it, at which byte. */
struct xml_flaw {
	const char *code; /* NULL: nothing */
	char why[160];
	uint64_t at;
};

/*
 * One document, from front to back, what is damaged as far as it can be read.
 * Nothing outside of it is ever opened; entities that it declares itself are
 * expanded, up to 1 MiB of them in all. SPILL_OK, also where there is a flaw,
 * or what the ops returned, or SPILL_ENOMEM.
 */
int xml_read(
    struct spill_span bytes, const struct xml_ops *ops, struct xml_flaw *flaw);
int xml_warm(void);

/* --- docparts.c ------------------------------------------------------------
 */

struct docpart {
	struct spill_span name, bytes;
	bool partial; /* damaged, or cut by the limit of memory */
	bool encrypted;
	struct docpart *next;
};

struct docparts {
	struct docpart *first, **last; /* in order of the container */
	struct spill_arena names;
	uint64_t room; /* bytes that may still be held */
	bool full; /* some were left out for that */
	bool (*wants)(struct spill_span name);
	struct docpart *open; /* the one that is on its way */
	struct spill_buf buf;
};

/* The parts of a zip that are wanted, all at once; what is damaged in it is
 * told by who lists its members. */
int docparts_load(struct docparts *p, struct spill_src *s, uint64_t memory,
    bool (*wants)(struct spill_span name));
/* By name, NULL if there is none. Case counts for nothing in ASCII, as in
 * OOXML; a leading slash is passed over. */
const struct docpart *docparts_find(
    const struct docparts *p, struct spill_span name);
void docparts_release(struct docparts *p);
/* Whatever the case in ASCII. */
bool text_ends(struct spill_span s, const char *end);

/* --- plain.c ------------------------------------------------------------ */

/* Text that stands in something else. charset: as declared; empty: nowhere.
 * at: of its first byte in the item, if its bytes stand there as they are. */
int plain_text(struct spill_span bytes, struct spill_span charset, uint64_t at,
    struct lines *l);

/* --- whole -------------------------------------------------------------- */

/* Bytes of a document that may be held in memory. */
#define TEXT_HELD(conf) \
	((conf)->memory > 0 ? (conf)->memory : (uint64_t)256 << 20)

/* All bytes of a source: its own where it is in memory, else read into buf.
 * SPILL_ELIMIT: more than most. */
int text_whole(struct spill_src *s, uint64_t most, struct spill_buf *buf,
    struct spill_span *out);
/* A document that is read from memory: its lines are opened, and all bytes are
 * had, or it is told that they are too many. Whatever is returned, text_close()
 * ends it, and returns what the format's run() does. */
int text_open(struct lines *l, struct spill_src *s,
    const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink, struct spill_buf *buf,
    struct spill_span *out);
int text_close(struct lines *l, struct spill_buf *buf, int rc);

#endif
