/*
 * label_json.c: JSON (RFC 8259) as elements: a member is an element by its
 * name, without its prefix; those of an array go by the name of the array; a
 * number or a word is a text. It is read once, from front to back, without
 * recursion; where it is damaged or too deep it ends, and all that is open
 * closes.
 */
#include <string.h>

#include <spill/hash.h>
#include <spill/utf8.h>

#include "label_i.h"

#define DEEP	64
#define NAME	128
#define STRINGS ((size_t)8 << 20)

struct frame {
	char name[NAME]; /* of the element, or of those in the array */
	bool array, element; /* element: it was told */
};

struct json {
	struct spill_labels *l;
	struct spill_span part, rest;
	struct frame frame[DEEP];
	unsigned depth;
	char name[NAME]; /* of the member that comes */
	struct spill_buf text;
};

static bool
take(struct json *j, char c)
{
	j->rest = label_trim(j->rest);
	if (j->rest.len == 0 || j->rest.p[0] != c)
		return false;
	j->rest.p++;
	j->rest.len--;
	return true;
}

/* --- strings ------------------------------------------------------------ */

/* Four digits behind "\u"; -1: there are none. */
static int
unit(struct spill_span s)
{
	int v = 0;

	if (s.len < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		int d = spill_hex_digit(s.p[i]);

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

static void
put_unit(struct json *j)
{
	int v = unit(j->rest), low;
	uint32_t cp = v < 0 ? 0xfffd : (uint32_t)v;
	char out[4];

	if (v >= 0)
		j->rest = (struct spill_span){ j->rest.p + 4, j->rest.len - 4 };
	if (cp >= 0xd800 && cp < 0xdc00 && j->rest.len >= 6 &&
	    memcmp(j->rest.p, "\\u", 2) == 0) {
		low =
		    unit((struct spill_span){ j->rest.p + 2, j->rest.len - 2 });
		if (low >= 0xdc00 && low < 0xe000) {
			cp = 0x10000 + ((cp - 0xd800) << 10) +
			     (uint32_t)(low - 0xdc00);
			j->rest = (struct spill_span){ j->rest.p + 6,
				j->rest.len - 6 };
		}
	}
	if (cp >= 0xd800 && cp < 0xe000)
		cp = 0xfffd;
	spill_buf_put(&j->text, out, spill_utf8_encode(cp, out));
}

/* Behind the first quotation mark; to the last, or to the end. */
static void
string(struct json *j)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";

	spill_buf_reset(&j->text);
	while (j->rest.len > 0) {
		const char *stop = j->rest.p, *p;
		const char *end = stop + j->rest.len;
		char c;

		while (stop < end && *stop != '"' && *stop != '\\')
			stop++;
		spill_buf_put(&j->text, j->rest.p, (size_t)(stop - j->rest.p));
		j->rest = (struct spill_span){ stop, (size_t)(end - stop) };
		if (!take(j, '\\')) {
			(void)take(j, '"');
			return;
		}
		if (j->rest.len == 0)
			return;
		c = j->rest.p[0];
		j->rest = (struct spill_span){ j->rest.p + 1, j->rest.len - 1 };
		p = c != '\0' ? strchr(from, c) : NULL;
		if (c == 'u')
			put_unit(j);
		else
			spill_buf_putc(&j->text, p != NULL ? to[p - from] : c);
	}
}

/* --- elements ----------------------------------------------------------- */

/* "slab:Category", "@Type", "$": the local name. */
static void
keep_name(struct json *j)
{
	struct spill_span s = spill_buf_as_span(&j->text);
	const char *colon = s.len > 0 ? memrchr(s.p, ':', s.len) : NULL;

	if (colon != NULL)
		s = (struct spill_span){ colon + 1,
			s.len - (size_t)(colon + 1 - s.p) };
	if (s.len > 1 && s.p[0] == '@')
		s = (struct spill_span){ s.p + 1, s.len - 1 };
	label_keep(j->name, s);
}

static int
tell(struct json *j, const char *name, struct spill_span text, bool opens)
{
	const struct spill_element e = { .part = j->part,
		.name = spill_span(name),
		.uri = SPILL_SPAN(""),
		.text = text };

	return spill_labels_element(j->l, &e, opens);
}

static int
scalar(struct json *j, struct spill_span text)
{
	const char *name = j->name;
	int rc;

	if (j->depth > 0 && j->frame[j->depth - 1].array)
		name = j->frame[j->depth - 1].name;
	if (name[0] == '\0')
		return j->l->rc;
	rc = tell(j, name, SPILL_SPAN(""), true);
	return rc == SPILL_OK ? tell(j, name, text, false) : rc;
}

static int
push(struct json *j, bool array)
{
	struct frame *f = &j->frame[j->depth];
	const struct frame *outer = j->depth > 0 ? f - 1 : NULL;

	*f = (struct frame){ .array = array };
	memcpy(f->name, outer != NULL && outer->array ? outer->name : j->name,
	    sizeof(f->name));
	f->element = !array && f->name[0] != '\0';
	j->depth++;
	j->name[0] = '\0';
	return f->element ? tell(j, f->name, SPILL_SPAN(""), true) : j->l->rc;
}

static int
pop(struct json *j)
{
	const struct frame *f = &j->frame[--j->depth];

	j->name[0] = '\0';
	return f->element ? tell(j, f->name, SPILL_SPAN(""), false) : j->l->rc;
}

/* --- values ------------------------------------------------------------- */

static struct spill_span
bare(struct json *j)
{
	const char *p = j->rest.p;
	size_t n = 0;

	while (
	    n < j->rest.len &&
	    (strchr("+-.", p[n]) != NULL || (p[n] >= '0' && p[n] <= '9') ||
		(p[n] >= 'a' && p[n] <= 'z') || (p[n] >= 'A' && p[n] <= 'Z')))
		n++;
	j->rest = (struct spill_span){ p + n, j->rest.len - n };
	return (struct spill_span){ p, n };
}

/* One token more; SPILL_END: there is none, or it is no JSON. */
static int
next(struct json *j)
{
	struct spill_span word;

	if (take(j, ','))
		return SPILL_OK;
	if (take(j, '{'))
		return j->depth < DEEP ? push(j, false) : SPILL_END;
	if (take(j, '['))
		return j->depth < DEEP ? push(j, true) : SPILL_END;
	if (take(j, '}') || take(j, ']'))
		return j->depth > 0 ? pop(j) : SPILL_END;
	if (take(j, '"')) {
		string(j);
		if (j->text.rc != SPILL_OK)
			return SPILL_END;
		if (take(j, ':'))
			keep_name(j);
		else
			return scalar(j, spill_buf_as_span(&j->text));
		return SPILL_OK;
	}
	word = bare(j);
	return word.len > 0 ? scalar(j, word) : SPILL_END;
}

int
label_json(
    struct spill_labels *l, struct spill_span part, struct spill_span text)
{
	struct json j = { .l = l,
		.part = part,
		.rest = text,
		.text = SPILL_BUF_INIT(STRINGS) };
	int rc = l->rc;

	while (rc == SPILL_OK)
		rc = next(&j);
	rc = rc == SPILL_END ? SPILL_OK : rc;
	while (j.depth > 0 && rc == SPILL_OK)
		rc = pop(&j);
	spill_buf_release(&j.text);
	return rc;
}
