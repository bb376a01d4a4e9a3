/*
 * opt.h: options as data. A tool's table is the only place that names its
 * options: parsing, --help, the OPTIONS of the manual page and the shells'
 * completions are made from it.
 */
#ifndef SPILL_OPT_H
#define SPILL_OPT_H

#include <spill/base.h>
#include <spill/buf.h>
#include <spill/time.h>

enum spill_opt_type {
	SPILL_OPT_END_,
	SPILL_OPT_FLAG_, /* bool: true when given */
	SPILL_OPT_STRING_, /* const char * */
	SPILL_OPT_FILE_, /* const char *, completed as a file */
	SPILL_OPT_DIR_, /* const char *, completed as a folder */
	SPILL_OPT_LIST_, /* struct spill_optlist, may be repeated */
	SPILL_OPT_FILES_, /* the same, completed as a file */
	SPILL_OPT_SIZE_, /* uint64_t: bytes, with K M G T (1024) */
	SPILL_OPT_UINT_, /* uint64_t */
	SPILL_OPT_ENUM_, /* int: index into choices */
	SPILL_OPT_TIME_, /* struct spill_time */
	SPILL_OPT_DURATION_, /* int64_t: ns */
};

struct spill_optlist {
	const char **v;
	size_t n;
};

struct spill_opt {
	enum spill_opt_type type;
	char letter; /* 0: none */
	const char *name; /* without the dashes */
	size_t offset; /* of the member in the conf struct */
	const char *arg; /* name of the argument, NULL for flags */
	const char *help; /* one phrase, as in the manual page */
	const char *const *choices; /* NULL-terminated, for enums */
	bool how; /* it changes how, not what is done */
};

/* clang-format off */
/* Each takes more initialisers at its end, such as .how = true. */
#define SPILL_OPT_(t, l, n, s, m, a, h, c, ...) \
	{ .type = t, .letter = l, .name = n, .offset = offsetof(s, m), \
	  .arg = a, .help = h, .choices = c, ##__VA_ARGS__ }
#define SPILL_OPT_FLAG(l, n, s, m, h, ...) \
	SPILL_OPT_(SPILL_OPT_FLAG_, l, n, s, m, NULL, h, NULL, ##__VA_ARGS__)
#define SPILL_OPT_ENUM(l, n, s, m, a, h, c, ...) \
	SPILL_OPT_(SPILL_OPT_ENUM_, l, n, s, m, a, h, c, ##__VA_ARGS__)
#define SPILL_OPT_STRING(l, n, s, m, a, h, ...) \
	SPILL_OPT_(SPILL_OPT_STRING_, l, n, s, m, a, h, NULL, ##__VA_ARGS__)
#define SPILL_OPT_FILE(l, n, s, m, a, h, ...) \
	SPILL_OPT_(SPILL_OPT_FILE_, l, n, s, m, a, h, NULL, ##__VA_ARGS__)
#define SPILL_OPT_DIR(l, n, s, m, a, h, ...) \
	SPILL_OPT_(SPILL_OPT_DIR_, l, n, s, m, a, h, NULL, ##__VA_ARGS__)
#define SPILL_OPT_LIST(l, n, s, m, a, h, ...) \
	SPILL_OPT_(SPILL_OPT_LIST_, l, n, s, m, a, h, NULL, ##__VA_ARGS__)
#define SPILL_OPT_FILES(l, n, s, m, a, h, ...) \
	SPILL_OPT_(SPILL_OPT_FILES_, l, n, s, m, a, h, NULL, ##__VA_ARGS__)
#define SPILL_OPT_SIZE(l, n, s, m, a, h, ...) \
	SPILL_OPT_(SPILL_OPT_SIZE_, l, n, s, m, a, h, NULL, ##__VA_ARGS__)
#define SPILL_OPT_UINT(l, n, s, m, a, h, ...) \
	SPILL_OPT_(SPILL_OPT_UINT_, l, n, s, m, a, h, NULL, ##__VA_ARGS__)
#define SPILL_OPT_TIME(l, n, s, m, a, h, ...) \
	SPILL_OPT_(SPILL_OPT_TIME_, l, n, s, m, a, h, NULL, ##__VA_ARGS__)
#define SPILL_OPT_DURATION(l, n, s, m, a, h, ...) \
	SPILL_OPT_(SPILL_OPT_DURATION_, l, n, s, m, a, h, NULL, ##__VA_ARGS__)
#define SPILL_OPT_END { .type = SPILL_OPT_END_ }
/* clang-format on */

/*
 * Parse argv[1..argc) by one or two tables (common may be NULL) into their
 * conf structs. Options may stand anywhere before "--"; a lone "-" is an
 * operand. *operands (argv's strings, its array the caller's to free) and *n
 * get what is left. On SPILL_EUSAGE the reason has been said.
 */
struct spill_opttab {
	const struct spill_opt *opts;
	void *conf;
};
int spill_opt_parse(const struct spill_opttab *tabs, size_t ntabs, int argc,
    char **argv, const char ***operands, size_t *n);

/* Free what lists of options hold in their conf structs. */
void spill_opt_release(const struct spill_opttab *tabs, size_t ntabs);

/*
 * The options of a command line that parsed, but for those that only say
 * how: "--name value", one blank between.
 */
void spill_opt_given(struct spill_buf *b, const struct spill_opttab *tabs,
    size_t ntabs, int argc, char **argv);

/* Text made from a table: lines of --help, an mdoc list, completions. */
void spill_opt_help(struct spill_buf *b, const struct spill_opt *opts);
void spill_opt_mdoc(struct spill_buf *b, const struct spill_opt *opts);
void spill_opt_synopsis(struct spill_buf *b, const struct spill_opt *opts);
void spill_opt_bash(struct spill_buf *b, const char *tool,
    const struct spill_opttab *tabs, size_t ntabs);
void spill_opt_zsh(struct spill_buf *b, const char *tool,
    const struct spill_opttab *tabs, size_t ntabs);

#endif
