/*
 * trigger_db.c: the automaton of keys.
 */
#include <stdio.h>
#include <stdlib.h>

#include "trigger_i.h"

#define EACH 4 /* bytes of an expression that one of a key becomes */

static void
escape(const struct trigger_key *k, char *out)
{
	for (size_t i = 0; i < k->len; i++)
		snprintf(out + EACH * i, EACH + 1, "\\x%02x",
		    (unsigned)(unsigned char)k->text[i]);
}

struct expressions {
	char (*text)[EACH * TRIGGER_MOST + 1];
	const char **p;
	unsigned *flags, *ids;
};

static void
release(struct expressions *e)
{
	free(e->text);
	free(e->p);
	free(e->flags);
	free(e->ids);
}

static int
prepare(struct expressions *e, const struct trigger_keys *k)
{
	*e = (struct expressions){
		calloc(k->n, sizeof(*e->text)),
		calloc(k->n, sizeof(*e->p)),
		calloc(k->n, sizeof(*e->flags)),
		calloc(k->n, sizeof(*e->ids)),
	};
	if (!e->text || !e->p || !e->flags || !e->ids)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < k->n; i++) {
		escape(&k->key[i], e->text[i]);
		e->p[i] = e->text[i];
		e->ids[i] = (unsigned)i;
		e->flags[i] = HS_FLAG_DOTALL;
		if (k->key[i].rule != TRIGGER_EVASION)
			e->flags[i] |= HS_FLAG_CASELESS;
	}
	return SPILL_OK;
}

int
trigger_compile(const struct trigger_keys *k, bool generic, hs_database_t **db)
{
	static const hs_platform_info_t any = { .tune =
						    HS_TUNE_FAMILY_GENERIC };
	hs_compile_error_t *error = NULL;
	struct expressions e;
	int rc = prepare(&e, k);

	if (rc == SPILL_OK &&
	    hs_compile_multi(e.p, e.flags, e.ids, (unsigned)k->n, HS_MODE_BLOCK,
		generic ? &any : NULL, db, &error) != HS_SUCCESS) {
		hs_free_compile_error(error);
		rc = SPILL_ENOMEM; /* it has no other reason with such keys */
	}
	release(&e);
	return rc;
}
