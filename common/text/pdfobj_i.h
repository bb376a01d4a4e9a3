/*
 * pdfobj_i.h: the objects of a PDF file (ISO 32000-2, 7), as far as poppler
 * does not give them: its information. Nothing here knows poppler.
 *
 * pdf_obj.c	tokens and values
 * pdf_file.c	where objects are
 * pdf_stream.c	what streams have
 * pdf_crypt.c	decryption, with the empty password
 * pdf_info.c	the properties as lines
 *
 * All is read where it stands in memory, without recursion; what one file may
 * cost is counted in bytes looked at.
 */
#ifndef SPILL_PDFOBJ_I_H
#define SPILL_PDFOBJ_I_H

#include "text_i.h"

/* --- pdf_obj.c ---------------------------------------------------------- */

enum pdf_kind {
	PDF_END, /* nothing more */
	PDF_NUMBER,
	PDF_NAME, /* with its slash */
	PDF_STRING, /* (...) */
	PDF_HEX, /* <...> */
	PDF_OPEN, /* << or [; of a token only */
	PDF_CLOSE, /* >> or ]; of a value: there is none */
	PDF_WORD, /* true, null, obj, stream, ... */
	PDF_DICT, /* the last three: of a value only */
	PDF_ARRAY,
	PDF_REF,
};

struct pdf_value {
	enum pdf_kind kind;
	struct spill_span raw; /* with its brackets */
	uint32_t num, gen; /* of a PDF_REF */
};

/* The next of s, which goes on behind it. */
struct pdf_value pdf_token(struct spill_span *s);
struct pdf_value pdf_value(struct spill_span *s);
/* The inside of a dictionary or array, to be read from. */
struct spill_span pdf_inside(const struct pdf_value *v);
/* The next key, with its slash, and value; false: no more. */
bool pdf_pair(
    struct spill_span *inside, struct spill_span *key, struct pdf_value *v);
/* Of a dictionary; PDF_END: it has no such key, or is none. */
struct pdf_value pdf_get(const struct pdf_value *dict, const char *key);
bool pdf_is(const struct pdf_value *v, const char *what);
bool pdf_number(const struct pdf_value *v, uint64_t *n);
/* dflt, where it is no number, or one above most. */
uint64_t pdf_number_or(const struct pdf_value *dict, const char *key,
    uint64_t most, uint64_t dflt);
/* The bytes of a string or name, without escapes: appended. */
void pdf_bytes(const struct pdf_value *v, struct spill_buf *out);

/* --- pdf_crypt.c -------------------------------------------------------- */

enum pdf_method {
	PDF_PLAIN,
	PDF_RC4,
	PDF_AES128, /* AESV2 */
	PDF_AES256, /* AESV3 */
	PDF_LOCKED, /* its key is not known */
};

struct pdf_crypt {
	enum pdf_method strings, streams;
	uint8_t key[32];
	size_t keylen;
	char handler[64]; /* "Standard"; "": it is not encrypted */
};

/* Of the dictionary Encrypt and the first part of the file's ID, in bytes. */
void pdf_crypt_open(
    struct pdf_crypt *c, const struct pdf_value *encrypt, struct spill_span id);
/* In place, of an object of that number. *n: bytes, then as many as are
 * left. false: it cannot be. */
bool pdf_decrypt(const struct pdf_crypt *c, enum pdf_method m, uint32_t num,
    uint32_t gen, char *p, size_t *n);

/* --- pdf_file.c --------------------------------------------------------- */

struct pdf_section; /* of the table of objects */

struct pdf_file {
	struct spill_span all;
	size_t head; /* what places count from */
	struct pdf_section *section; /* the newest first */
	size_t sections, cap;
	uint64_t work; /* bytes that may still be looked at */
	size_t room; /* bytes of tables that may still be held */
	bool torn; /* there are objects that no table has */
	bool lost; /* something was there, and could not be read */
	struct pdf_value info; /* a dictionary or PDF_REF; PDF_END: none */
	struct pdf_crypt crypt;
	struct spill_buf inner; /* the object stream that was last opened */
	uint32_t holder, first; /* its number; where its objects begin */
};

struct pdf_object {
	struct pdf_value v;
	uint32_t num, gen;
	bool packed; /* in a stream: its strings are not encrypted */
};

/* Whatever the bytes are; they stay where they are until it is closed. */
void pdf_file_open(struct pdf_file *f, struct spill_span all);
/* Good until the next call. false: there is none, or f->lost. */
bool pdf_fetch(
    struct pdf_file *f, uint32_t num, uint32_t gen, struct pdf_object *o);
void pdf_file_close(struct pdf_file *f);

/* --- pdf_stream.c ------------------------------------------------------- */

/* Bytes that are looked at; false: no more may be. */
bool pdf_spend(struct pdf_file *f, size_t n);
/* What the stream of o has, whose dictionary ended where rest begins. false:
 * f->lost. out: to be released. */
bool pdf_decode(struct pdf_file *f, const struct pdf_object *o,
    struct spill_span rest, bool encrypted, struct spill_buf *out);

/* --- pdf_info.c --------------------------------------------------------- */

#define PDF_TOLD 8192

struct pdf_info {
	struct lines *l;
	const char *prefix; /* of the part: "" or "revision 1#" */
	enum spill_role role;
	bool usual; /* those that poppler gives, too */
	uint64_t told[PDF_TOLD]; /* hashes of key and value */
	unsigned ntold;
};

/* What was told is not told again. */
void pdf_info_tell(struct pdf_info *i, struct pdf_file *f);

#endif
