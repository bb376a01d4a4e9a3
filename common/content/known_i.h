/*
 * known_i.h: what the sources of known.h share.
 */
#ifndef SPILL_KNOWN_I_H
#define SPILL_KNOWN_I_H

#include <spill/in.h>
#include <spill/known.h>

/* By enum spill_hash_kind: SHA-256, SHA-1, MD5, so the strongest is first. */
#define KNOWN_KINDS 3
extern const uint8_t known_len[KNOWN_KINDS]; /* bytes */
extern const unsigned known_flag[KNOWN_KINDS]; /* enum spill_digest_what */

/* Hashes of one kind, in order, each once. */
struct known_table {
	uint8_t *p;
	size_t n, cap; /* hashes */
	uint8_t len; /* bytes of one */
	bool sorted; /* as they came */
};

int known_table_add(struct known_table *t, const uint8_t *hash);
void known_table_ready(struct known_table *t);
bool known_table_has(const struct known_table *t, const uint8_t *hash);

struct known_db;

struct known_set {
	char *name;
	struct known_table table[KNOWN_KINDS];
	struct known_db *db; /* asked where it lies */
	uint64_t damaged, first_damaged; /* lines, and the number of one */
	unsigned seen; /* kinds that it has, of enum spill_digest_what */
};

/* Hex of exactly this many bytes, in either case. */
bool known_unhex(struct spill_span s, uint8_t *out, size_t len);
/* The kind by the number of digits; false: none of them. */
bool known_kind(size_t digits, unsigned *kind);
/* The kind that a column of that name has. */
bool known_column(struct spill_span name, unsigned *kind);

/* SPILL_EFORMAT where there is no hash at all. */
int known_text(struct known_set *s, unsigned what, struct spill_in *in);

int known_db_open(struct known_set *s, unsigned what, const char *path);
int known_db_find(
    struct known_db *db, const struct spill_digest_text *hashes, bool *found);
void known_db_free(struct known_db **db);

/* The text of a hash of this kind. */
const char *known_digest(const struct spill_digest_text *t, unsigned kind);

#endif
