/*
 * schemas.c: the record schemas as data. One line a column: name, type,
 * meaning.
 * NEEDED: a reader refuses a stream without it.
 */
#include <spill/schema.h>

#define TEXT(n, m)                              \
	{                                       \
		n, SPILL_T_TEXT, false, m, NULL \
	}
#define NAME(n, m)                              \
	{                                       \
		n, SPILL_T_NAME, false, m, NULL \
	}
#define UINT(n, m)                              \
	{                                       \
		n, SPILL_T_UINT, false, m, NULL \
	}
#define INT(n, m)                              \
	{                                      \
		n, SPILL_T_INT, false, m, NULL \
	}
#define TIME(n, m)                              \
	{                                       \
		n, SPILL_T_TIME, false, m, NULL \
	}
#define HEX(n, m)                              \
	{                                      \
		n, SPILL_T_HEX, false, m, NULL \
	}
#define OCTAL(n, m)                              \
	{                                        \
		n, SPILL_T_OCTAL, false, m, NULL \
	}
#define LOCATOR(n, m)                              \
	{                                          \
		n, SPILL_T_LOCATOR, false, m, NULL \
	}
#define LIST(n, m)                              \
	{                                       \
		n, SPILL_T_LIST, false, m, NULL \
	}
#define JSON(n, m)                              \
	{                                       \
		n, SPILL_T_JSON, false, m, NULL \
	}
#define ENUM(n, v, m)                        \
	{                                    \
		n, SPILL_T_ENUM, false, m, v \
	}
#define NEEDED(n, t, m)             \
	{                           \
		n, t, true, m, NULL \
	}
