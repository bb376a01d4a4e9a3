/*
 * fold.c: what each character is for the grammar of markings, as C, on the
 * machine that builds: from the tables of ICU, so that none are needed later.
 *
 * usage: fold >fold_i.h
 *
 * A character is an index of fold_class[], in pages of 128 of which equal ones
 * are there once; a class has the folded text and what it was made of. The
 * order of work is that of normal.h: NFKC, upper case by the root locale, NFD,
 * look-alikes. Marks stay: whether they go depends on what they stand on.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#include "fold_i.h"

#define LAST  0x20000 /* what lies beyond is a letter of its own */
#define PAGE  128
#define PAGES (LAST / PAGE)
#define UNITS 64
#define MOST  24 /* bytes that one character becomes */
#define CLASS 65535
#define TEXT  ((size_t)1 << 20)

struct class
{
	uint8_t kind, letters, script, form, len;
	uint32_t text;
};

static struct class classes[CLASS];
static unsigned nclasses;
static char text[TEXT];
static size_t ntext;
static uint16_t page[PAGES][PAGE];
static unsigned npages;
static USpoofChecker *spoof;
static const UNormalizer2 *nfkc, *nfd;

static void
check(UErrorCode e, const char *what)
{
	if (U_SUCCESS(e))
		return;
	fprintf(stderr, "fold: %s: %s\n", what, u_errorName(e));
	exit(1);
}

/* --- marks of punctuation ----------------------------------------------- */

static const struct {
	UChar32 from, to;
	char mark;
} marks[] = {
	{ 0xb7, 0xb7, 'o' },
	{ 0x2022, 0x2023, 'o' },
	{ 0x2043, 0x2043, 'o' },
	{ 0x204c, 0x204d, 'o' },
	{ 0x2219, 0x2219, 'o' },
	{ 0x22c5, 0x22c5, 'o' },
	{ 0x2010, 0x2015, '-' },
	{ 0x2044, 0x2044, '/' },
	{ 0x2215, 0x2215, '/' },
	{ 0x2571, 0x2571, '/' },
	{ 0x29f8, 0x29f8, '/' },
	{ 0x2039, 0x203a, '\'' },
	{ 0x2018, 0x201b, '\'' },
	{ 0x2b9, 0x2bf, '\'' },
	{ 0xb4, 0xb4, '\'' },
	{ 0x2032, 0x2032, '\'' },
	{ 0x2035, 0x2035, '\'' },
	{ 0x5f3, 0x5f3, '\'' },
	{ 0xab, 0xab, '"' },
	{ 0xbb, 0xbb, '"' },
	{ 0x201c, 0x201f, '"' },
	{ 0x2033, 0x2037, '"' },
	{ 0x5f4, 0x5f4, '"' },
	{ 0x300a, 0x300f, '"' },
	{ 0x301d, 0x301f, '"' },
	{ 0x2500, 0x259f, ' ' },
	{ 0x25a1, 0x25a2, 'b' },
	{ 0x25fb, 0x25fb, 'b' },
	{ 0x2610, 0x2610, 'b' },
	{ 0x2b1c, 0x2b1c, 'b' },
	{ 0x274f, 0x2752, 'b' },
	{ 0x2611, 0x2612, 'x' },
	{ 0x2713, 0x2718, 'x' },
	{ 0x22a0, 0x22a0, 'x' },
	{ 0x25a3, 0x25a3, 'x' },
	{ 0x1f5f4, 0x1f5f9, 'x' },
	{ 0x25a0, 0x25ff, 'o' },
	{ 0x2b24, 0x2b2b, 'o' },
	{ 0x2605, 0x2606, '*' },
	{ 0x2217, 0x2217, '*' },
	{ 0x22c6, 0x22c6, '*' },
	{ 0x2020, 0x2021, '*' },
	{ 0x203b, 0x203b, '*' },
	{ 0x2721, 0x274b, '*' },
	{ 0xd7, 0xd7, '*' },
	{ 0xa1, 0xa1, '!' },
	{ 0xbf, 0xbf, '?' },
	{ 0xa6, 0xa7, '#' },
	{ 0xb6, 0xb6, '#' },
	{ 0x2030, 0x2031, '%' },
	{ 0x2190, 0x21ff, '>' },
	{ 0x60c, 0x60c, ',' },
	{ 0x61b, 0x61b, ';' },
	{ 0x61f, 0x61f, '?' },
	{ 0x6d4, 0x6d4, '.' },
	{ 0x964, 0x965, '.' },
	{ 0x589, 0x589, ':' },
	{ 0x3001, 0x3001, ',' },
	{ 0x3002, 0x3002, '.' },
	{ 0x3010, 0x3010, '[' },
	{ 0x3011, 0x3011, ']' },
	{ 0x3016, 0x3016, '[' },
	{ 0x3017, 0x3017, ']' },
	{ 0x30fb, 0x30fb, 'o' },
	/* What Symbol and Wingdings became in documents of Word. */
	{ 0xf02d, 0xf02d, '-' },
	{ 0xf052, 0xf054, 'x' },
	{ 0xf06e, 0xf06e, 'o' },
	{ 0xf06f, 0xf072, 'b' },
	{ 0xf0a3, 0xf0a3, 'b' },
	{ 0xf0a8, 0xf0a8, 'b' },
	{ 0xf0a7, 0xf0a7, 'o' },
	{ 0xf0b7, 0xf0b7, 'o' },
	{ 0xf0d8, 0xf0d8, 'o' },
	{ 0xf0fc, 0xf0fe, 'x' },
};

