#include <string.h>

#include <spill/mdoc.h>
#include <spill/schema.h>

const char *
spill_type_name(enum spill_type t)
{
	static const char *const names[] = {
		[SPILL_T_TEXT] = "text",
		[SPILL_T_NAME] = "name",
		[SPILL_T_UINT] = "uint",
		[SPILL_T_INT] = "int",
		[SPILL_T_TIME] = "time",
		[SPILL_T_HEX] = "hex",
		[SPILL_T_OCTAL] = "octal",
		[SPILL_T_ENUM] = "enum",
		[SPILL_T_LOCATOR] = "locator",
		[SPILL_T_LIST] = "list",
		[SPILL_T_JSON] = "json",
	};

	return names[t];
}

int
spill_schema_find(const struct spill_schema *s, struct spill_span name)
{
	for (size_t i = 0; i < s->n; i++)
		if (spill_span_eq(spill_span(s->columns[i].name), name))
			return (int)i;
	return -1;
}

const char *
spill_schema_missing(
    const struct spill_schema *s, const struct spill_span *names, size_t n)
{
	for (size_t c = 0; c < s->n; c++) {
		bool found = !s->columns[c].required;

		for (size_t i = 0; i < n && !found; i++)
			found = spill_span_eq(
			    names[i], spill_span(s->columns[c].name));
		if (!found)
			return s->columns[c].name;
	}
	return NULL;
}

static size_t
count_shared(
    const struct spill_schema *s, const struct spill_span *names, size_t n)
{
	size_t shared = 0;

	for (size_t i = 0; i < n; i++)
		shared += spill_schema_find(s, names[i]) >= 0;
	return shared;
}

const struct spill_schema *
spill_schema_guess(const struct spill_span *names, size_t n)
{
	const struct spill_schema *best[2] = { NULL, NULL };
	size_t most[2] = { 1, 1 }; /* one shared name is chance */

	for (size_t i = 0; spill_schemas[i] != NULL; i++) {
		const struct spill_schema *s = spill_schemas[i];
		size_t shared = count_shared(s, names, n);
		bool lacks = spill_schema_missing(s, names, n) != NULL;

		if (shared > most[lacks]) {
			most[lacks] = shared;
			best[lacks] = s;
		}
	}
	return best[0] != NULL ? best[0] : best[1];
}

static void
values(struct spill_buf *b, const struct spill_column *c)
{
	for (size_t i = 0; c->values != NULL && c->values[i] != NULL; i++)
		spill_buf_printf(b, "%s%s", i > 0 ? ";" : "", c->values[i]);
}

void
spill_schema_csv(struct spill_buf *b, const struct spill_schema *s)
{
	spill_buf_puts(b, "column,type,required,values,meaning\n");
	for (size_t i = 0; i < s->n; i++) {
		const struct spill_column *c = &s->columns[i];

		spill_buf_printf(b, "%s,%s,%s,", c->name,
		    spill_type_name(c->type), c->required ? "yes" : "no");
		values(b, c);
		spill_buf_printf(b, ",\"%s\"\n", c->meaning);
	}
}

void
spill_schema_mdoc(struct spill_buf *b, const struct spill_schema *s)
{
	spill_buf_printf(b, ".Ss %s: %s\n", s->name, s->summary);
	spill_buf_puts(b, ".Bl -tag -width timestamp_desc -compact\n");
	for (size_t i = 0; i < s->n; i++) {
		const struct spill_column *c = &s->columns[i];
		struct spill_buf text = SPILL_BUF_INIT(4096);

		spill_buf_printf(b, ".It Va %s\n.Pq %s%s\n", c->name,
		    spill_type_name(c->type), c->required ? ", required" : "");
		spill_buf_puts(&text, c->meaning);
		for (size_t v = 0; c->values != NULL && c->values[v] != NULL;
		     v++)
			spill_buf_printf(
			    &text, "%s %s", v == 0 ? ":" : ",", c->values[v]);
		spill_mdoc_sentence(b, spill_buf_str(&text));
		spill_buf_release(&text);
	}
	spill_buf_puts(b, ".El\n");
}
