/*
 * sniff_db.c: libmagic's compiled table, and parts of it.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sniff_i.h"

struct header {
	uint32_t magic, version, entries[2];
};

static int
map(struct sniff_db *db, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p = MAP_FAILED;

	if (fd < 0)
		return SPILL_EIO;
	/* Writable, for libmagic asks for that, but private. */
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return SPILL_EIO;
	db->e = p;
	db->bytes = (size_t)st.st_size;
	return SPILL_OK;
}

static bool
understood(const struct sniff_db *db)
{
	const struct header *h = (const void *)db->e;
	size_t n = db->bytes / sizeof(*db->e);

	return db->bytes % sizeof(*db->e) == 0 && n > 0 &&
	       h->magic == SNIFF_MAGIC && h->version == SNIFF_VERSION &&
	       (uint64_t)h->entries[0] + h->entries[1] + 1 == n;
}

/* The rules of entries first to end - 1. */
static struct sniff_rule *
split(const struct sniff_db *db, uint32_t first, uint32_t end, uint32_t *n)
{
	struct sniff_rule *v = NULL;
	uint32_t count = 0;

	for (uint32_t i = first; i < end; i++)
		count += db->e[i].level == 0;
	if (count > 0 && db->e[first].level == 0)
		v = calloc(count, sizeof(*v));
	if (v == NULL)
		return NULL;
	*n = 0;
	for (uint32_t i = first; i < end; i++) {
		if (db->e[i].level == 0)
			v[(*n)++].first = i;
		v[*n - 1].n++;
	}
	return v;
}

static uint32_t
name_id(const struct sniff_db *db, const char *s, size_t max)
{
	uint32_t i = 0;

	while (i < db->nnames &&
	       strncmp(db->e[db->name[i].first].value.s, s, max) != 0)
		i++;
	return i;
}

/* Which names it uses and whether it starts anew, by its own entries. */
static bool
uses(const struct sniff_db *db, struct sniff_rule *r)
{
	for (uint32_t i = r->first; i < r->first + r->n; i++) {
		const struct sniff_entry *e = &db->e[i];
		size_t flip = e->value.s[0] == '^';
		uint32_t id;

		if (e->type == SNIFF_INDIRECT) {
			r->anew = true;
			r->odd |= e->flag & SNIFF_F_INDIRECT ||
				  !(e->str.flags & SNIFF_S_RELATIVE);
		}
		r->odd |= e->type == SNIFF_DEFAULT || e->type == SNIFF_CLEAR;
		if (e->type != SNIFF_USE)
			continue;
		id = name_id(db, e->value.s + flip, sizeof(e->value.s) - flip);
		if (id == db->nnames)
			return false;
		r->names[id / 64] |= (uint64_t)1 << id % 64;
	}
	return true;
}

/* Add what the names that it uses use; true if that is more. */
static bool
spread(const struct sniff_db *db, struct sniff_rule *r)
{
	struct sniff_rule was = *r;

	for (uint32_t i = 0; i < db->nnames; i++) {
		if (!(r->names[i / 64] >> i % 64 & 1))
			continue;
		r->anew |= db->name[i].anew;
		r->odd |= db->name[i].odd;
		for (size_t k = 0; k < SPILL_COUNT(r->names); k++)
			r->names[k] |= db->name[i].names[k];
	}
	return memcmp(&was, r, sizeof(was)) != 0;
}

static bool
link_names(struct sniff_db *db)
{
	bool more = true, ok = true;

	for (uint32_t i = 0; i < db->nnames; i++)
		ok &= uses(db, &db->name[i]);
	for (uint32_t i = 0; i < db->nrules; i++)
		ok &= uses(db, &db->rule[i]);
	while (more) {
		more = false;
		for (uint32_t i = 0; i < db->nnames; i++)
			more |= spread(db, &db->name[i]);
	}
	for (uint32_t i = 0; i < db->nrules; i++)
		spread(db, &db->rule[i]);
	return ok;
}

int
sniff_db_open(struct sniff_db *db, const char *path)
{
	const struct header *h;
	int rc;

	*db = (struct sniff_db){ 0 };
	rc = map(db, path);
	if (rc != SPILL_OK)
		return rc;
	if (!understood(db))
		return SPILL_EFORMAT;
	h = (const void *)db->e;
	db->rule = split(db, 1, 1 + h->entries[0], &db->nrules);
	db->name = split(db, 1 + h->entries[0],
	    1 + h->entries[0] + h->entries[1], &db->nnames);
	if (db->rule == NULL || db->name == NULL || db->nrules > SNIFF_RULES ||
	    db->nnames > SNIFF_NAMES || !link_names(db))
		return SPILL_EFORMAT;
	return sniff_filter_make(&db->filter, db);
}

