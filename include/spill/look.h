/*
 * look.h: what the tools ask of workers that look into content, and how they
 * answer. One request is a batch of items and where their bytes are:
 *
 *	SLAB	each at its place in descriptor 0, a memory file
 *	FILES	each the whole of its own descriptor, from 0 on
 *	PIPE	the only one; descriptor 0 gives its bytes once
 *
 * The descriptor behind these, if .spool, is a scratch file for what is too
 * large for memory. A request that is too large for a frame is empty, and lies
 * in a memory file, the last descriptor.
 *
 * With .picks, the only item is a container, and what is wanted are members of
 * it, at any depth, by their chains: the part of a locator behind the
 * container's, ":a.zip:b~2" (locator.h). They are told as items are, but no
 * other; with .extract their bytes are the reply, and there are no rows.
 *
 * The reply is rows of the item schema and errors, in order: for each item its
 * row, then those of its members, each container before what is in it. The
 * progress is item << 40 | n, where n is 0 for the item itself, else its n-th
 * member at any depth. In a row
 *
 *	item, parent	are chains; both empty for an item of the request
 *	path		is "" or "/a.zip/b": to be put behind that of the item
 *	kind		is empty for an item of the request
 *
 * and what belongs to the evidence is empty. A row that has a chain and
 * members, but no kind, is no new one: it completes the row of that chain,
 * which came before, with members and status.
 */
#ifndef SPILL_LOOK_H
#define SPILL_LOOK_H

#include <spill/buf.h>
#include <spill/row.h>
#include <spill/sniff.h>
#include <spill/unpack.h>
#include <spill/worker.h>

#define SPILL_LOOK_ITEMS 1024 /* of a request */
#define SPILL_LOOK_SKIPS 64
#define SPILL_LOOK_TAIL	 64 /* bytes of the end of a name */
#define SPILL_LOOK_ROWS	 ((uint64_t)1 << 30) /* bytes of the rows of an item */
#define SPILL_LOOK_SHIFT 40

enum spill_look_form {
	SPILL_LOOK_SLAB = 1,
	SPILL_LOOK_FILES,
	SPILL_LOOK_PIPE,
};

struct spill_look_limits { /* 0: none of it */
	uint64_t depth; /* of members in members */
	uint64_t members; /* of an item, at any depth */
	uint64_t bytes; /* of its members, together */
	uint64_t ratio; /* of these to the bytes of the item, beyond a floor */
	uint64_t memory; /* of a format: spill_unpack_conf */
	uint64_t text; /* bytes of text of an item or member */
};

struct spill_look_item {
	uint64_t at, size; /* SLAB: its place; FILES, PIPE: its size */
	struct spill_span name; /* raw; the end of it will do */
	bool closed; /* its members are not looked for */
};

struct spill_look_pick {
	struct spill_span chain;
	bool closed;
};

struct spill_look {
	enum spill_look_form form;
	unsigned digest; /* spill_digest_what */
	bool spool, extract;
	unsigned want; /* spill_look_want: of the stage */
	bool untyped; /* the rows need no words on types and names */
	struct spill_look_limits limits;
	const struct spill_look_item *item;
	size_t items;
	const struct spill_look_pick *pick;
	size_t picks;
	/* Numbers of members that are named, but not looked into: they have
	 * ended a worker. Of the only item; 0 is itself. */
	uint64_t skip[SPILL_LOOK_SKIPS];
	size_t skips;
};

void spill_look_put(struct spill_buf *b, const struct spill_look *l);
/* SPILL_EDAMAGED, SPILL_ENOMEM. Its lists are in memory that is freed with
 * spill_look_release(); its spans point into the request. */
int spill_look_get(struct spill_span request, struct spill_look *l);
void spill_look_release(struct spill_look *l);

/* --- text and markings -------------------------------------------------- */

/*
 * With .want, what is wanted of documents, and documents that are handed over,
 * follow the row that they are of. They are rows, too, with these columns
 * alone: a line has those of the line schema from SPILL_LOOK_LINE on, a verdict
 * and a marking those of theirs; what is handed over is to be looked at by the
 * worker of a family, in a descriptor of the request, by its number.
 */
enum spill_look_want {
	SPILL_LOOK_WANT_TEXT = 1,
	SPILL_LOOK_WANT_VERDICT = 2,
	SPILL_LOOK_WANT_MARKINGS = 4, /* each of them, before the verdict */
	SPILL_LOOK_WANT_ALL = 7,
};

#define SPILL_LOOK_LINE	   64
#define SPILL_LOOK_VERDICT 128
#define SPILL_LOOK_MARKING 192
enum spill_look_hand {
	SPILL_LOOK_FAMILY = SPILL_LOOK_LINE + 32,
	SPILL_LOOK_FD,
	SPILL_LOOK_AT,
	SPILL_LOOK_LEN,
	SPILL_LOOK_NAME, /* the end of it, raw */
};

/* Beyond the verdict schema: the document's label of Microsoft's, and what the
 * name says that the tenant has for it, if that is known. */
enum spill_look_label {
	SPILL_LOOK_GUID = SPILL_LOOK_VERDICT + 48,
	SPILL_LOOK_LABEL_NAME,
	SPILL_LOOK_LABEL_SCHEME,
	SPILL_LOOK_LABEL_LEVEL,
	SPILL_LOOK_LABEL_RANK,
	SPILL_LOOK_LABEL_END,
};

/*
 * A stage of worker-content looks at an item or member when its row is out.
 * It is in a room above this one: the program's main puts it in.
 */
struct spill_look_doc {
	struct spill_span head, name,
	    member; /* member: raw, in its container */
	const struct spill_sniff *sniff;
	struct spill_src *src;
	bool message; /* it is declared as one */
	unsigned want; /* spill_look_want */
	struct spill_span mime, charset; /* as it is declared; may be empty */
	/* What the stage left in .below of the container, NULL: nothing, and
	 * what it leaves for its members. */
	const void *above, *below;
	struct spill_look_limits limits;
	int (*say)(void *ctx, const struct spill_row *r);
	int (*flaw)(void *ctx, const char *code, uint64_t offset,
	    uint64_t length, const char *detail);
	int (*hand)(void *ctx, const char *family);
	void *ctx;
};

struct spill_look_stage {
	int (*warm)(void); /* before the jail */
	int (*run)(struct spill_look_doc *d);
	/* Has what was left in .above told all that there is to tell of this
	 * member? May be NULL: of none. */
	bool (*covers)(const void *above, struct spill_span member);
};

/* An error of a picture that has something on it: there are so many that the
 * pass counts them and tells one. */
#define SPILL_LOOK_PICTURE "what is written in the picture is not read"

extern const struct spill_look_stage *spill_look_stage; /* NULL: none */

/* worker-content: types, hashes, archives and compound files. */
extern const struct spill_family spill_lookworker;

#endif
