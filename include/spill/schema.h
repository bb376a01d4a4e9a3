/*
 * schema.h: the record schemas, declared once, as data. Readers, writers,
 * --schema and spillkit-records(5) are made from these tables.
 */
#ifndef SPILL_SCHEMA_H
#define SPILL_SCHEMA_H

#include <spill/base.h>
#include <spill/buf.h>

enum spill_type {
	SPILL_T_TEXT, /* plain words that a tool wrote */
	SPILL_T_NAME, /* text from evidence, percent-escaped (name.h) */
	SPILL_T_UINT, /* decimal */
	SPILL_T_INT, /* decimal, a minus before it if negative */
	SPILL_T_TIME, /* ISO 8601, native precision (time.h) */
	SPILL_T_HEX, /* lower-case hex digits */
	SPILL_T_OCTAL, /* octal digits */
	SPILL_T_ENUM, /* one of the values */
	SPILL_T_LOCATOR, /* locator.h */
	SPILL_T_LIST, /* ";" between, "\;" for one in a value */
	SPILL_T_JSON, /* compact JSON, keys in fixed order */
};

struct spill_column {
	const char *name;
	enum spill_type type;
	bool required; /* a reader refuses a stream without it */
	const char *meaning;
	const char *const *values; /* of an enum, NULL-terminated */
};

struct spill_schema {
	const char *name, *summary;
	const struct spill_column *columns;
	size_t n;
};

extern const struct spill_schema spill_schema_evidence, spill_schema_item,
    spill_schema_verdict, spill_schema_marking, spill_schema_event,
    spill_schema_error, spill_schema_coverage, spill_schema_document,
    spill_schema_match, spill_schema_link, spill_schema_finding,
    spill_schema_line;

/* All of them, NULL-terminated. */
extern const struct spill_schema *const spill_schemas[];

/* Places of columns in the event, item, verdict and evidence schemas. */
enum spill_event_col {
	EV_DATETIME,
	EV_TIMESTAMP_DESC,
	EV_MESSAGE,
	EV_EVENT,
	EV_STAGE,
	EV_MACHINE,
	EV_HOST,
	EV_USER,
	EV_USER_SID,
	EV_ITEM,
	EV_PATH,
	EV_PATH_TO,
	EV_SIZE,
	EV_SHA256,
	EV_DOC,
	EV_FAMILY,
	EV_CLASS,
	EV_LEVEL,
	EV_CHANNEL,
	EV_CHANNEL_ID,
	EV_APPROVED,
	EV_PEER,
	EV_PROGRAM,
	EV_DEVICE,
	EV_VOLUME_SERIAL,
	EV_ATTACK,
	EV_TIME_RAW,
	EV_PRECISION_NS,
	EV_TIME_BASIS,
	EV_ZONE_SOURCE,
	EV_SKEW_NS,
	EV_EARLIEST,
	EV_LATEST,
	EV_SCORE,
	EV_BASIS,
	EV_RULE,
	EV_SUPPORT,
	EV_CONTRADICTS,
	EV_EVIDENCE,
	EV_SOURCE,
	EV_SOURCE_ITEM,
	EV_SOURCE_RECORD,
	EV_IMG_OFFSET,
	EV_PARSER,
	EV_ID,
	EV_EXTRA,
	EV_COUNT
};

/* And in the line schema. */
enum spill_line_col {
	LN_ITEM,
	LN_EVIDENCE,
	LN_PATH,
	LN_PART,
	LN_PAGE,
	LN_ROLE,
	LN_OFFSET,
	LN_TEXT,
	LN_COUNT
};

enum spill_verdict_col {
	VD_ITEM,
	VD_EVIDENCE,
	VD_PATH,
	VD_SHA256,
	VD_ALLOC_NAME,
	VD_ALLOC_META,
	VD_CLASS,
	VD_SCHEME,
	VD_LEVEL,
	VD_RANK,
	VD_RANK_MAX,
	VD_FORMER_LEVEL,
	VD_CATEGORIES,
	VD_RELEASE,
	VD_SCORE,
	VD_PAGES,
	VD_PAGES_MARKED,
	VD_MARKINGS,
	VD_ORIGINATOR,
	VD_REFERENCE,
	VD_COPY_NO,
	VD_DOC_DATE,
	VD_FLAGS,
	VD_REASON,
	VD_COUNT
};

enum spill_marking_col {
	MK_ITEM,
	MK_EVIDENCE,
	MK_PATH,
	MK_CLASS,
	MK_SCHEME,
	MK_LEVEL,
	MK_RANK,
	MK_CATEGORIES,
	MK_RELEASE,
	MK_SCORE,
	MK_WHERE,
	MK_PAGE,
	MK_OFFSET,
	MK_IMG_OFFSET,
	MK_TEXT,
	MK_REPAIRS,
	MK_REASON,
	MK_COUNT
};

enum spill_item_col {
	IT_ITEM,
	IT_EVIDENCE,
	IT_VOLUME,
	IT_PATH,
	IT_PARENT,
	IT_KIND,
	IT_ALLOC_NAME,
	IT_ALLOC_META,
	IT_CONTENT,
	IT_GRADE,
	IT_STATUS,
	IT_SIZE,
	IT_INIT_SIZE,
	IT_META,
	IT_BORN,
	IT_MODIFIED,
	IT_ACCESSED,
	IT_CHANGED,
	IT_FN_BORN,
	IT_FN_MODIFIED,
	IT_FN_ACCESSED,
	IT_FN_CHANGED,
	IT_DELETED,
	IT_MODE,
	IT_ATTRIBUTES,
	IT_UID,
	IT_GID,
	IT_OWNER_SID,
	IT_LINKS,
	IT_TARGET,
	IT_IMG_OFFSET,
	IT_FRAGMENTS,
	IT_RUNS,
	IT_NOTE,
	IT_MIME,
	IT_TYPE,
	IT_EXT_MATCH,
	IT_SHA256,
	IT_MD5,
	IT_SHA1,
	IT_ENTROPY,
	IT_KNOWN,
	IT_MEMBERS,
	IT_COUNT
};

const char *spill_type_name(enum spill_type t);
/* Index of a column by name, or -1. */
int spill_schema_find(const struct spill_schema *s, struct spill_span name);
/*
 * The schema that shares most names with a header, of those whose required
 * columns are there, or of all if there is none such; NULL if fewer than two.
 */
const struct spill_schema *spill_schema_guess(
    const struct spill_span *names, size_t n);

/* The first required column that a header lacks, or NULL. */
const char *spill_schema_missing(
    const struct spill_schema *s, const struct spill_span *names, size_t n);

/* --schema: a CSV table of the columns. spillkit-records(5): mdoc. */
void spill_schema_csv(struct spill_buf *b, const struct spill_schema *s);
void spill_schema_mdoc(struct spill_buf *b, const struct spill_schema *s);

#endif