#define SCHEMA(n, s)                                                       \
	const struct spill_schema spill_schema_##n = { #n, s, n##_columns, \
		SPILL_COUNT(n##_columns) }

static const char *const yes_no[] = { "yes", "no", "none", NULL };
static const char *const classes[] = { "marked", "labelled", "portion",
	"declassified", "specimen", "template", "corporate", "mention", NULL };
static const char *const evidence_status[] = { "whole", "damaged",
	"missing-segment", "hash-mismatch", NULL };
static const char *const kinds[] = { "file", "dir", "link", "stream", "special",
	"slack", "range", "member", "message", "attachment", NULL };
static const char *const contents[] = { "complete", "partial", "overwritten",
	"reallocated", "resident", "none", "unknown", NULL };
static const char *const grades[] = { "validated", "plausible", "truncated",
	NULL };
static const char *const item_status[] = { "ok", "partial", "unreadable",
	"encrypted", "unsupported", "limit", "timeout", "crash", NULL };
static const char *const ext_matches[] = { "match", "mismatch", "none", NULL };
static const char *const wheres[] = { "header", "footer", "banner", "body",
	"property", "label", "filename", "subject", "watermark", "ocr", "raw",
	NULL };
static const char *const stages[] = { "arrive", "handle", "collect", "stage",
	"leave", "hide", "context", "state", "leak", "finding", NULL };
static const char *const approved[] = { "yes", "no", "unlisted", NULL };
static const char *const time_bases[] = { "utc", "local-known", "local-assumed",
	"local-unknown", "remote", NULL };
static const char *const bases[] = { "direct", "correlated", "inferred", NULL };
static const char *const codes[] = { "unreadable", "damaged", "unsupported",
	"encrypted", "limit", "memory", "timeout", "crash", "protocol",
	"anomaly", "internal", NULL };
static const char *const steps[] = { "ok", "partial", "skipped", "withheld",
	"failed", "na", NULL };
static const char *const doc_status[] = { "live", "deleted", "remnant", NULL };
static const char *const methods[] = { "hash", "part-hash", "block-run", "text",
	"metadata", "image", NULL };
static const char *const match_verdicts[] = { "same-bytes", "remnant",
	"same-content", "partial", "candidate", NULL };
static const char *const relations[] = { "same-content", "version", "converted",
	"member", "attachment", "copied", "renamed", "archived", "sent",
	"uploaded", "downloaded", "opened", "wiped", "sample", NULL };
static const char *const strengths[] = { "identity", "strong", "weak", NULL };

static const struct spill_column evidence_columns[] = {
	NEEDED("evidence", SPILL_T_NAME, "path of the evidence, as given"),
	TEXT("name", "short name, the first segment of its locators"),
	NAME("exhibit", "number of the exhibit"),
	TEXT("machine", "the machine it was taken from"),
	TEXT("custodian", "who had the machine"),
	TEXT("zone", "time zone of the machine's clock, by IANA name"),
	TEXT("clock_offset",
	    "how far the clock was ahead of the true time when "
	    "it was seized: [+-]hh:mm:ss, or a number of s"),
	TEXT("format", "raw, split, E01, ..."),
	UINT("segments", "files that it consists of"),
	UINT("size", "bytes of the disk"),
	UINT("sector", "bytes of a sector"),
	HEX("stored_md5", "hash that the format stores"),
	HEX("stored_sha1", "hash that the format stores"),
	HEX("sha256", "hash of the disk, computed"),
	TIME("acquired", "time of acquisition in the E01 header"),
	NAME("examiner", "from the E01 header"),
	NAME("case", "from the E01 header"),
	NAME("description", "from the E01 header"),
	NAME("device_serial", "from the E01 header"),
	ENUM("status", evidence_status, "state of the image"),
};
SCHEMA(evidence, "one input: an image or a set of segments");

static const struct spill_column item_columns[] = {
	[IT_ITEM] = NEEDED(
	    "item", SPILL_T_LOCATOR, "locator; unique together with path"),
	[IT_EVIDENCE] = NAME("evidence", "path of the evidence, as given"),
	[IT_VOLUME] =
	    TEXT("volume", "volume in the evidence (spillkit-locator(7))"),
	[IT_PATH] = NAME("path", "path from the volume's root, / between"),
	[IT_PARENT] = LOCATOR("parent", "what it is in: folder or container"),
	[IT_KIND] = ENUM("kind", kinds, "what it is"),
	[IT_ALLOC_NAME] = ENUM("alloc_name", yes_no, "is the name allocated"),
	[IT_ALLOC_META] = ENUM(
	    "alloc_meta", yes_no, "is the object that it points to allocated"),
	[IT_CONTENT] =
	    ENUM("content", contents, "how much of its content is there"),
	[IT_GRADE] = ENUM("grade", grades, "of a carved file"),
	[IT_STATUS] = ENUM("status", item_status, "outcome of the work on it"),
	[IT_SIZE] = UINT("size", "bytes"),
	[IT_INIT_SIZE] = UINT("init_size", "bytes that were ever written"),
	[IT_META] =
	    TEXT("meta", "file-system address, with sequence or generation"),
	[IT_BORN] = TIME("born", "creation"),
	[IT_MODIFIED] = TIME("modified", "last change of the content"),
	[IT_ACCESSED] = TIME("accessed", "last access"),
	[IT_CHANGED] = TIME("changed", "last change of the metadata"),
	[IT_FN_BORN] = TIME("fn_born", "NTFS $FILE_NAME: creation"),
	[IT_FN_MODIFIED] =
	    TIME("fn_modified", "NTFS $FILE_NAME: last change of the content"),
	[IT_FN_ACCESSED] = TIME("fn_accessed", "NTFS $FILE_NAME: last access"),
	[IT_FN_CHANGED] =
	    TIME("fn_changed", "NTFS $FILE_NAME: last change of the metadata"),
	[IT_DELETED] = TIME("deleted", "deletion"),
	[IT_MODE] = OCTAL("mode", "permissions"),
	[IT_ATTRIBUTES] = LIST("attributes", "hidden, system, encrypted, ..."),
	[IT_UID] = UINT("uid", "owner"),
	[IT_GID] = UINT("gid", "group"),
	[IT_OWNER_SID] = TEXT("owner_sid", "owner on Windows"),
	[IT_LINKS] = UINT("links", "count of names"),
	[IT_TARGET] = NAME("target", "of a link"),
	[IT_IMG_OFFSET] = UINT("img_offset", "first byte on the raw disk"),
	[IT_FRAGMENTS] = UINT("fragments", "count of runs"),
	[IT_RUNS] = LIST("runs", "offset+length on the raw disk"),
	[IT_NOTE] = TEXT("note", "what else there is to say"),
	[IT_MIME] = TEXT("mime", "media type"),
	[IT_TYPE] = TEXT("type", "type in words, as libmagic has it"),
	[IT_EXT_MATCH] =
	    ENUM("ext_match", ext_matches, "does the extension fit the type"),
	[IT_SHA256] = HEX("sha256", "hash of the content"),
	[IT_MD5] = HEX("md5", "hash of the content"),
	[IT_SHA1] = HEX("sha1", "hash of the content"),
	[IT_ENTROPY] = TEXT("entropy", "bits per byte"),
	[IT_KNOWN] = TEXT("known", "set of known files that has it"),
	[IT_MEMBERS] =
	    UINT("members", "how many were listed; empty: not opened"),
};
SCHEMA(item, "anything with bytes that a locator can name");

static const struct spill_column verdict_columns[] = {
	[VD_ITEM] = NEEDED("item", SPILL_T_LOCATOR, "what the verdict is on"),
	[VD_EVIDENCE] = NAME("evidence", "path of the evidence, as given"),
	[VD_PATH] = NAME("path", "path of the item"),
	[VD_SHA256] = HEX("sha256", "hash of its content"),
	[VD_ALLOC_NAME] = ENUM("alloc_name", yes_no, "is the name allocated"),
	[VD_ALLOC_META] = ENUM(
	    "alloc_meta", yes_no, "is the object that it points to allocated"),
	[VD_CLASS] = { "class", SPILL_T_ENUM, true,
	    "what its markings add up to", classes },
	[VD_SCHEME] = TEXT("scheme", "whose markings"),
	[VD_LEVEL] = TEXT("level", "canonical level"),
	[VD_RANK] = UINT("rank", "0 to 5, so that schemes compare"),
	[VD_RANK_MAX] = UINT("rank_max", "where countries differ"),
	[VD_FORMER_LEVEL] = TEXT("former_level", "before it was downgraded"),
	[VD_CATEGORIES] = LIST("categories", "ATOMAL, CRYPTO, ..."),
	[VD_RELEASE] = LIST("release", "releasable to"),
	[VD_SCORE] = UINT("score", "0 to 100; not a probability"),
	[VD_PAGES] = UINT("pages", "pages of the document"),
	[VD_PAGES_MARKED] = UINT("pages_marked", "pages that carry a marking"),
	[VD_MARKINGS] = UINT("markings", "count of markings"),
	[VD_ORIGINATOR] = NAME("originator", "who issued it"),
	[VD_REFERENCE] = NAME("reference", "reference number"),
	[VD_COPY_NO] = NAME("copy_no", "copy number"),
	[VD_DOC_DATE] = NAME("doc_date", "date on the document"),
	[VD_FLAGS] =
	    LIST("flags", "label-mismatch, top-bottom-differ, exercise, ..."),
	[VD_REASON] = TEXT("reason", "how it came about"),
};
SCHEMA(verdict, "what the markings of an item add up to");

static const struct spill_column marking_columns[] = {
	[MK_ITEM] = NEEDED("item", SPILL_T_LOCATOR, "where it was found"),
	[MK_EVIDENCE] = NAME("evidence", "path of the evidence, as given"),
	[MK_PATH] = NAME("path", "path of the item"),
	[MK_CLASS] = ENUM("class", classes, "what this marking is"),
	[MK_SCHEME] = TEXT("scheme", "whose marking"),
	[MK_LEVEL] = TEXT("level", "canonical level"),
	[MK_RANK] = UINT("rank", "0 to 5, so that schemes compare"),
	[MK_CATEGORIES] = LIST("categories", "ATOMAL, CRYPTO, ..."),
	[MK_RELEASE] = LIST("release", "releasable to"),
	[MK_SCORE] = UINT("score", "0 to 100; not a probability"),
	[MK_WHERE] = ENUM("where", wheres, "place in the document"),
	[MK_PAGE] = UINT("page", "page, from 1"),
	[MK_OFFSET] = UINT("offset", "byte in the item"),
	[MK_IMG_OFFSET] = UINT("img_offset", "byte on the raw disk"),
	[MK_TEXT] = NAME("text", "the marking as written, at most 200 bytes"),
	[MK_REPAIRS] = LIST("repairs", "what was undone to read it"),
	[MK_REASON] = TEXT("reason", "how it came about"),
};
SCHEMA(marking, "one marking");

static const struct spill_column event_columns[] = {
	[EV_DATETIME] = NEEDED("datetime", SPILL_T_TIME, "when it happened"),
	[EV_TIMESTAMP_DESC] = TEXT("timestamp_desc", "what the time means"),
	[EV_MESSAGE] = TEXT("message", "the event in words"),
	[EV_EVENT] = TEXT("event", "kind of event: file_modified, ..."),
	[EV_STAGE] = ENUM("stage", stages, "stage of the leak"),
	[EV_MACHINE] = TEXT("machine", "machine it happened on"),
	[EV_HOST] = TEXT("host", "host name that the source gives"),
	[EV_USER] = NAME("user", "account"),
	[EV_USER_SID] = TEXT("user_sid", "account on Windows"),
	[EV_ITEM] = LOCATOR("item", "what it happened to"),
	[EV_PATH] = NAME("path", "path of that"),
	[EV_PATH_TO] = NAME("path_to", "where it went: copy, rename, move"),
	[EV_SIZE] = UINT("size", "bytes"),
	[EV_SHA256] = HEX("sha256", "hash of the content"),
	[EV_DOC] = TEXT("doc", "document: all items of one content"),
	[EV_FAMILY] = TEXT("family", "versions and conversions of it"),
	[EV_CLASS] = ENUM("class", classes, "from verdicts, where joined"),
	[EV_LEVEL] = TEXT("level", "from verdicts, where joined"),
	[EV_CHANNEL] = TEXT("channel", "mail, web, usb, share, ..."),
	[EV_CHANNEL_ID] = NAME("channel_id", "which one"),
	[EV_APPROVED] = ENUM("approved", approved, "channel approved for it"),
	[EV_PEER] = NAME("peer", "other end"),
	[EV_PROGRAM] = NAME("program", "program that did it"),
	[EV_DEVICE] = TEXT("device", "device"),
	[EV_VOLUME_SERIAL] = HEX("volume_serial", "serial of the volume"),
	[EV_ATTACK] = TEXT("attack", "ATT&CK technique"),
	[EV_TIME_RAW] = TEXT("time_raw", "the time as the source has it, where "
					 "datetime says it otherwise"),
	[EV_PRECISION_NS] =
	    UINT("precision_ns", "precision of the source, where "
				 "its digits do not show it"),
	[EV_TIME_BASIS] = ENUM("time_basis", time_bases, "whose clock"),
	[EV_ZONE_SOURCE] = TEXT("zone_source", "where the zone came from"),
	[EV_SKEW_NS] = INT("skew_ns", "correction that datetime contains"),
	[EV_EARLIEST] = TIME("earliest", "lower bound of the time"),
	[EV_LATEST] = TIME("latest", "upper bound of the time"),
	[EV_SCORE] = UINT("score", "0 to 100; not a probability"),
	[EV_BASIS] = ENUM("basis", bases, "fact or conclusion"),
	[EV_RULE] = TEXT("rule", "rule that concluded it"),
	[EV_SUPPORT] = LIST("support", "ids of what speaks for it"),
	[EV_CONTRADICTS] = LIST("contradicts", "ids of what speaks against it"),
	[EV_EVIDENCE] = NAME("evidence", "path of the evidence, as given"),
	[EV_SOURCE] = TEXT("source", "artefact: MFT, USN, EVTX, bodyfile, ..."),
	[EV_SOURCE_ITEM] = LOCATOR("source_item", "what it was read from"),
	[EV_SOURCE_RECORD] =
	    TEXT("source_record", "offset=, record=, row=, key="),
	[EV_IMG_OFFSET] = UINT("img_offset", "byte on the raw disk"),
	[EV_PARSER] = TEXT("parser", "name/version"),
	[EV_ID] = TEXT("id", "ev- and 16 hex digits, stable over runs"),
	[EV_EXTRA] = JSON("extra", "keys of the one artefact"),
};
SCHEMA(event, "a fact with a time, from one artefact");

static const struct spill_column error_columns[] = {
	TEXT("id", "id of the error"),
	TEXT("step", "tool that met it"),
	NAME("evidence", "path of the evidence or input, as given"),
	LOCATOR("item", "what it happened to"),
	NAME("path", "path of that"),
	{ "code", SPILL_T_ENUM, true, "kind of error", codes },
	UINT("img_offset", "first byte that is affected"),
	UINT("length", "bytes from there"),
	UINT("bytes_affected", "bytes of the item that are lost"),
	TEXT("limit", "the limit that was hit, with its value"),
	TEXT("parser", "name/version"),
	TEXT("detail", "the error in words"),
};
SCHEMA(error, "what could not be read");

static const struct spill_column coverage_columns[] = {
	NEEDED("item", SPILL_T_LOCATOR, "what was or was not examined"),
	NAME("path", "path of the item"),
	ENUM("walk", steps, "listed"),
	ENUM("hash", steps, "hashed"),
	ENUM("type", steps, "typed"),
	ENUM("members", steps, "opened"),
	ENUM("text", steps, "its text read"),
	ENUM("ocr", steps, "its pictures read"),
	ENUM("mark", steps, "searched for markings"),
	TEXT("why", "where a step is not ok"),
};
SCHEMA(coverage, "was this examined");

static const struct spill_column document_columns[] = {
	NEEDED("doc", SPILL_T_TEXT, "all items of one content"),
	TEXT("family", "versions and conversions of it"),
	HEX("sha256", "hash of the content"),
	NAME("title", "title"),
	TEXT("level", "canonical level"),
	LIST("machines", "where it was"),
	UINT("items", "count of items"),
	TIME("first", "first event"),
	TIME("last", "last event"),
	ENUM("status", doc_status, "best state that is left of it"),
};
SCHEMA(document, "all items with the same content");

static const struct spill_column match_columns[] = {
	NEEDED("sample", SPILL_T_NAME, "leaked sample, as given"),
	HEX("sample_sha256", "its hash"),
	LOCATOR("item", "what it matches"),
	NAME("path", "path of the item"),
	ENUM("method", methods, "how they were compared"),
	UINT("score", "0 to 100; not a probability"),
	ENUM("verdict", match_verdicts, "what that means"),
	TEXT("detail", "in words"),
};
SCHEMA(match, "a leaked sample and an item");

static const struct spill_column link_columns[] = {
	NEEDED("from", SPILL_T_TEXT, "item, document or channel"),
	NEEDED("to", SPILL_T_TEXT, "item, document or channel"),
	ENUM("relation", relations, "what the one is to the other"),
	ENUM("strength", strengths, "how sure that is"),
	TIME("time", "when, where that is known"),
	LIST("support", "ids of events"),
};
SCHEMA(link, "how one thing came from another");

static const struct spill_column finding_columns[] = {
	NEEDED("id", SPILL_T_TEXT, "id of the finding"),
	TEXT("rule", "rule that made it"),
	TEXT("severity", "how grave it is"),
	TEXT("machine", "machine"),
	LIST("doc", "documents"),
	TEXT("message", "the finding in words"),
	UINT("score", "0 to 100; not a probability"),
	LIST("support", "ids of events that speak for it"),
	LIST("contradicts", "ids of events that speak against it"),
};
SCHEMA(finding, "what a rule concluded");

static const char *const roles[] = { "body", "header", "footer", "title",
	"table", "note", "comment", "property", "watermark", "textbox",
	"hidden", "deleted", "artifact", NULL };

static const struct spill_column line_columns[] = {
	[LN_ITEM] = NEEDED("item", SPILL_T_LOCATOR, "the document"),
	[LN_EVIDENCE] = NAME("evidence", "path of the evidence, as given"),
	[LN_PATH] = NAME("path", "path of the document"),
	[LN_PART] = NAME("part",
	    "part of the document: a member of its package, a field, a "
	    "property"),
	[LN_PAGE] = UINT("page", "page, sheet or slide, from 1"),
	[LN_ROLE] = ENUM("role", roles, "where on the page it stands"),
	[LN_OFFSET] =
	    UINT("offset", "its first byte in the item, if it stands there"),
	[LN_TEXT] = NAME("text", "the line"),
};
SCHEMA(line, "a line of the text of a document");

const struct spill_schema *const spill_schemas[] = { &spill_schema_evidence,
	&spill_schema_item, &spill_schema_verdict, &spill_schema_marking,
	&spill_schema_event, &spill_schema_error, &spill_schema_coverage,
	&spill_schema_document, &spill_schema_match, &spill_schema_link,
	&spill_schema_finding, &spill_schema_line, NULL };
