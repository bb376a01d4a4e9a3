#include <string.h>

#include <spill/diag.h>
#include <spill/known.h>
#include <spill/typer.h>
#include <spill/writer.h>

struct typer {
	struct spill_tool *tool;
	const struct spill_typer_conf *conf;
	struct spill_writer *writer;
	struct spill_known *known; /* NULL: none is asked */
	uint64_t rows, dropped;
};

static const struct {
	const char *name;
	unsigned what;
} hashes[] = { { "sha256", SPILL_DIGEST_SHA256 }, { "sha1", SPILL_DIGEST_SHA1 },
	{ "md5", SPILL_DIGEST_MD5 } };

static unsigned
hash_of(struct spill_span name)
{
	for (size_t i = 0; i < SPILL_COUNT(hashes); i++)
		if (spill_span_eq(name, spill_span(hashes[i].name)))
			return hashes[i].what;
	return 0;
}

/* "sha256,md5"; "none" for none of them. */
static int
parse_hashes(const char *text, unsigned *out)
{
	const char *p = text;

	*out = SPILL_DIGEST_ENTROPY;
	if (strcmp(text, "none") == 0)
		return SPILL_OK;
	for (;;) {
		size_t n = strcspn(p, ",");
		unsigned what = hash_of((struct spill_span){ p, n });

		if (what == 0) {
			spill_err("option --hash: '%s' is not a list of "
				  "sha256, sha1 and md5, or none",
			    text);
			return SPILL_EUSAGE;
		}
		*out |= what;
		if (p[n] == '\0')
			return SPILL_OK;
		p += n + 1;
	}
}

static int
on_columns(void *ctx, struct spill_columns *cols)
{
	struct typer *t = ctx;
	int rc = spill_writer_open(&t->writer, spill_tool_out(t->tool),
	    (enum spill_syntax)spill_tool_format(t->tool), cols, NULL);

	if (rc == SPILL_OK)
		spill_writer_header(t->writer);
	return rc;
}

static void
copy(char *to, size_t size, struct spill_span v)
{
	if (v.len < size) {
		memcpy(to, v.p, v.len);
		to[v.len] = '\0';
	}
}

/* The set that has it, in column known. *drop: it is left out. */
static int
ask(struct typer *t, struct spill_row *r, bool *drop)
{
	struct spill_digest_text d = { 0 };
	const char *name = NULL;
	int rc;

	*drop = false;
	if (t->known == NULL)
		return SPILL_OK;
	copy(d.sha256, sizeof(d.sha256), spill_row_get(r, IT_SHA256));
	copy(d.sha1, sizeof(d.sha1), spill_row_get(r, IT_SHA1));
	copy(d.md5, sizeof(d.md5), spill_row_get(r, IT_MD5));
	rc = spill_known_find(t->known, &d, &name);
	if (rc != SPILL_OK || name == NULL)
		return rc;
	spill_row_set(r, IT_KNOWN, spill_span(name));
	*drop = t->conf->drop_known;
	return SPILL_OK;
}

static int
on_row(void *ctx, struct spill_row *r)
{
	struct typer *t = ctx;
	bool drop;
	int rc = ask(t, r, &drop);

	if (rc != SPILL_OK)
		return rc;
	if (drop) {
		t->dropped++;
		return SPILL_OK;
	}
	spill_writer_row(t->writer, r);
	t->rows++;
	return spill_out_failed(spill_tool_out(t->tool)) ? SPILL_EIO : SPILL_OK;
}

static int
seal(struct typer *t)
{
	const struct spill_seal s = { .rows = t->rows,
		.errors = spill_tool_errors(t->tool),
		.options = spill_tool_given(t->tool) };

	spill_info("rows: %llu, errors: %llu, known ones left out: %llu",
	    (unsigned long long)s.rows, (unsigned long long)s.errors,
	    (unsigned long long)t->dropped);
	return spill_tool_seal(t->tool) ? spill_writer_seal(t->writer, &s)
					: SPILL_OK;
}

static int
open_known(struct typer *t)
{
	const struct spill_optlist *l = &t->conf->known;
	unsigned what = t->conf->pass.digest & ~(unsigned)SPILL_DIGEST_ENTROPY;
	int rc = SPILL_OK;

	if (t->conf->drop_known && l->n == 0) {
		spill_err("option --drop-known goes with --known");
		return SPILL_EUSAGE;
	}
	if (l->n > 0)
		rc = spill_known_open(&t->known, what);
	for (size_t i = 0; i < l->n && rc == SPILL_OK; i++)
		rc = spill_known_add(t->known, l->v[i]);
	return rc;
}

int
spill_typer(struct spill_tool *tool, struct spill_typer_conf *conf)
{
	struct typer t = { .tool = tool, .conf = conf };
	const struct spill_pass_ops ops = {
		.columns = on_columns, .row = on_row, .ctx = &t
	};
	int rc = parse_hashes(conf->hash, &conf->pass.digest);

	if (rc == SPILL_OK)
		rc = open_known(&t);
	if (rc == SPILL_OK)
		rc = spill_pass_run(tool, &conf->pass, &ops);
	if (rc == SPILL_OK)
		rc = seal(&t);
	spill_writer_free(&t.writer);
	spill_known_free(&t.known);
	return rc;
}