void
sniff_db_close(struct sniff_db *db)
{
	sniff_filter_release(&db->filter);
	free(db->rule);
	free(db->name);
	if (db->e != NULL)
		munmap((void *)(uintptr_t)db->e, db->bytes);
	*db = (struct sniff_db){ 0 };
}

/* The next rule of the set at or behind i; nrules: none. */
static uint32_t
next_rule(const struct sniff_db *db, const struct sniff_set *s, uint32_t i)
{
	while (i < db->nrules && !sniff_set_has(s, i))
		i = s->w[i / 64] >> i % 64 == 0 ? (i / 64 + 1) * 64 : i + 1;
	return SPILL_MIN(i, db->nrules);
}

bool
sniff_db_anew(
    const struct sniff_db *db, const struct sniff_set *rules, bool *odd)
{
	bool anew = false;

	*odd = false;
	for (uint32_t i = next_rule(db, rules, 0); i < db->nrules;
	     i = next_rule(db, rules, i + 1)) {
		anew |= db->rule[i].anew;
		*odd |= db->rule[i].anew && db->rule[i].odd;
	}
	return anew;
}

/* Instead of starting anew, it says where it would. */
static void
mark_anew(struct sniff_entry *e)
{
	static const char mark[] = { SNIFF_ANEW, '%', 'l', 'l', 'd',
		SNIFF_ANEW };

	e->type = SNIFF_OFFSET;
	e->reln = 'x'; /* any */
	e->flag &= (uint8_t)~SNIFF_F_UNSIGNED;
	e->vallen = 0;
	e->mask = 0;
	memset(e->desc, 0, sizeof(e->desc));
	memset(e->mime, 0, sizeof(e->mime));
	memcpy(e->desc, mark, sizeof(mark));
	e->mime[0] = SNIFF_ANEW;
}

static bool
has_last(enum sniff_form form)
{
	return form == SNIFF_LAST || form == SNIFF_TEXT_LAST;
}

/* A rule that always holds. */
static void
last_rule(struct sniff_entry *e)
{
	*e = (struct sniff_entry){ .flag = SNIFF_F_BIN,
		.type = SNIFF_STRING,
		.reln = 'x',
		.desc = SNIFF_NONE,
		.mime = SNIFF_NONE };
}

static void
put(const struct sniff_db *db, const struct sniff_rule *r, enum sniff_form form,
    struct sniff_entry **to)
{
	if (*to == NULL)
		return;
	memcpy(*to, db->e + r->first, r->n * sizeof(**to));
	if (form == SNIFF_TEXT_LAST)
		(*to)->flag |= SNIFF_F_BIN;
	for (uint32_t i = 0; i < r->n; i++, (*to)++)
		if ((*to)->type == SNIFF_INDIRECT && form != SNIFF_REAL)
			mark_anew(*to);
}

/* Of the rules and of the names; to NULL: only count. */
static void
collect(const struct sniff_db *db, const struct sniff_set *rules,
    enum sniff_form form, struct sniff_entry *to, uint32_t count[2])
{
	uint64_t names[SNIFF_NAMES / 64] = { 0 };

	count[0] = has_last(form);
	count[1] = 0;
	for (uint32_t i = next_rule(db, rules, 0); i < db->nrules;
	     i = next_rule(db, rules, i + 1)) {
		for (size_t k = 0; k < SPILL_COUNT(names); k++)
			names[k] |= db->rule[i].names[k];
		put(db, &db->rule[i], form, &to);
		count[0] += db->rule[i].n;
	}
	if (to != NULL && has_last(form))
		last_rule(to++);
	for (uint32_t i = 0; i < db->nnames; i++)
		if (names[i / 64] >> i % 64 & 1) {
			put(db, &db->name[i],
			    form == SNIFF_REAL ? form : SNIFF_AS_IT_IS, &to);
			count[1] += db->name[i].n;
		}
}

void *
sniff_db_part(const struct sniff_db *db, const struct sniff_set *rules,
    enum sniff_form form, size_t *bytes)
{
	struct header h = { .magic = SNIFF_MAGIC, .version = SNIFF_VERSION };
	struct sniff_entry *v;

	collect(db, rules, form, NULL, h.entries);
	*bytes = ((size_t)h.entries[0] + h.entries[1] + 1) * sizeof(*v);
	v = calloc(1, *bytes);
	if (v == NULL)
		return NULL;
	memcpy(v, &h, sizeof(h));
	collect(db, rules, form, v + 1, h.entries);
	return v;
}
