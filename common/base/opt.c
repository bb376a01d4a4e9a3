#include <stdlib.h>
#include <string.h>

#include <spill/diag.h>
#include <spill/opt.h>

struct parse {
	const struct spill_opttab *tabs;
	size_t ntabs;
	char **argv;
	int argc, at; /* next word */
	struct spill_buf *given; /* not NULL: only write them there */
};

static const struct spill_opt *
find(const struct parse *p, char letter, struct spill_span name, void **conf)
{
	for (size_t i = 0; i < p->ntabs; i++)
		for (const struct spill_opt *o = p->tabs[i].opts;
		     o->type != SPILL_OPT_END_; o++)
			if (letter != 0
				? o->letter == letter
				: spill_span_eq(spill_span(o->name), name)) {
				*conf = p->tabs[i].conf;
				return o;
			}
	return NULL;
}

static bool
size_value(const char *s, uint64_t *out)
{
	static const char units[] = "KMGT";
	size_t n = strlen(s);
	const char *unit = n > 0 ? strchr(units, s[n - 1] & ~0x20) : NULL;
	unsigned shift = 0;
	uint64_t v;

	if (unit != NULL && *unit != '\0') {
		shift = 10 * (unsigned)(unit - units + 1);
		n--;
	}
	if (!spill_span_uint((struct spill_span){ s, n }, &v) ||
	    v > UINT64_MAX >> shift)
		return false;
	*out = v << shift;
	return true;
}

static bool
enum_value(const struct spill_opt *o, const char *s, int *out)
{
	for (int i = 0; o->choices[i] != NULL; i++)
		if (strcmp(o->choices[i], s) == 0) {
			*out = i;
			return true;
		}
	return false;
}

static bool
list_value(struct spill_optlist *l, const char *s)
{
	const char **v = realloc(l->v, (l->n + 1) * sizeof(*v));

	if (v == NULL)
		return false;
	l->v = v;
	l->v[l->n++] = s;
	return true;
}

static bool
store(const struct spill_opt *o, void *conf, const char *s)
{
	void *at = (char *)conf + o->offset;

	switch (o->type) {
	case SPILL_OPT_FLAG_:
		*(bool *)at = true;
		return true;
	case SPILL_OPT_STRING_:
	case SPILL_OPT_FILE_:
	case SPILL_OPT_DIR_:
		*(const char **)at = s;
		return true;
	case SPILL_OPT_LIST_:
	case SPILL_OPT_FILES_:
		return list_value(at, s);
	case SPILL_OPT_SIZE_:
		return size_value(s, at);
	case SPILL_OPT_UINT_:
		return spill_span_uint(spill_span(s), at);
	case SPILL_OPT_ENUM_:
		return enum_value(o, s, at);
	case SPILL_OPT_TIME_:
		return spill_time_parse(spill_span(s), at, NULL) == SPILL_OK &&
		       ((struct spill_time *)at)->set;
	case SPILL_OPT_DURATION_:
		return spill_duration_parse(spill_span(s), at) == SPILL_OK;
	case SPILL_OPT_END_:
		break;
	}
	return false;
}

static void
note(struct spill_buf *b, const struct spill_opt *o, const char *s)
{
	if (!o->how)
		spill_buf_printf(b, "%s--%s%s%s", b->len > 0 ? " " : "",
		    o->name, s != NULL ? " " : "", s != NULL ? s : "");
}

static int
apply(struct parse *p, const struct spill_opt *o, void *conf, const char *s)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);

	if (p->given != NULL)
		note(p->given, o, s);
	if (p->given != NULL || store(o, conf, s))
		return SPILL_OK;
	if (o->type == SPILL_OPT_ENUM_)
		for (int i = 0; o->choices[i] != NULL; i++)
			spill_buf_printf(
			    &b, "%s%s", i > 0 ? ", " : "", o->choices[i]);
	else
		spill_buf_printf(&b, "a %s%s", o->arg,
		    o->type == SPILL_OPT_TIME_
			? " such as 2024-06-03T14:00+01:00"
			: "");
	spill_err("option --%s: '%s' is not %s%s", o->name, s,
	    o->type == SPILL_OPT_ENUM_ ? "one of " : "", spill_buf_str(&b));
	spill_buf_release(&b);
	return SPILL_EUSAGE;
}

