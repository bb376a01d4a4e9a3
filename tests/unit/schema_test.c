/*
 * schema_test.c: the record schemas hold together.
 */
#include <ctype.h>

#include <spill/row.h>
#include <spill/schema.h>
#include <spill/table.h>

#include "util.h"

/* Lower case, digits, "_" and, in values, "-". */
static bool
is_word(const char *s, const char *more)
{
	if (!islower((unsigned char)*s))
		return false;
	for (; *s != '\0'; s++)
		if (!islower((unsigned char)*s) &&
		    !isdigit((unsigned char)*s) && strchr(more, *s) == NULL)
			return false;
	return true;
}

static void
check_values(const struct spill_column *c)
{
	assert_int_equal(c->values != NULL, c->type == SPILL_T_ENUM);
	for (size_t i = 0; c->values != NULL && c->values[i] != NULL; i++) {
		assert_true(is_word(c->values[i], "-_"));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(c->values[k], c->values[i]);
	}
	assert_true(c->values == NULL || c->values[1] != NULL);
}

static void
names_are_unique(void **state)
{
	size_t count = 0;

	(void)state;
	for (; spill_schemas[count] != NULL; count++) {
		const struct spill_schema *s = spill_schemas[count];

		assert_true(is_word(s->name, ""));
		assert_true(strlen(s->summary) > 5);
		for (size_t i = 0; i < count; i++)
			assert_string_not_equal(
			    spill_schemas[i]->name, s->name);
		assert_in_range(s->n, 2, SPILL_COLUMNS_MAX / 4);
		for (size_t i = 0; i < s->n; i++) {
			const struct spill_column *c = &s->columns[i];

			assert_non_null(c->name);
			assert_true(is_word(c->name, "_"));
			assert_non_null(c->meaning);
			check_values(c);
			assert_int_equal(
			    spill_schema_find(s, spill_span(c->name)), i);
		}
	}
	assert_int_equal(count, 12);
}

/* A state of the thing itself; one document or a list; steps of coverage. */
static bool
is_its_own(const char *name)
{
	return strcmp(name, "status") == 0 || strcmp(name, "doc") == 0 ||
	       strcmp(name, "type") == 0 || strcmp(name, "members") == 0 ||
	       strcmp(name, "text") == 0;
}

/* The same name has the same type and values wherever it stands. */
static void
names_mean_one_thing(void **state)
{
	(void)state;
	for (size_t i = 0; spill_schemas[i] != NULL; i++)
		for (size_t k = 0; k < i; k++)
			for (size_t c = 0; c < spill_schemas[i]->n; c++) {
				const struct spill_column *a =
				    &spill_schemas[i]->columns[c];
				int at = spill_schema_find(
				    spill_schemas[k], spill_span(a->name));
				const struct spill_column *b;

				if (at < 0 || is_its_own(a->name))
					continue;
				b = &spill_schemas[k]->columns[at];
				assert_int_equal(a->type, b->type);
				assert_ptr_equal(a->values, b->values);
			}
}

static void
find(void **state)
{
	const struct spill_schema *s = &spill_schema_event;

	(void)state;
	assert_int_equal(s->n, EV_COUNT);
	assert_int_equal(
	    spill_schema_find(s, SPILL_SPAN("datetime")), EV_DATETIME);
	assert_int_equal(
	    spill_schema_find(s, SPILL_SPAN("path_to")), EV_PATH_TO);
	assert_int_equal(spill_schema_find(s, SPILL_SPAN("extra")), EV_EXTRA);
	assert_int_equal(spill_schema_find(s, SPILL_SPAN("pat")), -1);
	assert_int_equal(spill_schema_find(s, SPILL_SPAN("Path")), -1);
	assert_int_equal(spill_schema_find(s, SPILL_SPAN("path\0")), -1);
	assert_int_equal(spill_schema_find(s, SPILL_SPAN("")), -1);
}

static size_t
header(const struct spill_schema *s, struct spill_span *names)
{
	for (size_t i = 0; i < s->n; i++)
		names[i] = spill_span(s->columns[i].name);
	return s->n;
}

/* Each is known by its whole header, in any order, and with more in it. */
static void
guess_whole(void **state)
{
	static struct spill_span names[SPILL_COLUMNS_MAX];

	(void)state;
	for (size_t k = 0; spill_schemas[k] != NULL; k++) {
		const struct spill_schema *s = spill_schemas[k];
		size_t n = header(s, names);

		assert_ptr_equal(spill_schema_guess(names, n), s);
		assert_null(spill_schema_missing(s, names, n));
		for (size_t i = 0; i < n / 2; i++) {
			struct spill_span x = names[i];

			names[i] = names[n - 1 - i];
			names[n - 1 - i] = x;
		}
		names[n++] = SPILL_SPAN("of their own");
		names[n++] = SPILL_SPAN("");
		assert_ptr_equal(spill_schema_guess(names, n), s);
		assert_null(spill_schema_missing(s, names, n));
	}
}

static const struct spill_schema *
guess(const char *text)
{
	struct spill_span names[20];
	size_t n = 0;

	for (const char *p = text; *p != '\0'; p += names[n - 1].len) {
		p += strspn(p, " ");
		names[n++] = (struct spill_span){ p, strcspn(p, " ") };
	}
	return spill_schema_guess(names, n);
}

