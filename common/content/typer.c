#include <string.h>

#include <spill/diag.h>
#include <spill/digest.h>
#include <spill/typer.h>
#include <spill/writer.h>

struct typer {
	struct spill_tool *tool;
	const struct spill_typer_conf *conf;
	struct spill_writer *writer;
	uint64_t rows;
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

static int
on_row(void *ctx, struct spill_row *r)
{
	struct typer *t = ctx;

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

	spill_info("rows: %llu, errors: %llu", (unsigned long long)s.rows,
	    (unsigned long long)s.errors);
	return spill_tool_seal(t->tool) ? spill_writer_seal(t->writer, &s)
					: SPILL_OK;
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
		rc = spill_pass_run(tool, &conf->pass, &ops);
	if (rc == SPILL_OK)
		rc = seal(&t);
	spill_writer_free(&t.writer);
	return rc;
}
