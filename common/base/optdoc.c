/*
 * optdoc.c: help, manual and completions from option tables.
 */
#include <string.h>

#include <spill/mdoc.h>
#include <spill/opt.h>

static bool
is_file(const struct spill_opt *o)
{
	return o->type == SPILL_OPT_FILE_ || o->type == SPILL_OPT_FILES_;
}

#define HELP_INDENT 28
#define HELP_WIDTH  79

/* Text from column HELP_INDENT on, broken between words. */
static void
wrapped(struct spill_buf *b, const char *text)
{
	size_t col = HELP_INDENT;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (col > HELP_INDENT && col + 1 + n > HELP_WIDTH) {
			spill_buf_printf(b, "\n%*s", HELP_INDENT, "");
			col = HELP_INDENT;
		} else if (col > HELP_INDENT) {
			spill_buf_putc(b, ' ');
			col++;
		}
		spill_buf_put(b, text, n);
		col += n;
		text += n + (text[n] == ' ');
	}
	spill_buf_putc(b, '\n');
}

static void
help_choices(struct spill_buf *b, const struct spill_opt *o)
{
	struct spill_buf list = SPILL_BUF_INIT(4096);

	if (o->choices == NULL)
		return;
	for (int i = 0; o->choices[i] != NULL; i++)
		spill_buf_printf(
		    &list, "%s%s", i == 0 ? "one of " : ", ", o->choices[i]);
	spill_buf_printf(b, "%*s", HELP_INDENT, "");
	wrapped(b, spill_buf_str(&list));
	spill_buf_release(&list);
}

void
spill_opt_help(struct spill_buf *b, const struct spill_opt *o)
{
	for (; o->type != SPILL_OPT_END_; o++) {
		size_t from = b->len;

		if (o->letter != 0)
			spill_buf_printf(b, "  -%c, --%s", o->letter, o->name);
		else
			spill_buf_printf(b, "      --%s", o->name);
		if (o->arg != NULL)
			spill_buf_printf(b, " %s", o->arg);
		if (b->len - from > HELP_INDENT - 2)
			spill_buf_printf(b, "\n%*s", HELP_INDENT, "");
		else
			spill_buf_printf(
			    b, "%*s", (int)(HELP_INDENT - (b->len - from)), "");
		wrapped(b, o->help);
		help_choices(b, o);
	}
}

static void
mdoc_arg(struct spill_buf *b, const struct spill_opt *o)
{
	if (o->arg != NULL)
		spill_buf_printf(b, " Ar %s", o->arg);
}

void
spill_opt_mdoc(struct spill_buf *b, const struct spill_opt *o)
{
	spill_buf_puts(b, ".Bl -tag -width Ds\n");
	for (; o->type != SPILL_OPT_END_; o++) {
		spill_buf_puts(b, ".It ");
		if (o->letter != 0)
			spill_buf_printf(b, "Fl %c , ", o->letter);
		spill_buf_printf(b, "Fl \\-%s", o->name);
		mdoc_arg(b, o);
		spill_buf_putc(b, '\n');
		spill_mdoc_sentence(b, o->help);
		for (int i = 0; o->choices != NULL && o->choices[i] != NULL;
		     i++)
			spill_buf_printf(b, "%s.Cm %s%s\n",
			    i == 0 ? "One of\n" : "", o->choices[i],
			    o->choices[i + 1] == NULL ? " ." : " ,");
	}
	spill_buf_puts(b, ".El\n");
}

void
spill_opt_synopsis(struct spill_buf *b, const struct spill_opt *o)
{
	for (; o->type != SPILL_OPT_END_; o++) {
		spill_buf_puts(b, ".Op Fl ");
		if (o->letter != 0)
			spill_buf_printf(b, "%c", o->letter);
		else
			spill_buf_printf(b, "\\-%s", o->name);
		mdoc_arg(b, o);
		spill_buf_putc(b, '\n');
	}
}