static char
mark_of(UChar32 c)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (c >= marks[i].from && c <= marks[i].to)
			return marks[i].mark;
	if (u_hasBinaryProperty(c, UCHAR_DASH) ||
	    u_hasBinaryProperty(c, UCHAR_HYPHEN))
		return '-';
	if (u_hasBinaryProperty(c, UCHAR_QUOTATION_MARK))
		return '"';
	switch (u_charType(c)) {
	case U_START_PUNCTUATION:
		return '(';
	case U_END_PUNCTUATION:
		return ')';
	case U_CURRENCY_SYMBOL:
		return '$';
	default:
		return '~';
	}
}

/* --- letters ------------------------------------------------------------ */

/* The letter that stands in its name, of which it is a form: SMALL CAPITAL,
 * WITH STROKE, SQUARED, ... */
static char
named(UChar32 c)
{
	static const char *const before[] = { "LATIN LETTER SMALL CAPITAL ",
		"LATIN CAPITAL LETTER ", "LATIN SMALL LETTER ",
		"NEGATIVE CIRCLED LATIN CAPITAL LETTER ",
		"NEGATIVE SQUARED LATIN CAPITAL LETTER ",
		"REGIONAL INDICATOR SYMBOL LETTER " };
	char name[128];
	UErrorCode e = U_ZERO_ERROR;

	u_charName(c, U_UNICODE_CHAR_NAME, name, sizeof(name), &e);
	if (U_FAILURE(e))
		return '\0';
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		size_t n = strlen(before[i]);

		if (strncmp(name, before[i], n) != 0)
			continue;
		if (name[n] < 'A' || name[n] > 'Z')
			return '\0';
		if (name[n + 1] == '\0' ||
		    strncmp(name + n + 1, " WITH ", 6) == 0)
			return name[n];
		return '\0';
	}
	return '\0';
}

static char
skeleton(UChar32 c)
{
	UChar in[2], out[UNITS];
	UErrorCode e = U_ZERO_ERROR;
	int32_t n = 0, len;

	U16_APPEND_UNSAFE(in, n, c);
	len = uspoof_getSkeleton(spoof, 0, in, n, out, UNITS, &e);
	if (U_FAILURE(e) || len != 1 || out[0] > 'z')
		return '\0';
	if (out[0] == 'l')
		return 'I';
	return u_isalpha(out[0]) ? (char)u_toupper(out[0]) : '\0';
}

static bool
has_twins(UScriptCode s)
{
	return s == USCRIPT_CYRILLIC || s == USCRIPT_GREEK ||
	       s == USCRIPT_COPTIC || s == USCRIPT_ARMENIAN ||
	       s == USCRIPT_CHEROKEE || s == USCRIPT_LISU;
}

/* The Latin letter that looks like this one, by its capital. */
static char
twin(UChar32 c)
{
	UErrorCode e = U_ZERO_ERROR;
	char t;

	if (!has_twins(uscript_getScript(c, &e)) || !u_isalpha(c))
		return '\0';
	switch (c) {
	case 0x423: /* loose: u with a tail */
		return 'Y';
	case 0x50c:
		return 'G';
	case 0x42c: /* no vowel of Latin */
		return '\0';
	default:
		break;
	}
	t = skeleton(c);
	if (t == '\0' && c > 0x45f)
		t = skeleton(u_tolower(c));
	return t;
}

static unsigned
script_of(UChar32 c)
{
	UErrorCode e = U_ZERO_ERROR;

	switch (uscript_getScript(c, &e)) {
	case USCRIPT_LATIN:
		return FOLD_LATIN;
	case USCRIPT_CYRILLIC:
		return FOLD_CYRILLIC;
	case USCRIPT_GREEK:
		return FOLD_GREEK;
	case USCRIPT_COPTIC:
	case USCRIPT_ARMENIAN:
	case USCRIPT_CHEROKEE:
	case USCRIPT_LISU:
		return FOLD_TWINS;
	default:
		return 0;
	}
}