static int
parse_long(struct parse *p, const char *word)
{
	const char *eq = strchr(word, '=');
	struct spill_span name = { word,
		eq != NULL ? (size_t)(eq - word) : strlen(word) };
	void *conf = NULL;
	const struct spill_opt *o = find(p, 0, name, &conf);

	if (o == NULL) {
		spill_err("unknown option '--%.*s'; --help lists them",
		    (int)name.len, name.p);
		return SPILL_EUSAGE;
	}
	if (o->arg == NULL && eq != NULL) {
		spill_err("option --%s takes no value", o->name);
		return SPILL_EUSAGE;
	}
	if (o->arg == NULL)
		return apply(p, o, conf, NULL);
	if (eq == NULL && p->at == p->argc) {
		spill_err("option --%s wants a %s", o->name, o->arg);
		return SPILL_EUSAGE;
	}
	return apply(p, o, conf, eq != NULL ? eq + 1 : p->argv[p->at++]);
}

static int
parse_letters(struct parse *p, const char *word)
{
	int rc = SPILL_OK;

	for (; *word != '\0' && rc == SPILL_OK; word++) {
		void *conf = NULL;
		const struct spill_opt *o =
		    find(p, *word, (struct spill_span){ 0 }, &conf);

		if (o == NULL) {
			spill_err(
			    "unknown option '-%c'; --help lists them", *word);
			return SPILL_EUSAGE;
		}
		if (o->arg == NULL) {
			rc = apply(p, o, conf, NULL);
			continue;
		}
		if (word[1] != '\0')
			return apply(p, o, conf, word + 1);
		if (p->at == p->argc) {
			spill_err("option -%c wants a %s", *word, o->arg);
			return SPILL_EUSAGE;
		}
		return apply(p, o, conf, p->argv[p->at++]);
	}
	return rc;
}

static int
walk(struct parse *p, struct spill_optlist *rest)
{
	bool only_operands = false;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && p->at < p->argc) {
		const char *w = p->argv[p->at++];

		if (only_operands || w[0] != '-' || w[1] == '\0')
			rc = list_value(rest, w) ? SPILL_OK : SPILL_ENOMEM;
		else if (strcmp(w, "--") == 0)
			only_operands = true;
		else if (w[1] == '-')
			rc = parse_long(p, w + 2);
		else
			rc = parse_letters(p, w + 1);
	}
	return rc;
}

int
spill_opt_parse(const struct spill_opttab *tabs, size_t ntabs, int argc,
    char **argv, const char ***operands, size_t *n)
{
	struct parse p = { tabs, ntabs, argv, argc, 1, NULL };
	struct spill_optlist rest = { 0 };
	int rc = walk(&p, &rest);

	if (rc != SPILL_OK) {
		free(rest.v);
		return rc;
	}
	*operands = rest.v;
	*n = rest.n;
	return SPILL_OK;
}

void
spill_opt_release(const struct spill_opttab *tabs, size_t ntabs)
{
	for (size_t i = 0; i < ntabs; i++)
		for (const struct spill_opt *o = tabs[i].opts;
		     o != NULL && o->type != SPILL_OPT_END_; o++)
			if (o->type == SPILL_OPT_LIST_ ||
			    o->type == SPILL_OPT_FILES_) {
				struct spill_optlist *l =
				    (void *)((char *)tabs[i].conf + o->offset);

				free(l->v);
				*l = (struct spill_optlist){ 0 };
			}
}

void
spill_opt_given(struct spill_buf *b, const struct spill_opttab *tabs,
    size_t ntabs, int argc, char **argv)
{
	struct parse p = { tabs, ntabs, argv, argc, 1, b };
	struct spill_optlist rest = { 0 };

	(void)walk(&p, &rest);
	free(rest.v);
}