static void
bash_values(struct spill_buf *b, const struct spill_opt *o)
{
	if (o->arg == NULL)
		return;
	spill_buf_printf(b, "\t--%s", o->name);
	if (o->letter != 0)
		spill_buf_printf(b, "|-%c", o->letter);
	spill_buf_puts(b, ")\n\t\t");
	if (o->choices != NULL) {
		spill_buf_puts(b, "COMPREPLY=($(compgen -W '");
		for (int i = 0; o->choices[i] != NULL; i++)
			spill_buf_printf(b, "%s ", o->choices[i]);
		spill_buf_puts(b, "' -- \"$cur\"))");
	} else if (is_file(o)) {
		spill_buf_puts(b, "COMPREPLY=($(compgen -f -- \"$cur\"))");
	} else if (o->type == SPILL_OPT_DIR_) {
		spill_buf_puts(b, "COMPREPLY=($(compgen -d -- \"$cur\"))");
	} else {
		spill_buf_puts(b, "COMPREPLY=()");
	}
	spill_buf_puts(b, "\n\t\treturn\n\t\t;;\n");
}

void
spill_opt_bash(struct spill_buf *b, const char *tool,
    const struct spill_opttab *tabs, size_t ntabs)
{
	char fn[64];
	size_t n = strlen(tool);

	for (size_t i = 0; i <= n && i < sizeof(fn); i++)
		fn[i] = tool[i] == '-' ? '_' : tool[i];
	fn[sizeof(fn) - 1] = '\0';
	spill_buf_printf(b,
	    "# bash completion for %s, made from its option table\n"
	    "_%s() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	    "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]}\n\tcase $prev in\n",
	    tool, fn);
	for (size_t t = 0; t < ntabs; t++)
		for (const struct spill_opt *o = tabs[t].opts;
		     o->type != SPILL_OPT_END_; o++)
			bash_values(b, o);
	spill_buf_puts(b, "\tesac\n\tif [[ $cur == -* ]]; then\n"
			  "\t\tCOMPREPLY=($(compgen -W '");
	for (size_t t = 0; t < ntabs; t++)
		for (const struct spill_opt *o = tabs[t].opts;
		     o->type != SPILL_OPT_END_; o++)
			spill_buf_printf(b, "--%s ", o->name);
	spill_buf_printf(b,
	    "' -- \"$cur\"))\n\telse\n"
	    "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n\tfi\n}\n"
	    "complete -o filenames -F _%s %s\n",
	    fn, tool);
}

static void
zsh_text(struct spill_buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			spill_buf_puts(b, "'\\''");
		else if (strchr("[]:\\", *s) != NULL)
			spill_buf_printf(b, "\\%c", *s);
		else
			spill_buf_putc(b, *s);
	}
}

static void
zsh_spec(struct spill_buf *b, const struct spill_opt *o, bool letter)
{
	spill_buf_puts(b, "    '");
	if (o->type == SPILL_OPT_LIST_ || o->type == SPILL_OPT_FILES_)
		spill_buf_putc(b, '*');
	if (letter)
		spill_buf_printf(b, "-%c", o->letter);
	else
		spill_buf_printf(b, "--%s%s", o->name, o->arg ? "=" : "");
	spill_buf_putc(b, '[');
	zsh_text(b, o->help);
	spill_buf_putc(b, ']');
	if (o->arg != NULL) {
		spill_buf_printf(b, ":%s:", o->arg);
		if (is_file(o))
			spill_buf_puts(b, "_files");
		else if (o->type == SPILL_OPT_DIR_)
			spill_buf_puts(b, "_files -/");
		else if (o->choices != NULL) {
			spill_buf_putc(b, '(');
			for (int i = 0; o->choices[i] != NULL; i++)
				spill_buf_printf(
				    b, "%s%s", i > 0 ? " " : "", o->choices[i]);
			spill_buf_putc(b, ')');
		}
	}
	spill_buf_puts(b, "' \\\n");
}

void
spill_opt_zsh(struct spill_buf *b, const char *tool,
    const struct spill_opttab *tabs, size_t ntabs)
{
	spill_buf_printf(b,
	    "#compdef %s\n# made from the option table of %s\n"
	    "_arguments -S \\\n",
	    tool, tool);
	for (size_t t = 0; t < ntabs; t++)
		for (const struct spill_opt *o = tabs[t].opts;
		     o->type != SPILL_OPT_END_; o++) {
			zsh_spec(b, o, false);
			if (o->letter != 0)
				zsh_spec(b, o, true);
		}
	spill_buf_puts(b, "    '*:file:_files'\n");
}
