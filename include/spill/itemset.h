/*
 * itemset.h: items by their locators: which evidence, which volume, and their
 * bytes by worker-fs. The half of all tools that read content; it runs in the
 * tool and parses no evidence.
 *
 * Evidence is found by -e, then by the path that the item's record has, then
 * by evidence.csv of the case folder (spillkit(7)).
 */
#ifndef SPILL_ITEMSET_H
#define SPILL_ITEMSET_H

#include <spill/locator.h>
#include <spill/pool.h>
#include <spill/sources.h>
#include <spill/volumes.h>

struct spill_itemset;

struct spill_itemset_conf {
	const struct spill_optlist *evidence; /* -e */
	const char *folder; /* -C, or NULL */
	uint64_t jobs, memory; /* of worker-fs */
	bool ordered, no_sandbox;
};

/* Where an item is; valid as long as the set. */
struct spill_place {
	struct spill_source *source;
	struct spill_volume volume; /* without a name: the whole disk */
	struct spill_span prefix; /* "pc1:p2:", of locators there */
};

/* SPILL_EUSAGE and the like, said. Workers start when they are needed. */
int spill_itemset_open(struct spill_itemset **s, struct spill_tool *t,
    const struct spill_itemset_conf *conf);
/*
 * The place of a locator that is no file. path: of its evidence as its record
 * has it, raw, or NULL. SPILL_END: there is none; text (of the locator) was
 * told as an error. Only while no job of the set is open.
 */
int spill_itemset_find(struct spill_itemset *s, const struct spill_locator *l,
    const char *path, const char *text, struct spill_place *out);
/* Bytes of one item; text: of its locator without members. */
int spill_itemset_read(struct spill_itemset *s, const struct spill_place *p,
    struct spill_span text, uint64_t offset, uint64_t length,
    const struct spill_task_ops *ops, void *arg);
/*
 * Bytes of many items, into a memory file. objects: the third segments of
 * their locators, each with a newline behind it. Rows as fsjob_i.h says: see
 * spill_itemset_filled().
 */
int spill_itemset_fill(struct spill_itemset *s, const struct spill_place *p,
    struct spill_span objects, int slab, const struct spill_task_ops *ops,
    void *arg);
/* One item, into a pipe; one row at the end. */
int spill_itemset_pipe(struct spill_itemset *s, const struct spill_place *p,
    struct spill_span object, int fd, const struct spill_task_ops *ops,
    void *arg);

/* Rows of all items of a file system, as fswalk.h says, with slack and all
 * attributes: to be checked by fscheck_row(), locators are objects. */
int spill_itemset_walk(struct spill_itemset *s, const struct spill_place *p,
    const struct spill_task_ops *ops, void *arg);

struct spill_filled {
	uint64_t size; /* of the item */
	uint64_t there; /* bytes that came */
	uint64_t at; /* where in the memory file */
	bool partial; /* not all of them came, or some are zeros */
	bool unreadable; /* there is no such item */
	bool large; /* no memory file of that size has room for it */
};

/* A row of fill and pipe. SPILL_EDAMAGED: it is none. room: of the slab. */
int spill_itemset_filled(
    struct spill_span rec, uint64_t room, struct spill_filled *out);
/* Tell an error row of fill, pipe or read; text: the locator it is about. */
int spill_itemset_error(struct spill_itemset *s, const struct spill_place *p,
    const char *text, struct spill_span rec);
/* Is it one that can be told? SPILL_EDAMAGED if not. */
int spill_itemset_check_error(
    const struct spill_place *p, struct spill_span rec);
/* Tell how a job ended, unless it ended well. */
void spill_itemset_tell(struct spill_itemset *s, const struct spill_place *p,
    const char *text, const struct spill_outcome *o);
/* Wait until worker-fs or the workers of n other pools have something to say,
 * at most for a while, and listen to all. Some may be NULL. */
#define SPILL_ITEMSET_POOLS 4
int spill_itemset_wait(
    struct spill_itemset *s, struct spill_pool *const *with, size_t n);
/* NULL until it is needed. */
struct spill_pool *spill_itemset_pool(struct spill_itemset *s);
/* Has evidence changed since? It is said; SPILL_EIO then. */
int spill_itemset_check(const struct spill_itemset *s);
void spill_itemset_free(struct spill_itemset **s);

#endif
