#include <string.h>

#include <spill/diag.h>
#include <spill/doctext.h>
#include <spill/name.h>
#include <spill/out.h>
#include <spill/texter.h>
#include <spill/writer.h>

struct texter {
	struct spill_tool *tool;
	const struct spill_texter_conf *conf;
	struct spill_columns *cols;
	struct spill_writer *writer; /* NULL: plain */
	uint64_t rows, items;
	bool wanted[SPILL_ROLES];
	struct spill_buf text, last; /* last: the document of the last line */
};

/* --- roles -------------------------------------------------------------- */

static int
role_of(struct spill_span name)
{
	for (int i = 0; i < SPILL_ROLES; i++)
		if (spill_span_eq(name, spill_span(spill_role_names[i])))
			return i;
	return -1;
}

/* What a reader sees; not what is behind it. */
static bool
is_seen(int role)
{
	return role != SPILL_ROLE_HIDDEN && role != SPILL_ROLE_DELETED &&
	       role != SPILL_ROLE_ARTIFACT;
}

static int
parse_roles(struct texter *t, const char *text)
{
	const char *p = text;

	for (int i = 0; i < SPILL_ROLES; i++)
		t->wanted[i] = text == NULL && (!t->conf->plain || is_seen(i));
	while (p != NULL) {
		size_t n = strcspn(p, ",");
		int role = role_of((struct spill_span){ p, n });

		if (role < 0) {
			spill_err("option --role: '%s' has a word that is no "
				  "role; spill-text --schema names them",
			    text);
			return SPILL_EUSAGE;
		}
		t->wanted[role] = true;
		p = p[n] == ',' ? p + n + 1 : NULL;
	}
	return SPILL_OK;
}

/* Of a mail's many fields people read a few; of other properties none. */
static bool
is_for_people(const struct spill_row *r)
{
	static const char *const fields[] = { "From", "To", "Cc", "Bcc",
		"Subject", "Date" };

	if (!spill_span_eq(spill_row_get(r, LN_ROLE), SPILL_SPAN("property")))
		return true;
	for (size_t i = 0; i < SPILL_COUNT(fields); i++)
		if (spill_span_eq(
			spill_row_get(r, LN_PART), spill_span(fields[i])))
			return true;
	return false;
}

/* --- out ---------------------------------------------------------------- */

static int
on_columns(void *ctx, struct spill_columns *items)
{
	struct texter *t = ctx;
	int rc;

	(void)items;
	if (t->conf->plain)
		return SPILL_OK;
	rc = spill_columns_open(&t->cols, &spill_schema_line);
	if (rc == SPILL_OK)
		rc = spill_writer_open(&t->writer, spill_tool_out(t->tool),
		    (enum spill_syntax)spill_tool_format(t->tool), t->cols,
		    NULL);
	if (rc == SPILL_OK)
		spill_writer_header(t->writer);
	return rc;
}

static int
on_row(void *ctx, struct spill_row *r)
{
	struct texter *t = ctx;

	(void)r;
	t->items++;
	return SPILL_OK;
}

static void
put(struct spill_out *out, struct spill_span s)
{
	spill_out_put(out, s.p, s.len);
}

/* A blank line between two documents; characters that would act on a terminal
 * are not there, as formats leave them out. */
static int
put_plain(struct texter *t, const struct spill_row *r)
{
	struct spill_out *out = spill_tool_out(t->tool);
	struct spill_span item = spill_row_get(r, LN_ITEM);

	if (t->last.len > 0 &&
	    !spill_span_eq(spill_buf_as_span(&t->last), item))
		spill_out_put(out, "\n", 1);
	spill_buf_reset(&t->last);
	spill_buf_span(&t->last, item);
	if (spill_span_eq(spill_row_get(r, LN_ROLE), SPILL_SPAN("property"))) {
		put(out, spill_row_get(r, LN_PART));
		spill_out_put(out, ": ", 2);
	}
	spill_buf_reset(&t->text);
	spill_name_unescape(&t->text, spill_row_get(r, LN_TEXT));
	put(out, spill_buf_as_span(&t->text));
	spill_out_put(out, "\n", 1);
	return t->text.rc;
}

static int
on_line(void *ctx, struct spill_row *r)
{
	struct texter *t = ctx;
	int role = role_of(spill_row_get(r, LN_ROLE)), rc = SPILL_OK;

	if (role < 0 || !t->wanted[role])
		return SPILL_OK;
	if (t->conf->plain && t->conf->roles == NULL && !is_for_people(r))
		return SPILL_OK;
	t->rows++;
	if (t->conf->plain)
		rc = put_plain(t, r);
	else
		spill_writer_row(t->writer, r);
	if (rc == SPILL_OK && spill_out_failed(spill_tool_out(t->tool)))
		rc = SPILL_EIO;
	return rc;
}

static int
seal(struct texter *t)
{
	const struct spill_seal s = { .rows = t->rows,
		.errors = spill_tool_errors(t->tool),
		.options = spill_tool_given(t->tool) };

	spill_info("items: %llu, lines: %llu, errors: %llu",
	    (unsigned long long)t->items, (unsigned long long)s.rows,
	    (unsigned long long)s.errors);
	return spill_tool_seal(t->tool) && t->writer != NULL
		   ? spill_writer_seal(t->writer, &s)
		   : SPILL_OK;
}

int
spill_texter(struct spill_tool *tool, struct spill_texter_conf *conf)
{
	struct texter t = { .tool = tool,
		.conf = conf,
		.text = SPILL_BUF_INIT(8 * SPILL_TEXT_LINE),
		.last = SPILL_BUF_INIT((size_t)1 << 20) };
	const struct spill_pass_ops ops = {
		.columns = on_columns, .row = on_row, .line = on_line, .ctx = &t
	};
	int rc = parse_roles(&t, conf->roles);

	conf->pass.want = SPILL_LOOK_WANT_TEXT;
	conf->pass.untyped = true;
	if (rc == SPILL_OK && conf->plain && spill_tool_seal(tool)) {
		spill_err("option --plain: plain text has no seal");
		rc = SPILL_EUSAGE;
	}
	if (rc == SPILL_OK)
		rc = spill_pass_run(tool, &conf->pass, &ops);
	if (rc == SPILL_OK)
		rc = seal(&t);
	spill_writer_free(&t.writer);
	spill_columns_free(&t.cols);
	spill_buf_release(&t.text);
	spill_buf_release(&t.last);
	return rc;
}
