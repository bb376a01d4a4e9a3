/*
 * trigger.c: the words that call for the grammar of markings and their
 * automaton, as C, on the machine that builds. (Compiling it takes longer than
 * most documents do.)
 *
 * usage: trigger >trigger_table_i.h
 */
#include <stdio.h>
#include <stdlib.h>

#include "trigger_i.h"

static void
print_text(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%s\\%03o%s", i % 20 == 0 ? "\n\t\"" : "",
		    (unsigned)(unsigned char)p[i],
		    i % 20 == 19 || i + 1 == n ? "\"" : "");
}

static void
print_keys(const struct trigger_keys *k)
{
	printf("static const struct trigger_key trigger_own[] = {\n");
	for (size_t i = 0; i < k->n; i++) {
		printf("\t{ %u, %u,", k->key[i].rule, k->key[i].len);
		print_text(k->key[i].text, k->key[i].len);
		printf(" },\n");
	}
	printf("};\n\n");
}

int
main(void)
{
	struct trigger_keys k = { 0 };
	struct spill_vocab *v = NULL;
	hs_database_t *db = NULL;
	char *bytes = NULL;
	size_t n = 0;

	if (spill_vocab_open(&v, NULL, 0) != SPILL_OK ||
	    trigger_choose(&k, v, 0, true) != SPILL_OK ||
	    trigger_compile(&k, true, &db) != SPILL_OK ||
	    hs_serialize_database(db, &bytes, &n) != HS_SUCCESS) {
		fprintf(stderr, "trigger: the automaton cannot be made\n");
		return 1;
	}
	printf("/* Made by trigger.c. */\n");
	print_keys(&k);
	printf("static const char trigger_bytes[] =");
	print_text(bytes, n);
	printf(";\n");
	free(bytes);
	free(k.key);
	hs_free_database(db);
	spill_vocab_free(&v);
	return ferror(stdout) || fflush(stdout) != 0;
}
