/*
 * taker_code.c: files of programs, in which words of markings are names of
 * things.
 */
#include <string.h>
#include <strings.h>

#include "taker_i.h"

/* In order of bytes. */
static const char *const extensions[] = { "ac", "am", "asm", "awk", "bat", "c",
	"cc", "cfg", "cmake", "cmd", "conf", "cpp", "cs", "css", "cxx", "dart",
	"el", "erl", "ex", "f", "f90", "gitignore", "go", "gradle", "groovy",
	"h", "hh", "hpp", "hs", "in", "inc", "ini", "java", "jl", "js", "json",
	"jsx", "kt", "l", "less", "lisp", "lua", "m", "m4", "mak", "mk", "ml",
	"mm", "php", "pl", "pm", "po", "pod", "pot", "properties", "proto",
	"ps1", "py", "pyi", "r", "rb", "rs", "s", "sass", "scala", "scm",
	"scss", "sh", "sql", "swift", "t", "tcl", "tf", "toml", "ts", "tsx",
	"vb", "vim", "vue", "xsd", "xsl", "xslt", "y", "yaml", "yml", "zsh" };

static bool
is_code_name(struct spill_span ext)
{
	char lower[16];
	size_t lo = 0, hi = SPILL_COUNT(extensions);

	if (ext.len == 0 || ext.len >= sizeof(lower))
		return false;
	for (size_t i = 0; i < ext.len; i++)
		lower[i] = (char)(ext.p[i] >= 'A' && ext.p[i] <= 'Z'
				      ? ext.p[i] + ('a' - 'A')
				      : ext.p[i]);
	lower[ext.len] = '\0';
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = strcmp(extensions[mid], lower);

		if (order == 0)
			return true;
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static bool
begins(struct spill_span s, const char *with)
{
	return s.len >= strlen(with) && memcmp(s.p, with, strlen(with)) == 0;
}

bool
taker_is_code(struct spill_span name, struct spill_span mime)
{
	const char *slash = memrchr(name.p, '/', name.len), *dot;
	struct spill_span last = name;

	if (slash != NULL)
		last = (struct spill_span){ slash + 1,
			name.len - (size_t)(slash + 1 - name.p) };
	dot = memrchr(last.p, '.', last.len);
	if (dot != NULL && is_code_name((struct spill_span){ dot + 1,
			       last.len - (size_t)(dot + 1 - last.p) }))
		return true;
	if (begins(mime, "text/x-"))
		return !begins(mime, "text/x-tex") &&
		       !begins(mime, "text/x-web");
	return begins(mime, "application/json") ||
	       begins(mime, "application/javascript") ||
	       begins(mime, "application/x-sh");
}
