/*
 * unpack.h: containers and their members: the one interface of archives,
 * compound files and mail. A format is one file in common/content with one
 * descriptor, and one row in the table of unpack.c (or of the family's own).
 *
 * This half runs in a worker: it parses evidence.
 *
 * A container is read once, front to back in its own order; its members are
 * handed out as they come, and their content while it is there:
 *
 *	begin(member)  what is known of it; says whether its content is wanted
 *	data(bytes)    0 or more times, if it is wanted; in order, holes as
 *		       zeros
 *	end(outcome)   always, once for each begin that succeeded
 *
 * Nothing is named by a path outside: names are the container's bytes as they
 * are ("../../x", "C:\x", with NUL, in whatever charset), and members of kind
 * dir, link and special are told, too.
 */
#ifndef SPILL_UNPACK_H
#define SPILL_UNPACK_H

#include <spill/base.h>
#include <spill/sniff.h>
#include <spill/time.h>

/*
 * The bytes of a container. read(): up to n bytes at an offset, fewer only at
 * the end (*got 0 there). SPILL_OK or what ends the work. What could not be
 * read of the evidence is zeros already.
 */
struct spill_src {
	uint64_t size;
	struct spill_span
	    map; /* all of it, where it is in memory; else empty */
	int (*read)(struct spill_src *s, uint64_t offset, void *buf, size_t n,
	    size_t *got);
	void *ctx;
};

/* One of bytes in memory. */
struct spill_src spill_src_of(struct spill_span bytes);
/* What read() of one does that is a file. */
int spill_src_pread(int fd, uint64_t offset, void *buf, size_t n, size_t *got);

enum spill_member_kind {
	SPILL_MEMBER_FILE,
	SPILL_MEMBER_DIR,
	SPILL_MEMBER_LINK, /* symbolic or hard: target */
	SPILL_MEMBER_SPECIAL, /* device, pipe, socket, whiteout, ... */
	SPILL_MEMBER_MESSAGE, /* of a mailbox */
	SPILL_MEMBER_ATTACHMENT, /* of a message */
};

/* What is not known is empty, not set or UINT64_MAX. All spans are the
 * format's, until the next begin. */
struct spill_member_info {
	enum spill_member_kind kind;
	/* Raw. May be empty or repeat: the nth of a name is counted by who
	 * calls. Of messages and attachments: their number, from "1"; their
	 * own name is in title. */
	struct spill_span name;
	struct spill_span
	    title; /* file name of an attachment, subject of a
		      message, decoded to UTF-8; raw if it cannot be;
		      another name in UTF-8 that a zip has for it */
	struct spill_span target; /* of a link, raw. In a zip this is its
				     content, too, and handed out as such */
	struct spill_span mime, charset; /* as a message declares them */
	struct spill_span note; /* in plain words: "name in CP437", ... */
	uint64_t size; /* as the container says */
	uint32_t crc;
	bool has_crc, encrypted;
	struct spill_time born, modified, accessed, changed;
	uint32_t mode; /* permission bits; has_mode */
	bool has_mode;
	uint64_t uid, gid; /* UINT64_MAX: not known */
};

enum spill_member_end {
	SPILL_MEMBER_OK,
	SPILL_MEMBER_SKIPPED, /* content was not wanted, or it has none */
	SPILL_MEMBER_PARTIAL, /* damaged or cut: what came is what there is */
	SPILL_MEMBER_ENCRYPTED, /* no content came */
	SPILL_MEMBER_UNSUPPORTED, /* a method that is not known here; none came
				   */
};

struct spill_unpack_sink {
	/*
	 * SPILL_OK: its content is wanted; SPILL_END: it is not. Anything
	 * else ends the work and is returned by run(), without an end().
	 */
	int (*begin)(void *ctx, const struct spill_member_info *m);
	/* SPILL_END: no more of this member is wanted: end() follows at once,
	 * as SPILL_MEMBER_SKIPPED. */
	int (*data)(void *ctx, const void *p, size_t n);
	/* why: a phrase, NULL if there is nothing to say. */
	int (*end)(void *ctx, enum spill_member_end how, const char *why);
	/*
	 * The container: damaged, encrypted (its list of members), unsupported,
	 * anomaly (two lists that differ, members that overlap, ...): code is
	 * one of the error schema. length 0: nobody knows where. In no case the
	 * end of what can still be listed.
	 */
	int (*flaw)(void *ctx, const char *code, uint64_t offset,
	    uint64_t length, const char *detail);
	void *ctx;
};

struct spill_unpack_conf {
	uint64_t memory; /* bytes that a format may allocate for a dictionary
			    and the like, 0: 256 MiB; more is a limit flaw */
};

struct spill_unpack {
	const char *name; /* "zip": of the parser in records */
	/* Is it one, as far as its first bytes say? s: what they are. */
	bool (*is)(struct spill_span head, const struct spill_sniff *s);
	/*
	 * SPILL_OK also where the container is damaged (flaw() said so). Else
	 * what the sink returned, SPILL_ENOMEM, or SPILL_EFORMAT: it is none
	 * after all, and nothing was handed out.
	 */
	int (*run)(struct spill_src *s, const struct spill_unpack_conf *conf,
	    const struct spill_unpack_sink *sink);
	int (*warm)(void); /* before the jail; may be NULL */
};

/* The format for these bytes, NULL if none: archives and compound files. */
const struct spill_unpack *spill_unpack_find(
    struct spill_span head, const struct spill_sniff *s);
/*
 * The format that the end of a source tells of, NULL if none: a zip behind a
 * program, a picture, a PDF, whatever stands before it, if its end record,
 * directory and local headers fit together; a disk image with a footer; a PDF
 * that is encrypted. Reads no more than its last 64 KiB and some headers.
 */
const struct spill_unpack *spill_unpack_behind(struct spill_src *s);
/* All of them, NULL-terminated. */
extern const struct spill_unpack *const spill_unpacks[];
/* The flaw() of a sink for whom another tells what is wrong. */
int spill_unpack_no_flaw(void *ctx, const char *code, uint64_t offset,
    uint64_t length, const char *detail);
/* Mail, in a worker of its own: mail.c. */
extern const struct spill_unpack spill_unpack_mail;

#endif
