/*
 * trigger.c: the words that call for the grammar of markings and their
 * automaton, as C, on the machine that builds. (Compiling it takes longer than
 * most documents do.)
 *
 * usage: trigger >trigger_table_i.h
 */
#include <stdbool.h>
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

/* NAME_keys and NAME_bytes. */
static bool
print_all(const char *name, const struct trigger_keys *k)
{
	hs_database_t *db = NULL;
	char *bytes = NULL;
	size_t n = 0;

	if (trigger_compile(k, true, &db) != SPILL_OK ||
	    hs_serialize_database(db, &bytes, &n) != HS_SUCCESS)
		return false;
	printf("static const struct trigger_key %s_keys[] = {\n", name);
	for (size_t i = 0; i < k->n; i++) {
		printf("\t{ %u, %u,", k->key[i].rule, k->key[i].len);
		print_text(k->key[i].text, k->key[i].len);
		printf(" },\n");
	}
	printf("};\n\nstatic const char %s_bytes[] =", name);
	print_text(bytes, n);
	printf(";\n\n");
	free(bytes);
	hs_free_database(db);
	return true;
}

int
main(void)
{
	struct trigger_keys words = { 0 }, evasions = { 0 };
	struct spill_vocab *v = NULL;

	printf("/* Made by trigger.c. */\n");
	if (spill_vocab_open(&v, NULL, 0) != SPILL_OK ||
	    trigger_choose(&words, v, 0) != SPILL_OK ||
	    trigger_choose_evasions(&evasions) != SPILL_OK ||
	    !print_all("word", &words) || !print_all("evasion", &evasions)) {
		fprintf(stderr, "trigger: the automata cannot be made\n");
		return 1;
	}
	free(words.key);
	free(evasions.key);
	spill_vocab_free(&v);
	return ferror(stdout) || fflush(stdout) != 0;
}
