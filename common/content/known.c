/*
 * known.c: the sets, in the order in which they were given.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/diag.h>

#include "known_i.h"

const uint8_t known_len[KNOWN_KINDS] = {
	[SPILL_HASH_SHA256] = SPILL_SHA256_LEN,
	[SPILL_HASH_SHA1] = SPILL_SHA1_LEN,
	[SPILL_HASH_MD5] = SPILL_MD5_LEN,
};
const unsigned known_flag[KNOWN_KINDS] = {
	[SPILL_HASH_SHA256] = SPILL_DIGEST_SHA256,
	[SPILL_HASH_SHA1] = SPILL_DIGEST_SHA1,
	[SPILL_HASH_MD5] = SPILL_DIGEST_MD5,
};

struct spill_known {
	unsigned what;
	struct known_set *set;
	size_t n, cap;
};

const char *
known_digest(const struct spill_digest_text *t, unsigned kind)
{
	switch (kind) {
	case SPILL_HASH_SHA256:
		return t->sha256;
	case SPILL_HASH_SHA1:
		return t->sha1;
	}
	return t->md5;
}

int
spill_known_open(struct spill_known **out, unsigned what)
{
	struct spill_known *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return SPILL_ENOMEM;
	k->what = what;
	*out = k;
	return SPILL_OK;
}

static void
release(struct known_set *s)
{
	free(s->name);
	for (unsigned i = 0; i < KNOWN_KINDS; i++)
		free(s->table[i].p);
	known_db_free(&s->db);
	*s = (struct known_set){ 0 };
}

static int
load(struct known_set *s, unsigned what, const char *path)
{
	static const char sqlite[16] = "SQLite format 3";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct spill_in *in = NULL;
	struct spill_span ahead;
	int rc;

	if (fd < 0) {
		spill_err("cannot open '%s': %s", path, strerror(errno));
		return SPILL_EIO;
	}
	rc = spill_in_open(&in, fd, path);
	if (rc != SPILL_OK)
		return rc;
	rc = spill_in_peek(in, sizeof(sqlite), &ahead);
	if (rc == SPILL_OK && ahead.len >= sizeof(sqlite) &&
	    memcmp(ahead.p, sqlite, sizeof(sqlite)) == 0)
		rc = known_db_open(s, what, path);
	else if (rc == SPILL_OK || rc == SPILL_END)
		rc = known_text(s, what, in);
	spill_in_free(&in);
	return rc;
}

/* What was found, and what was not. */
static int
judge(const struct known_set *s, unsigned what, const char *path, int rc)
{
	static const struct {
		const char *word, *option;
	} kind[KNOWN_KINDS] = {
		[SPILL_HASH_SHA256] = { "SHA-256", "sha256" },
		[SPILL_HASH_SHA1] = { "SHA-1", "sha1" },
		[SPILL_HASH_MD5] = { "MD5", "md5" },
	};

	if (rc == SPILL_EFORMAT)
		spill_err("'%s' is no set of hashes that is known here", path);
	if (rc == SPILL_ENOMEM)
		spill_err("no memory for the hashes of '%s'", path);
	if (rc != SPILL_OK)
		return rc;
	if (s->damaged > 0)
		spill_warn("'%s': %llu lines have no hash, the first is %llu",
		    path, (unsigned long long)s->damaged,
		    (unsigned long long)s->first_damaged);
	for (unsigned k = 0; k < KNOWN_KINDS; k++)
		if (s->seen & known_flag[k] && (s->seen & what) == 0) {
			spill_err("'%s' has %s, which is not asked for: add it "
				  "to --hash, as in --hash %s",
			    path, kind[k].word, kind[k].option);
			return SPILL_EUSAGE;
		}
	return SPILL_OK;
}

/* NAME=FILE, unless there is a file of that whole name. */
static void
split(const char *arg, const char **path, struct spill_span *name)
{
	const char *eq = strchr(arg, '='), *slash;

	*path = arg;
	if (eq != NULL && eq > arg &&
	    memchr(arg, '/', (size_t)(eq - arg)) == NULL &&
	    access(arg, F_OK) != 0) {
		*name = (struct spill_span){ arg, (size_t)(eq - arg) };
		*path = eq + 1;
		return;
	}
	slash = strrchr(arg, '/');
	*name = spill_span(slash != NULL ? slash + 1 : arg);
}

int
spill_known_add(struct spill_known *k, const char *arg)
{
	struct known_set *v = spill_grow(k->set, k->n, &k->cap, sizeof(*v));
	struct known_set *s;
	struct spill_span name;
	const char *path;
	int rc;

	if (v == NULL)
		return SPILL_ENOMEM;
	k->set = v;
	s = &v[k->n];
	*s = (struct known_set){ 0 };
	split(arg, &path, &name);
	s->name = strndup(name.p, name.len);
	for (unsigned i = 0; i < KNOWN_KINDS; i++)
		s->table[i].len = known_len[i];
	rc = s->name != NULL ? load(s, k->what, path) : SPILL_ENOMEM;
	rc = judge(s, k->what, path, rc);
	if (rc != SPILL_OK) {
		release(s);
		return rc;
	}
	for (unsigned i = 0; i < KNOWN_KINDS; i++)
		known_table_ready(&s->table[i]);
	k->n++;
	return SPILL_OK;
}

static int
in_set(const struct known_set *s, const struct spill_digest_text *hashes,
    bool *found)
{
	uint8_t md[SPILL_SHA256_LEN];

	*found = false;
	if (s->db != NULL)
		return known_db_find(s->db, hashes, found);
	for (unsigned i = 0; i < KNOWN_KINDS && !*found; i++)
		*found = known_unhex(spill_span(known_digest(hashes, i)), md,
			     known_len[i]) &&
			 known_table_has(&s->table[i], md);
	return SPILL_OK;
}

int
spill_known_find(struct spill_known *k, const struct spill_digest_text *hashes,
    const char **name)
{
	bool found = false;
	int rc = SPILL_OK;

	for (size_t i = 0; i < k->n && rc == SPILL_OK; i++) {
		rc = in_set(&k->set[i], hashes, &found);
		if (rc == SPILL_OK && found) {
			*name = k->set[i].name;
			return rc;
		}
	}
	if (rc == SPILL_OK)
		*name = NULL;
	return rc;
}

uint64_t
spill_known_count(const struct spill_known *k)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < KNOWN_KINDS && k->n > 0; i++)
		n += k->set[k->n - 1].table[i].n;
	return n;
}

uint64_t
spill_known_damaged(const struct spill_known *k)
{
	return k->n > 0 ? k->set[k->n - 1].damaged : 0;
}

void
spill_known_free(struct spill_known **k)
{
	if (*k == NULL)
		return;
	for (size_t i = 0; i < (*k)->n; i++)
		release(&(*k)->set[i]);
	free((*k)->set);
	free(*k);
	*k = NULL;
}
