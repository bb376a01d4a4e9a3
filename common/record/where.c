#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include <spill/diag.h>
#include <spill/where.h>

enum op { OP_EQ, OP_GLOB, OP_LT, OP_LE, OP_GT, OP_GE };

struct condition {
	struct spill_span column, value;
	const char *glob; /* value, NUL-terminated */
	enum op op;
	bool not, is_time, is_key;
	int col; /* -1: no such column so far */
	struct spill_time time;
};

struct spill_where {
	const struct spill_columns *cols;
	struct spill_buf cell; /* for fnmatch */
	int rc;
	size_t n;
	struct condition c[];
};

static bool
parse_op(const char *p, struct condition *c, size_t *len)
{
	static const struct {
		const char *text;
		enum op op;
		bool not ;
	} ops[] = { { "!=", OP_EQ, true }, { "!~", OP_GLOB, true },
		{ "<=", OP_LE, false }, { ">=", OP_GE, false },
		{ "=", OP_EQ, false }, { "~", OP_GLOB, false },
		{ "<", OP_LT, false }, { ">", OP_GT, false } };

	for (size_t i = 0; i < SPILL_COUNT(ops); i++)
		if (strncmp(p, ops[i].text, strlen(ops[i].text)) == 0) {
			c->op = ops[i].op;
			c->not = ops[i].not ;
			*len = strlen(ops[i].text);
			return true;
		}
	return false;
}

static int
parse(struct condition *c, const char *text, const struct spill_columns *cols)
{
	const struct spill_schema *s = spill_columns_schema(cols);
	size_t n = strcspn(text, "=~<>!"), len = 0;

	if (n == 0 || !parse_op(text + n, c, &len)) {
		spill_err("condition '%s' is not column=value, nor one with "
			  "!=, ~, !~, <, <=, > or >=",
		    text);
		return SPILL_EUSAGE;
	}
	c->column = (struct spill_span){ text, n };
	c->glob = text + n + len;
	c->value = spill_span(c->glob);
	c->col = spill_columns_find(cols, c->column);
	c->is_key = c->col == EV_DATETIME && s == &spill_schema_event;
	c->is_time = c->col >= 0 && (size_t)c->col < s->n &&
		     s->columns[c->col].type == SPILL_T_TIME;
	if (c->is_time && c->op != OP_GLOB && c->value.len > 0 &&
	    spill_time_parse(c->value, &c->time, NULL) != SPILL_OK) {
		spill_err("condition '%s': '%s' is not a time such as "
			  "2024-06-03T14:00+01:00",
		    text, c->glob);
		return SPILL_EUSAGE;
	}
	return SPILL_OK;
}

int
spill_where_open(struct spill_where **out, const char *const *text, size_t n,
    const struct spill_columns *cols)
{
	struct spill_where *w = calloc(1, sizeof(*w) + n * sizeof(w->c[0]));
	int rc = SPILL_OK;

	if (w == NULL)
		return SPILL_ENOMEM;
	w->cols = cols;
	w->n = n;
	w->cell = SPILL_BUF_INIT((size_t)64 << 20);
	for (size_t i = 0; i < n && rc == SPILL_OK; i++)
		rc = parse(&w->c[i], text[i], cols);
	if (rc != SPILL_OK) {
		spill_where_free(&w);
		return rc;
	}
	*out = w;
	return SPILL_OK;
}

void
spill_where_report(const struct spill_where *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (spill_columns_find(w->cols, w->c[i].column) < 0)
			spill_warn("no input has a column '%.*s'",
			    (int)w->c[i].column.len, w->c[i].column.p);
}

static int
compare(struct spill_span a, struct spill_span b)
{
	int64_t x, y;
	uint64_t ux, uy;

	if (spill_span_int(a, &x) && spill_span_int(b, &y))
		return SPILL_CMP(x, y);
	if (spill_span_uint(a, &ux) && spill_span_uint(b, &uy))
		return SPILL_CMP(ux, uy);
	return spill_span_cmp(a, b);
}

static bool
by_order(enum op op, int c)
{
	return op == OP_LT   ? c < 0
	       : op == OP_LE ? c <= 0
	       : op == OP_GT ? c > 0
	       : op == OP_GE ? c >= 0
			     : c == 0;
}

static bool
glob(struct spill_where *w, const struct condition *c, struct spill_span v)
{
	spill_buf_reset(&w->cell);
	spill_buf_span(&w->cell, v);
	/* fnmatch() would end at a NUL, and no pattern can have one. */
	for (size_t i = 0; i < w->cell.len; i++)
		if (w->cell.p[i] == '\0')
			w->cell.p[i] = '\1';
	(void)spill_buf_str(&w->cell);
	if (w->cell.rc != SPILL_OK)
		w->rc = SPILL_ENOMEM;
	return w->rc == SPILL_OK &&
	       fnmatch(c->glob, spill_buf_str(&w->cell), 0) == 0;
}

static bool
holds(struct spill_where *w, struct condition *c, const struct spill_row *r)
{
	struct spill_span v = { "", 0 };
	struct spill_time t = r->time;
	char text[SPILL_TIME_TEXT];

	if (c->col < 0)
		c->col = spill_columns_find(w->cols, c->column);
	if (c->is_key)
		v = (struct spill_span){ text, spill_time_format(t, text) };
	else if (c->col >= 0)
		v = spill_row_get(r, (unsigned)c->col);
	if (c->op == OP_GLOB)
		return glob(w, c, v);
	if (v.len == 0 || c->value.len == 0)
		return c->op == OP_EQ && v.len == c->value.len;
	if (!c->is_time)
		return c->op == OP_EQ ? spill_span_eq(v, c->value)
				      : by_order(c->op, compare(v, c->value));
	if (!c->is_key && spill_time_parse(v, &t, NULL) != SPILL_OK)
		return false;
	return by_order(c->op, spill_time_cmp(t, c->time));
}

bool
spill_where_holds(struct spill_where *w, const struct spill_row *r)
{
	for (size_t i = 0; i < w->n; i++)
		if (holds(w, &w->c[i], r) == w->c[i].not )
			return false;
	return true;
}

int
spill_where_rc(const struct spill_where *w)
{
	return w->rc;
}

void
spill_where_free(struct spill_where **w)
{
	if (*w == NULL)
		return;
	spill_buf_release(&(*w)->cell);
	free(*w);
	*w = NULL;
}