/* --- a character -------------------------------------------------------- */

static bool
is_gone(UChar32 c)
{
	return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
	       (c >= 0xfff9 && c <= 0xfffb) || (u_charType(c) == U_FORMAT_CHAR);
}

static void
put(struct class *k, UChar32 c)
{
	int32_t n = k->len;

	if (n > MOST)
		return;
	U8_APPEND_UNSAFE((uint8_t *)text + ntext, n, c);
	k->len = (uint8_t)n;
}

/* A mark alone is told by its kind: some are letters of ASCII. */
static void
put_mark(struct class *k, char mark)
{
	k->kind = k->len == 0 ? FOLD_PUNCT : FOLD_TEXT;
	put(k, k->kind == FOLD_TEXT && u_isalpha(mark) ? '~' : mark);
}

/* One character of what NFD made of it, in capitals. */
static void
put_folded(struct class *k, UChar32 c)
{
	char t;

	if (c < 0x80) {
		put(k, u_toupper(c));
		return;
	}
	if (u_charDigitValue(c) >= 0) {
		put(k, '0' + u_charDigitValue(c));
		return;
	}
	switch (c) {
	case 0xc6:
	case 0x1e9e:
	case 0x152:
	case 0xde:
		put(k, c == 0xde    ? 'T'
		       : c == 0xc6  ? 'A'
		       : c == 0x152 ? 'O'
				    : 'S');
		put(k, c == 0xde ? 'H' : c == 0x1e9e ? 'S' : 'E');
		return;
	case 0xd0:
	case 0x189:
		put(k, 'D');
		return;
	}
	t = named(c);
	if (t == '\0')
		t = twin(c);
	if (t != '\0')
		put(k, t);
	else if (u_isalpha(c) || U_GET_GC_MASK(c) & U_GC_M_MASK)
		put(k, c);
	else
		put_mark(k, mark_of(c));
}

/* As mark_goes() of normal.c has it for marks that come by themselves. */
static bool
mark_goes(UChar32 base, UChar32 mark)
{
	switch (script_of(base)) {
	case FOLD_LATIN:
	case FOLD_GREEK:
		return true;
	case FOLD_CYRILLIC:
		return base != 0x418 || mark != 0x306;
	default:
		return false;
	}
}

static void
decompose(struct class *k, UChar32 c)
{
	UChar a[UNITS], b[UNITS];
	UErrorCode e = U_ZERO_ERROR;
	int32_t n = 0, i = 0, len;
	UChar32 one, base = 0;

	U16_APPEND_UNSAFE(a, n, c);
	len = unorm2_normalize(nfkc, a, n, b, UNITS, &e);
	len = u_strToUpper(a, UNITS, b, len, "", &e);
	len = unorm2_normalize(nfkc, a, len, b, UNITS, &e);
	len = unorm2_normalize(nfd, b, len, a, UNITS, &e);
	check(e, "normalisation");
	while (i < len) {
		U16_NEXT(a, i, len, one);
		if (k->kind == FOLD_PUNCT)
			k->kind = FOLD_TEXT;
		if (!(U_GET_GC_MASK(one) & (U_GC_MN_MASK | U_GC_ME_MASK)))
			base = one;
		else if (base != 0 && mark_goes(base, one))
			continue;
		put_folded(k, one);
	}
}

static unsigned
letters_of(UChar32 c)
{
	if (u_charType(c) == U_UPPERCASE_LETTER ||
	    u_charType(c) == U_TITLECASE_LETTER ||
	    u_hasBinaryProperty(c, UCHAR_UPPERCASE))
		return FOLD_UPPER;
	return u_charType(c) == U_LOWERCASE_LETTER ? FOLD_LOWER : 0;
}

static bool
small_capital(UChar32 c)
{
	char name[128];
	UErrorCode e = U_ZERO_ERROR;

	u_charName(c, U_UNICODE_CHAR_NAME, name, sizeof(name), &e);
	return strstr(name, "LETTER SMALL CAPITAL") != NULL;
}

/* Full-width, mathematical, circled, ... and not what people write. */
static bool
is_form(UChar32 c)
{
	return small_capital(c) || (c >= 0xff01 && c <= 0xff5e) ||
	       (c >= 0x2460 && c <= 0x24ff) || (c >= 0x1d400 && c <= 0x1d7ff) ||
	       (c >= 0x1f100 && c <= 0x1f1ff) || (c >= 0xfb00 && c <= 0xfb06) ||
	       (c >= 0x1d2c && c <= 0x1d6a) ||
	       (c >= 0x2100 && c <= 0x214f && c != 0x2116 && c != 0x2122);
}

