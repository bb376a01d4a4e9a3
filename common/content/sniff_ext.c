/*
 * sniff_ext.c: which extensions a type is stored under. The table is
 * common/data/ext.csv: the first row whose MIME type fits ("text/" and a star
 * for all that begin so), and whose words, if it has any, begin those of the
 * type. Extensions are lower case; @text is the list in the row of that name.
 *
 * All kinds of text may have any extension of text: which language some lines
 * are in is a guess, and .txt is no lie about a script. What is in a container
 * whose members say what it is (a docx is a zip) fits what libmagic sees, not
 * the container: a docx that is named .zip hides, and is a mismatch; a zip of
 * which nothing more is seen may have any extension of that family.
 */
#include <string.h>
#include <strings.h>

#include <spill/sniff.h>

#include "ext_i.h"

#define EXT_MAX 32

static const struct ext_row *
named(struct spill_span name)
{
	for (size_t i = 0; i < SPILL_COUNT(ext_rows); i++)
		if (spill_span_eq(spill_span(ext_rows[i].mime), name))
			return &ext_rows[i];
	return NULL;
}

static bool
in_words(const char *list, struct spill_span ext, bool groups)
{
	while (*list != '\0') {
		struct spill_span word = { list, strcspn(list, " ") };
		const struct ext_row *g =
		    groups && *list == '@' ? named(word) : NULL;

		if (word.len == ext.len && *list != '@' &&
		    strncasecmp(word.p, ext.p, ext.len) == 0)
			return true;
		if (g != NULL && in_words(g->extensions, ext, false))
			return true;
		list += word.len + strspn(list + word.len, " ");
	}
	return false;
}

static bool
fits(const struct ext_row *r, const struct spill_sniff *s)
{
	size_t n = strlen(r->mime), t = strlen(r->type);

	if (s->type.len < t || memcmp(s->type.p, r->type, t) != 0)
		return false;
	if (n > 0 && r->mime[n - 1] == '*')
		return s->mime.len >= n - 1 &&
		       memcmp(s->mime.p, r->mime, n - 1) == 0;
	return spill_span_eq(spill_span(r->mime), s->mime);
}

/* Behind the last dot, if something is before it. */
static struct spill_span
extension(struct spill_span name)
{
	size_t i = name.len;

	while (i > 0 && name.p[i - 1] != '.')
		i--;
	if (i < 2 || name.len - i > EXT_MAX)
		i = name.len;
	return (struct spill_span){ name.p + i, name.len - i };
}

/* It says something of the content. */
static bool
telling(struct spill_span ext)
{
	const struct ext_row *any =
	    named((struct spill_span)SPILL_SPAN("@any"));

	if (any != NULL && in_words(any->extensions, ext, false))
		return false;
	for (size_t i = 0; i < SPILL_COUNT(ext_rows); i++)
		if (in_words(ext_rows[i].extensions, ext, false))
			return true;
	return false;
}

enum spill_ext_match
spill_ext_match(struct spill_span name, const struct spill_sniff *s)
{
	struct spill_span ext = extension(name);

	for (size_t i = 0; ext.len > 0 && i < SPILL_COUNT(ext_rows); i++) {
		if (!fits(&ext_rows[i], s))
			continue;
		if (in_words(ext_rows[i].extensions, ext, true))
			return SPILL_EXT_MATCH;
		return telling(ext) ? SPILL_EXT_MISMATCH : SPILL_EXT_NONE;
	}
	return SPILL_EXT_NONE;
}