static void
guess_part(void **state)
{
	(void)state;
	assert_null(spill_schema_guess(NULL, 0));
	assert_null(guess("a b c"));
	assert_null(guess("datetime"));
	assert_null(guess("item x y z")); /* one is chance */
	assert_ptr_equal(guess("datetime message"), &spill_schema_event);
	assert_ptr_equal(guess("item born"), &spill_schema_item);
	assert_ptr_equal(guess("item class"), &spill_schema_verdict);
	assert_ptr_equal(guess("from to relation"), &spill_schema_link);
	/* More names, but what an event cannot do without is not there. */
	assert_ptr_equal(
	    guess("item path size sha256 evidence"), &spill_schema_item);
	assert_ptr_equal(
	    guess("evidence zone clock_offset"), &spill_schema_evidence);
	/* None is whole: the one that shares most. */
	assert_ptr_equal(
	    guess("modified accessed changed born"), &spill_schema_item);
	assert_ptr_equal(
	    guess("timestamp_desc message event"), &spill_schema_event);
}

/* Each required column is missed, the first of them first. */
static void
missing(void **state)
{
	static struct spill_span names[SPILL_COLUMNS_MAX];

	(void)state;
	for (size_t k = 0; spill_schemas[k] != NULL; k++) {
		const struct spill_schema *s = spill_schemas[k];
		const char *first = NULL;
		size_t n = header(s, names);

		for (size_t i = s->n; i-- > 0;) {
			bool required = s->columns[i].required;

			if (required)
				first = s->columns[i].name;
			names[i] = SPILL_SPAN("else");
			if (required)
				assert_string_equal(
				    spill_schema_missing(s, names, n), first);
			header(s, names);
		}
		assert_non_null(first); /* else anything is one */
		assert_string_equal(spill_schema_missing(s, names, 0), first);
	}
}

static void
types_have_names(void **state)
{
	(void)state;
	for (int t = SPILL_T_TEXT; t <= SPILL_T_JSON; t++) {
		assert_true(is_word(spill_type_name((enum spill_type)t), ""));
		for (int u = SPILL_T_TEXT; u < t; u++)
			assert_string_not_equal(
			    spill_type_name((enum spill_type)u),
			    spill_type_name((enum spill_type)t));
	}
}

/* --- text that is made of them ------------------------------------------ */

static bool
cell_is(struct spill_span cell, const char *text)
{
	return spill_span_eq(cell, spill_span(text));
}

/* The enum's values in the order of the table, ";" between. */
static void
check_list(struct spill_span cell, const char *const *values)
{
	char text[1000] = "";
	size_t n = 0;

	for (size_t i = 0; values != NULL && values[i] != NULL; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
		    i > 0 ? ";" : "", values[i]);
	assert_true(cell_is(cell, text));
}

/* --schema reads back as the table that it is made of. */
static void
csv(void **state)
{
	(void)state;
	for (size_t k = 0; spill_schemas[k] != NULL; k++) {
		const struct spill_schema *s = spill_schemas[k];
		struct spill_buf b = SPILL_BUF_INIT(1 << 20);
		struct spill_table *t = NULL;
		struct spill_in *in;

		spill_schema_csv(&b, s);
		assert_int_equal(b.rc, SPILL_OK);
		in = file(spill_buf_as_span(&b));
		assert_int_equal(
		    spill_table_open(&t, in, CSV, 0, NULL), SPILL_OK);
		assert_int_equal(t->n, 6);
		for (size_t i = 0; i < s->n; i++) {
			const struct spill_column *c = &s->columns[i];

			uint64_t number = 0;

			assert_int_equal(spill_table_next(t), SPILL_OK);
			assert_true(spill_span_uint(t->cell[0], &number));
			assert_int_equal(number, i + 1);
			assert_true(cell_is(t->cell[1], c->name));
			assert_true(
			    cell_is(t->cell[2], spill_type_name(c->type)));
			assert_true(
			    cell_is(t->cell[3], c->required ? "yes" : "no"));
			check_list(t->cell[4], c->values);
			assert_true(cell_is(t->cell[5], c->meaning));
		}
		assert_int_equal(spill_table_next(t), SPILL_END);
		spill_table_free(&t);
		spill_in_free(&in);
		spill_buf_release(&b);
	}
}

/* Every line is a macro that is known or text that cannot be one. */
static void
mdoc(void **state)
{
	(void)state;
	for (size_t k = 0; spill_schemas[k] != NULL; k++) {
		const struct spill_schema *s = spill_schemas[k];
		struct spill_buf b = SPILL_BUF_INIT(1 << 20);
		size_t items = 0;
		char *line, *rest, *last = NULL;

		spill_schema_mdoc(&b, s);
		assert_int_equal(b.rc, SPILL_OK);
		rest = strdup(spill_buf_str(&b));
		assert_non_null(rest);
		assert_ptr_equal(strstr(rest, ".Ss "), rest);
		for (char *save = NULL, *p = rest;
		     (line = strtok_r(p, "\n", &save)) != NULL; p = NULL) {
			assert_int_not_equal(line[0], '\'');
			assert_null(strchr(line, '\\'));
			if (line[0] != '.') {
				last = line;
				continue;
			}
			/* A text that has ended is a sentence. */
			assert_true(
			    last == NULL || last[strlen(last) - 1] == '.');
			last = NULL;
			items += strncmp(line, ".It Va ", 7) == 0;
			assert_true(strncmp(line, ".It Va ", 7) == 0 ||
				    strncmp(line, ".Pq ", 4) == 0 ||
				    strncmp(line, ".Ss ", 4) == 0 ||
				    strncmp(line, ".Bl ", 4) == 0 ||
				    strcmp(line, ".El") == 0);
		}
		assert_int_equal(items, s->n);
		free(rest);
		spill_buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(names_mean_one_thing),
		cmocka_unit_test(find),
		cmocka_unit_test(guess_whole),
		cmocka_unit_test(guess_part),
		cmocka_unit_test(missing),
		cmocka_unit_test(types_have_names),
		cmocka_unit_test(csv),
		cmocka_unit_test(mdoc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
