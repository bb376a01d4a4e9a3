/*
 * doctext.h: the text of documents, as lines that know their place: the part
 * of the document, its role there, the page, the byte. A format is one file in
 * common/text with one descriptor, and one row in the table of doctext.c.
 *
 * This half runs in a worker: it parses evidence.
 *
 * A document is read once, its parts in the order in which a reader would meet
 * them: what stands on every page first, then the pages. Text that is split
 * over runs comes joined as a reader sees it, one line for each paragraph,
 * cell or message field, without its line break; what is blank does not come.
 */
#ifndef SPILL_DOCTEXT_H
#define SPILL_DOCTEXT_H

#include <spill/base.h>
#include <spill/sniff.h>
#include <spill/unpack.h>

/* Where on the page it stands, or why no reader sees it. */
enum spill_role {
	SPILL_ROLE_BODY,
	SPILL_ROLE_HEADER,
	SPILL_ROLE_FOOTER,
	SPILL_ROLE_TITLE, /* a heading, the title of a slide */
	SPILL_ROLE_TABLE, /* a cell */
	SPILL_ROLE_NOTE, /* foot and end notes, notes of a slide */
	SPILL_ROLE_COMMENT, /* comments, annotations */
	SPILL_ROLE_PROPERTY, /* metadata; fields of a mail's header */
	SPILL_ROLE_WATERMARK,
	SPILL_ROLE_TEXTBOX,
	SPILL_ROLE_HIDDEN, /* there, and not shown */
	SPILL_ROLE_DELETED, /* tracked deletions, earlier revisions */
	SPILL_ROLE_ARTIFACT, /* names of sheets, styles, alternative texts */
	SPILL_ROLES,
};

/* "body", "header", ...; NULL behind the last. */
extern const char *const spill_role_names[SPILL_ROLES + 1];

/* Bytes of one line. What is longer comes in pieces, cut at a blank if there
 * is one, else between two characters. */
#define SPILL_TEXT_LINE ((size_t)64 << 10)

struct spill_line {
	struct spill_span text; /* UTF-8 and no line break; U+FFFD for what
				   could not be decoded */
	/* In the document's own words, UTF-8: "word/header1.xml",
	 * "xl/worksheets/sheet1.xml", "Subject"; empty: there is but one. */
	struct spill_span part;
	enum spill_role role;
	bool struck; /* all of it is struck through */
	uint32_t page; /* 1 and on: page, sheet or slide; 0: not known */
	/* Of its first byte in the item, where the text stands there as it
	 * is (plain text, mail without an encoding); else UINT64_MAX. */
	uint64_t offset;
};

/* An attribute of XML: its local name and namespace. */
struct spill_attribute {
	struct spill_span name, uri, value;
};

/* An element of XML as it opens, with its attributes, or as it closes, with
 * its own text (without that of elements in it; no more than SPILL_TEXT_LINE
 * of it). All that open close, also where the XML is cut. */
struct spill_element {
	struct spill_span part; /* as of a line: "customXml/item1.xml", "XMP" */
	struct spill_span name, uri; /* local name; its namespace */
	const struct spill_attribute *attr;
	size_t nattr;
	struct spill_span text;
};

struct spill_doctext_sink {
	/* SPILL_OK, or what ends the work and is returned by run(). */
	int (*line)(void *ctx, const struct spill_line *l);
	/*
	 * What could not be read: code is one of the error schema's; length 0:
	 * nobody knows where. In no case the end of what can still be read.
	 */
	int (*flaw)(void *ctx, const char *code, uint64_t offset,
	    uint64_t length, const char *detail);
	/*
	 * May be NULL. Of plain text in UTF-8, instead of its lines, the bytes
	 * as they stand, piece after piece from this offset on: cut anywhere
	 * but within a character, and not checked.
	 */
	int (*text)(void *ctx, struct spill_span bytes, uint64_t offset);
	void *ctx;
	/* The XML in which labels stand: XML by itself, customXml and
	 * docMetadata of OOXML, XMP. NULL: it is not wanted. Returns what
	 * line() does. */
	int (*element)(void *ctx, const struct spill_element *e, bool opens);
};

struct spill_doctext_conf {
	uint64_t bytes; /* of text, together; 0: no limit */
	uint64_t memory; /* for parts that are held; 0: 256 MiB */
	/* Of a text, as the message declares it that it is in; may be empty. */
	struct spill_span charset;
	/* When the CPU time of this process, in ns, is too late to go on; 0:
	 * the format sets it. */
	uint64_t cpu_end;
};

struct spill_doctext {
	const char *name; /* "ooxml": of the parser in records */
	/* Is it one? s: what its first bytes are; name: raw, the last component
	 * of its path, may be empty. */
	bool (*is)(struct spill_span head, const struct spill_sniff *s,
	    struct spill_span name);
	/*
	 * SPILL_OK also where the document is damaged (flaw() said so). Else
	 * what the sink returned, SPILL_ENOMEM, SPILL_ELIMIT after a limit was
	 * told, or SPILL_EFORMAT: it is none after all, nothing was handed out.
	 */
	int (*run)(struct spill_src *s, const struct spill_doctext_conf *conf,
	    const struct spill_doctext_sink *sink);
	/* Of a container: is the text of this member among its own? Then none
	 * is told of the member. May be NULL: of no member. */
	bool (*covers)(struct spill_span member);
	int (*warm)(void); /* before the jail; may be NULL */
};

/* The format for these bytes; NULL: no text is looked for in it. */
const struct spill_doctext *spill_doctext_find(struct spill_span head,
    const struct spill_sniff *s, struct spill_span name);
/* The same for the part of a message that declares what it is: what was found
 * is kept where it knows better. */
const struct spill_doctext *spill_doctext_declared(
    const struct spill_doctext *found, struct spill_span mime);
/* That of messages, for those that are declared to be such. */
const struct spill_doctext *spill_doctext_mail(void);
/* That of XML, for what is known to be such. */
const struct spill_doctext *spill_doctext_xml(void);
/* All of them, NULL-terminated. */
extern const struct spill_doctext *const spill_doctexts[];

#endif
