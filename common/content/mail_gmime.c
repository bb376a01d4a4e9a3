/*
 * mail_gmime.c: what gmime does for us: encoded words (RFC 2047), parameters
 * (RFC 2045, 2231) with what mailers make of them, charsets, and uuencode.
 */
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include <gmime/gmime.h>

#include "mail_i.h"

static GMimeParserOptions *options;

/* glibc loads the table of a charset when it is first asked for, from a file
 * that a jailed process cannot open; and drops it with the last handle. */
static void
keep_charsets(void)
{
	static const char *const names[] = { "ISO-8859-1", "ISO-8859-2",
		"ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6",
		"ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-10",
		"ISO-8859-11", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15",
		"ISO-8859-16", "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252",
		"WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256",
		"WINDOWS-1257", "WINDOWS-1258", "WINDOWS-874", "CP437", "CP850",
		"CP852", "CP866", "KOI8-R", "KOI8-U", "KOI8-T", "MACINTOSH",
		"MAC-CYRILLIC", "TIS-620", "BIG5", "BIG5-HKSCS", "GB2312",
		"GBK", "GB18030", "EUC-CN", "EUC-TW", "HZ", "SHIFT_JIS",
		"CP932", "EUC-JP", "ISO-2022-JP", "ISO-2022-JP-2", "EUC-KR",
		"CP949", "ISO-2022-KR", "JOHAB", "UTF-7", "UTF-16", "UTF-32",
		"IBM037", "US-ASCII" };

	static iconv_t kept[SPILL_COUNT(names)][2];

	/* A charset that is not installed is not there later. */
	for (size_t i = 0; i < SPILL_COUNT(names); i++) {
		if (kept[i][0] == NULL)
			kept[i][0] = iconv_open("UTF-8", names[i]);
		if (kept[i][1] == NULL)
			kept[i][1] = iconv_open(names[i], "UTF-8");
	}
}

int
mail_gmime_init(void)
{
	static const char *guess[] = { "utf-8", "windows-1252", NULL };

	if (options != NULL)
		return SPILL_OK;
	g_mime_init();
	options = g_mime_parser_options_new();
	if (options == NULL)
		return SPILL_ENOMEM;
	g_mime_parser_options_set_fallback_charsets(options, guess);
	keep_charsets();
	return SPILL_OK;
}

/* A C string of it: a NUL would end it too early, line breaks are folds. */
static char *
text_of(struct spill_span raw, size_t more)
{
	char *p = g_malloc(raw.len + more + 1);

	for (size_t i = 0; i < raw.len; i++)
		p[i] = raw.p[i] == '\0' ? ' ' : raw.p[i];
	p[raw.len] = '\0';
	return p;
}

bool
mail_words(struct spill_buf *out, struct spill_span raw)
{
	char *text, *said;
	bool guessed;

	while (raw.len > 0 && strchr(" \t\r\n", raw.p[0]) != NULL) {
		raw.p++;
		raw.len--;
	}
	text = text_of(raw, 0);
	guessed = !g_utf8_validate(text, -1, NULL);
	said = g_mime_utils_header_decode_text(options, text);
	if (said != NULL)
		spill_buf_puts(out, said);
	else
		spill_buf_span(out, raw);
	g_free(said);
	g_free(text);
	return guessed;
}

/* --- parameters --------------------------------------------------------- */

/* As gmime is to read it: a \ in a quoted string that quotes neither " nor \
 * is a Windows path's, and stays. */
static char *
quotable(struct spill_span raw)
{
	char *p = text_of((struct spill_span){ "", 0 }, 2 * raw.len);
	bool quoted = false;
	size_t to = 0;

	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.p[i] == '\0' ? ' ' : raw.p[i];
		char next = i + 1 < raw.len ? raw.p[i + 1] : '\0';

		p[to++] = c;
		if (c == '"')
			quoted = !quoted;
		if (c != '\\' || !quoted)
			continue;
		if (next == '"' || next == '\\') {
			p[to++] = next;
			i++;
		} else {
			p[to++] = '\\';
		}
	}
	p[to] = '\0';
	return p;
}

/* A parameter's value; of one that has no end the quote is left. */
static void
put_name(struct mail_type *t, const char *value)
{
	spill_buf_reset(&t->name);
	if (value[0] == '"')
		value++;
	t->guessed = !g_utf8_validate(value, -1, NULL);
	if (t->guessed)
		(void)mail_words(&t->name, spill_span(value));
	else
		spill_buf_puts(&t->name, value);
}

static const char *
param(GMimeParamList *list, const char *name)
{
	GMimeParam *p = g_mime_param_list_get_parameter(list, name);

	return p != NULL ? g_mime_param_get_value(p) : NULL;
}

/* What is declared stands before the first ';'; gmime reads no parameters
 * behind a type that has no '/'. */
void
mail_type_read(struct mail_type *t, struct spill_span raw)
{
	const char *semi = memchr(raw.p, ';', raw.len), *v;
	size_t n = semi != NULL ? (size_t)(semi - raw.p) : raw.len, from = 0;
	char *rest = quotable((struct spill_span){ raw.p + n, raw.len - n });
	char *text = g_strconcat("a/b", rest, NULL);
	GMimeContentType *type = g_mime_content_type_parse(options, text);
	GMimeParamList *list = g_mime_content_type_get_parameters(type);

	spill_buf_reset(&t->mime);
	while (n > 0 && strchr(" \t\r\n", raw.p[n - 1]) != NULL)
		n--;
	while (from < n && strchr(" \t\r\n", raw.p[from]) != NULL)
		from++;
	for (; from < n && raw.p[from] != '('; from++)
		if (strchr(" \t\r\n", raw.p[from]) == NULL)
			spill_buf_putc(&t->mime, g_ascii_tolower(raw.p[from]));
	if ((v = param(list, "boundary")) != NULL)
		spill_buf_puts(&t->boundary, v + (*v == '"'));
	spill_buf_reset(&t->charset);
	if ((v = param(list, "charset")) != NULL)
		spill_buf_puts(&t->charset, v + (*v == '"'));
	if ((v = param(list, "name")) != NULL)
		put_name(t, v);
	g_object_unref(type);
	g_free(text);
	g_free(rest);
}

void
mail_disposition_read(struct mail_type *t, struct spill_span raw)
{
	char *text = quotable(raw);
	GMimeContentDisposition *d =
	    g_mime_content_disposition_parse(options, text);
	GMimeParamList *list;
	const char *v;

	g_free(text);
	if (d == NULL)
		return;
	list = g_mime_content_disposition_get_parameters(d);
	t->attachment = g_mime_content_disposition_is_attachment(d);
	if ((v = param(list, "filename")) != NULL && *v != '\0')
		put_name(t, v);
	if ((v = param(list, "creation-date")) != NULL)
		t->born = mail_date(spill_span(v));
	if ((v = param(list, "modification-date")) != NULL)
		t->modified = mail_date(spill_span(v));
	if ((v = param(list, "read-date")) != NULL)
		t->accessed = mail_date(spill_span(v));
	g_object_unref(d);
}

size_t
mail_uu_step(struct mail_uu_state *s, const char *p, size_t n, char *out)
{
	guint32 save = s->save;
	size_t len;

	s->state |= GMIME_UUDECODE_STATE_BEGIN;
	len = g_mime_encoding_uudecode_step((const unsigned char *)p, n,
	    (unsigned char *)out, &s->state, &save);
	s->save = save;
	return len;
}
