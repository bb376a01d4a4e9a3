/* timeline_i.h: what the files of this room share. */
#ifndef SPILL_TIMELINE_I_H
#define SPILL_TIMELINE_I_H

#include <spill/arena.h>
#include <spill/dict.h>
#include <spill/hash.h>
#include <spill/in.h>
#include <spill/reader.h>
#include <spill/row.h>
#include <spill/sort.h>
#include <spill/timeline.h>
#include <spill/tool.h>
#include <spill/where.h>
#include <spill/zone.h>

/* Times of a file, in the order that "macb" has. */
enum tl_macb { TL_M, TL_A, TL_C, TL_B, TL_MACB };

/* What the formats that are no record streams cannot hold, counted. */
enum tl_lost {
	TL_LOST_NAME, /* bytes of a name, escaped */
	TL_LOST_KIND, /* what the time means: not one of macb */
	TL_LOST_ZERO, /* 0 or -1 s, which mean "no time" there */
	TL_LOST_ZONE, /* that the zone of a time is not known */
	TL_LOST_FINE, /* digits of the time */
	TL_LOST_UNTIMED, /* rows without a time, left out */
	TL_LOST_RANGE, /* rows whose time is beyond, left out */
	TL_LOST_COUNT
};

struct tl;
struct tl_input;

/* One way to write a timeline. */
struct tl_format {
	const char *name; /* of --from */
	const char *parser; /* column parser of its events */
	int (*read)(struct tl_input *in);
};

extern const struct tl_format tl_format_record, tl_format_bodyfile,
    tl_format_plaso, tl_format_l2tcsv, tl_format_timesketch;

/* What the machines of the case are and how their clocks went. */
struct tl_clocks;
struct tl_verdicts;

struct tl {
	struct spill_tool *tool;
	const struct spill_timeline_conf *conf;
	struct spill_columns *cols;
	struct spill_dict *dict;
	struct spill_sort *sort;
	struct spill_sort_conf sort_conf;
	const struct spill_zone *tz; /* to show times in; NULL: UTC */
	struct spill_where *early, *late; /* late: after verdicts are joined */
	struct tl_clocks *clocks;
	struct tl_verdicts *verdicts;
	struct spill_row row; /* being made */
	struct spill_buf filters; /* of the sealed streams among the inputs */
	uint64_t read, kept, untimed; /* events; untimed: dropped by a window */
	uint64_t written;
	uint64_t inherited; /* errors that the seals of inputs tell of */
	uint64_t lost[TL_LOST_COUNT]; /* what an output cannot hold */
	uint64_t lost_columns[SPILL_COLUMNS_MAX / 64]; /* as bits */
	bool nomem; /* a cell could not be held: the run must not go on */
	unsigned opened; /* inputs */
};

struct tl_input {
	struct tl *tl;
	const struct tl_format *format;
	const char *path; /* as given; "standard input" */
	struct spill_in *in;
	enum spill_syntax syntax;
	struct spill_reader *reader; /* of tables */
	const struct spill_schema *schema; /* of record streams */
	struct spill_buf short_name; /* first segment of its locators */
	struct spill_buf locator; /* file:PATH */
	bool pending; /* the row of the reader is still to be read */
	/* values that all its events share, in the dict; -1: none */
	int32_t source_item, parser;
	bool origin; /* its events are from this input itself */
	uint64_t mix; /* of its name, for the ids of its events */
	struct spill_arena text; /* of the row being made */
	int32_t macb_id[2][1 << TL_MACB]; /* timestamp_desc in the dict */
	int32_t event_id[TL_MACB + 1];
	char place[32], id[19]; /* text of cells */
	struct { /* where tl_table_cell() found columns */
		const char *name;
		size_t n; /* columns there were */
		int at;
	} found[16];
};

/* --- emit.c ------------------------------------------------------------- */

/* Begin a row: empty it and set what all events of the input share. */
struct spill_row *tl_row(struct tl_input *in);
/* A value that many rows share. */
void tl_set_shared(
    struct tl_input *in, struct spill_row *r, unsigned col, const char *v);
/* Raw text from a foreign source, escaped. */
void tl_set_name(struct tl_input *in, struct spill_row *r, unsigned col,
    struct spill_span raw);
struct spill_span tl_escape(struct tl_input *in, struct spill_span raw);
/* time_basis, where it is not set: whether the time has a zone. */
void tl_set_basis(struct tl_input *in, struct spill_row *r);
/* source_record: the byte of the input where it begins. */
void tl_place(struct tl_input *in, struct spill_row *r, uint64_t offset);
/* Text that outlives the row's making: a copy in the arena of the row. */
struct spill_span tl_keep(struct tl_input *in, struct spill_span v);
/* The number of a column beyond the schema; -1 if there are too many, which
 * is an error of this line. */
