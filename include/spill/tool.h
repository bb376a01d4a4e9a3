/*
 * tool.h: what every tool does the same way: its options and --help, its
 * output, its error records and its exit status.
 *
 *	int rc = spill_tool_begin(&t, &spec, &conf, argc, argv);
 *	if (rc == SPILL_OK)
 *		rc = work(t, &conf);
 *	return spill_tool_end(&t, rc);
 *
 * Exit status: 0 clean; 1 done, but something was skipped or damaged; 2 bad
 * usage; 3 nothing could be opened or the output must not be used.
 */
#ifndef SPILL_TOOL_H
#define SPILL_TOOL_H

#include <spill/opt.h>
#include <spill/out.h>
#include <spill/schema.h>

struct spill_tool;

struct spill_tool_spec {
	const char *name, *summary, *operands; /* of the synopsis */
	const struct spill_opt *options;
	/* --schema; NULL: no records, nor --format and --seal */
	const struct spill_schema *writes;
	const char *const *formats; /* --format; NULL-terminated */
	size_t nrecord; /* so many of them, the first, are record streams */
	bool reads_none; /* no record streams: no --sealed */
	/* Another list for its manual page (--spill-docs=more); or NULL. */
	void (*more)(struct spill_buf *b);
};

/*
 * SPILL_END: --help or the like has been answered; go to spill_tool_end().
 * SPEC must live on. ARGV is kept.
 */
int spill_tool_begin(struct spill_tool **t, const struct spill_tool_spec *spec,
    void *conf, int argc, char **argv);
const char *const *spill_tool_operands(const struct spill_tool *t, size_t *n);
struct spill_out *spill_tool_out(struct spill_tool *t);
size_t spill_tool_format(const struct spill_tool *t); /* index in formats */
bool spill_tool_seal(const struct spill_tool *t);
bool spill_tool_sealed(const struct spill_tool *t);
/* Options that shape the result, as given: "--since 2020-01-01 --seal". */
struct spill_span spill_tool_given(const struct spill_tool *t);

struct spill_error {
	const char *code; /* of the error schema */
	const char *evidence; /* path of the input or evidence */
	uint64_t line; /* of a text input; 0: none */
	uint64_t offset, length; /* bytes of the input; length 0: unknown */
	struct spill_span item, path;
	const char *detail;
};

/* One error record: to --errors FILE, else a line on standard error. */
void spill_tool_error(struct spill_tool *t, const struct spill_error *e);
uint64_t spill_tool_errors(const struct spill_tool *t);

/* Publish the output, or drop it if rc is a failure; the exit status. */
int spill_tool_end(struct spill_tool **t, int rc);

#endif