static struct class class_of(UChar32 c)
{
	struct class k = { .kind = FOLD_TEXT };

	if (is_gone(c)) {
		k.kind = FOLD_GONE;
	} else if (u_isUWhiteSpace(c) || u_charType(c) == U_CONTROL_CHAR ||
		   mark_of(c) == ' ') {
		k.kind = FOLD_BLANK;
	} else if (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK)) {
		k.kind = FOLD_MARK;
		decompose(&k, c);
	} else if (c >= 0xac00 && c <= 0xd7a3) {
		put(&k, c);
	} else if (c == 0xb0) {
		k.kind = FOLD_DEGREE;
	} else if (c == 0xb4 || mark_of(c) != '~' || !u_isdefined(c)) {
		put_mark(&k, mark_of(c));
	} else if (small_capital(c) && named(c) != '\0') {
		k = (struct class){ FOLD_TEXT, FOLD_UPPER, FOLD_LATIN, 1, 0,
			0 };
		put(&k, named(c));
	} else {
		k.letters =
		    (uint8_t)(small_capital(c) ? FOLD_UPPER : letters_of(c));
		k.script = (uint8_t)script_of(c);
		k.form = is_form(c);
		decompose(&k, c);
	}
	return k;
}

/* The number of its class; its text is kept once. */
static uint16_t
number(UChar32 c)
{
	struct class k = class_of(c);
	char *t = text + ntext;

	/* A letter that stays as it is: no text. */
	char own[4];
	int32_t n = 0;

	U8_APPEND_UNSAFE((uint8_t *)own, n, c);
	if (k.kind == FOLD_TEXT && k.len == n &&
	    memcmp(own, t, (size_t)n) == 0) {
		k.kind = FOLD_SAME;
		k.len = 0;
	}
	for (unsigned i = 0; i < nclasses; i++) {
		const struct class *o = &classes[i];

		if (o->kind == k.kind && o->letters == k.letters &&
		    o->script == k.script && o->form == k.form &&
		    o->len == k.len && memcmp(text + o->text, t, k.len) == 0)
			return (uint16_t)i;
	}
	k.text = (uint32_t)ntext;
	ntext += k.len;
	if (nclasses == CLASS || ntext + UNITS > TEXT) {
		fprintf(stderr, "fold: too many classes\n");
		exit(1);
	}
	classes[nclasses] = k;
	return (uint16_t)nclasses++;
}

/* --- output ------------------------------------------------------------- */

static void
print_classes(void)
{
	printf("static const struct fold_class fold_class[] = {\n");
	for (unsigned i = 0; i < nclasses; i++)
		printf("\t{ %u, %u, %u, %u, %u, %u },\n", classes[i].kind,
		    classes[i].letters, classes[i].script, classes[i].form,
		    classes[i].len, (unsigned)classes[i].text);
	printf("};\n\nstatic const char fold_text[] =");
	for (size_t i = 0; i < ntext; i++)
		printf("%s\\%03o%s", i % 16 == 0 ? "\n\t\"" : "",
		    (unsigned char)text[i],
		    i % 16 == 15 || i + 1 == ntext ? "\"" : "");
	printf(";\n\n");
}

static void
print_pages(const uint16_t *index)
{
	printf("static const uint16_t fold_page[][%u] = {\n", PAGE);
	for (unsigned i = 0; i < npages; i++) {
		printf("\t{");
		for (unsigned j = 0; j < PAGE; j++)
			printf(" %u,", page[i][j]);
		printf(" },\n");
	}
	printf("};\n\nstatic const uint16_t fold_index[%u] = {\n", PAGES);
	for (unsigned i = 0; i < PAGES; i++)
		printf("%s%u,%s", i % 16 == 0 ? "\t" : " ", index[i],
		    i % 16 == 15 ? "\n" : "");
	printf("};\n");
}

int
main(void)
{
	static uint16_t index[PAGES];
	UErrorCode e = U_ZERO_ERROR;

	nfkc = unorm2_getNFKCInstance(&e);
	nfd = unorm2_getNFDInstance(&e);
	spoof = uspoof_open(&e);
	check(e, "tables");
	for (unsigned i = 0; i < PAGES; i++) {
		unsigned j;

		for (j = 0; j < PAGE; j++)
			page[npages][j] = number((UChar32)(i * PAGE + j));
		for (j = 0; memcmp(page[j], page[npages], sizeof(*page)) != 0;)
			j++;
		index[i] = (uint16_t)j;
		npages += j == npages;
	}
	printf("/* Made by fold.c of ICU %s, Unicode %s. */\n", U_ICU_VERSION,
	    U_UNICODE_VERSION);
	print_classes();
	print_pages(index);
	uspoof_close(spoof);
	return ferror(stdout) || fflush(stdout) != 0;
}