int tl_column(struct tl_input *in, struct spill_span name, uint64_t line);
/* ev- and 16 hex digits into out[19]. */
struct spill_span tl_id(char out[19], uint64_t mix);
/*
 * The row is made: set the clock right, filter, sort. RAW is the time as the
 * source has it, for column time_raw, where it will be needed.
 */
int tl_emit(struct tl_input *in, struct spill_row *r, struct spill_span raw);
/* A row that could not be read, or not wholly: an error record. */
void tl_error(struct tl_input *in, const char *code, uint64_t line,
    uint64_t offset, const char *detail);
/* The last row of an input has no line end. */
void tl_note_cut(struct tl_input *in, uint64_t line, uint64_t offset);
/* Words for a MACB time, as in column timestamp_desc. */
extern const char *const tl_desc[TL_MACB];
/*
 * Emit the MACB times of one thing, equal ones as one event; *any is set if
 * there was one. With FN they are those of an NTFS $FILE_NAME. MIX is what
 * tells the thing from others, for the ids.
 */
int tl_emit_macb(struct tl_input *in, struct spill_row *r,
    const struct spill_time t[TL_MACB], const struct spill_span raw[TL_MACB],
    bool fn, uint64_t mix, bool *any);
/* Emit it as a thing without any time. */
int tl_emit_untimed(struct tl_input *in, struct spill_row *r, uint64_t mix);

/* A sealed input was made with filters. */
void tl_note_filter(
    struct tl *tl, const char *path, const struct spill_buf *filters);

/* --- clocks.c ----------------------------------------------------------- */

int tl_clocks_open(struct tl_clocks **c, struct tl *tl);
/* Set machine, zone and skew of a row. */
int tl_clocks_apply(
    struct tl_input *in, struct spill_row *r, struct spill_span raw);
/* Times that could not be told: those in a local time that came twice, ... */
void tl_clocks_report(const struct tl_clocks *c);
void tl_clocks_free(struct tl_clocks **c);

/* --- verdicts.c --------------------------------------------------------- */

int tl_verdicts_open(struct tl_verdicts **v, struct tl *tl);
int tl_verdicts_read(struct tl_input *in);
/* Set class and level of a row whose item has a verdict. */
void tl_verdicts_join(const struct tl_verdicts *v, struct spill_row *r);
bool tl_verdicts_any(const struct tl_verdicts *v);
void tl_verdicts_free(struct tl_verdicts **v);

/* --- input.c ------------------------------------------------------------ */

/* Read one operand, "-" or NULL for standard input, to its end. */
int tl_input_read(struct tl *tl, const char *path);
/* One line of a bodyfile? */
bool tl_body_is(struct spill_span line);
/* The digits behind a point as ns; false if they are not digits. */
bool tl_fraction(struct spill_span s, uint32_t *ns);

/* --- columns.c: what the formats in columns share ----------------------- */

struct tl_map {
	int col; /* ours; -1: passed over */
	bool shared, escape;
	bool ready; /* it has been looked at */
	bool known; /* last and id are set */
	int32_t id; /* in the dict, of the value last seen */
	struct spill_span last;
};

/* How the columns of a table become ours. */
struct tl_table {
	struct tl_map map[SPILL_COLUMNS_MAX];
	const char *const *names; /* pairs: their name, ours or "" for none */
	bool foreign; /* its text is raw */
	bool dash_is_empty; /* "-" says that nothing is known */
};

/* Set the cell that a map says from a value of theirs. */
void tl_map_set(struct tl_input *in, struct tl_map *m, struct spill_row *r,
    struct spill_span v);
/* Damaged rows are reported and passed over. */
int tl_table_next(struct tl_input *in);
/* Cells of the row that was read, but for those passed over; *mix tells it
 * from others. */
void tl_table_fill(struct tl_input *in, struct tl_table *t, struct spill_row *r,
    uint64_t *mix);
/* A cell by the name of its column, empty if there is none. */
struct spill_span tl_table_cell(struct tl_input *in, const char *name);
/* The time of the row from this text; one that is none is reported and kept
 * in time_raw, as is what the time cannot say. */
void tl_table_time(
    struct tl_input *in, struct spill_row *r, struct spill_span text);
/* The row came from a source other than ours: id, place, basis of time. */
void tl_table_origin(struct tl_input *in, struct spill_row *r, uint64_t mix);

/* --- export.c ----------------------------------------------------------- */

enum { TL_CSV, TL_TSV, TL_JSONL, TL_BODYFILE, TL_TIMESKETCH };

int tl_write(struct tl *tl);

#endif
