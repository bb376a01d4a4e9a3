/*
 * label_bytes_test.c: labels of whole files: ESS, CMS, NITF, JSON, cut at each
 * byte; and files of others, where they are there.
 */
#include "label_told.h"
#include "unpack_util.h"

/* --- ESS and CMS -------------------------------------------------------- */

/* A value that holds what is in b from `at` on. */
static void
wrap(struct spill_buf *b, size_t at, uint8_t tag, bool told_length)
{
	size_t len = b->len - at, n = 0;
	uint8_t head[6];

	head[n++] = tag;
	if (!told_length) {
		head[n++] = 0x80;
		spill_buf_put(b, "\0\0", 2);
		len += 2;
	} else if (len < 0x80) {
		head[n++] = (uint8_t)len;
	} else {
		head[n++] = 0x82;
		head[n++] = (uint8_t)(len >> 8);
		head[n++] = (uint8_t)len;
	}
	spill_buf_put(b, head, n);
	memmove(b->p + at + n, b->p + at, len);
	memcpy(b->p + at, head, n);
}

static void
put_oid(struct spill_buf *b, const char *bytes, size_t n)
{
	size_t at = b->len;

	spill_buf_put(b, bytes, n);
	wrap(b, at, 0x06, true);
}

#define OID(b, s) put_oid(b, s, sizeof(s) - 1)

static void
put_bytes(struct spill_buf *b, uint8_t tag, const char *s)
{
	size_t at = b->len;

	spill_buf_puts(b, s);
	wrap(b, at, tag, true);
}

/* A label: policy, grade; country 804 in the list of those to whom. */
static void
put_label(struct spill_buf *b, uint8_t grade, bool der)
{
	size_t at = b->len, set, one;

	OID(b, "\x2b\x1a\x01\x03\x01");
	spill_buf_put(b, "\x02\x01", 2);
	spill_buf_putc(b, (char)grade);
	put_bytes(b, 0x13, "CLEAR");
	set = one = b->len;
	spill_buf_put(b, "\x80\x05\x2b\x1a\x01\x04\x02", 7);
	spill_buf_put(b, "\xa1\x04\x02\x02\x03\x24", 6);
	wrap(b, one, 0x30, der);
	wrap(b, set, 0x31, der);
	wrap(b, at, 0x31, der);
}

static void
put_cms(struct spill_buf *b, bool der, size_t content)
{
	size_t all = b->len, tagged, data, encap, signers, signer, attrs;

	OID(b, "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
	tagged = data = b->len;
	spill_buf_put(b, "\x02\x01\x03", 3);
	spill_buf_put(b, "\x31\x00", 2);
	encap = b->len;
	OID(b, "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
	attrs = b->len;
	for (size_t i = 0; i < content; i++)
		spill_buf_put(b,
		    "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10"
		    "\x02\x02\x31\x00",
		    15);
	wrap(b, attrs, 0x04, true);
	wrap(b, attrs, 0xa0, der);
	wrap(b, encap, 0x30, der);
	signers = signer = b->len;
	spill_buf_put(b, "\x02\x01\x01", 3);
	attrs = b->len;
	OID(b, "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x02");
	encap = b->len;
	put_label(b, 4, der);
	wrap(b, encap, 0x31, der);
	wrap(b, attrs, 0x30, der);
	wrap(b, attrs, 0xa0, der);
	put_bytes(b, 0x04, "signature");
	wrap(b, signer, 0x30, der);
	wrap(b, signers, 0x31, der);
	wrap(b, data, 0x30, der);
	wrap(b, tagged, 0xa0, der);
	wrap(b, all, 0x30, der);
}

static void
test_ess(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);

	(void)state;
	assert_bytes("\x31\x0a\x02\x01\x02\x06\x05\x2b\x1a\x01\x03\x01",
	    "ess NATO 2 level=NATO RESTRICTED\n");
	/* Another's policy, in BER's order. */
	assert_bytes("\x31\x0a\x06\x05\x2b\x1a\x01\x03\x07\x02\x01\x04",
	    "ess  4 level=SECRET\n");
	/* Unmarked; no grade; a number too high; more behind it. */
	assert_bytes("\x31\x0a\x02\x01\x00\x06\x05\x2b\x1a\x01\x03\x01", "");
	assert_bytes("\x31\x07\x06\x05\x2b\x1a\x01\x03\x01", "");
	assert_bytes("\x31\x0a\x02\x01\x7f\x06\x05\x2b\x1a\x01\x03\x01", "");
	assert_bytes(
	    "\x31\x0a\x02\x01\x02\x06\x05\x2b\x1a\x01\x03\x01\x00", "");
	put_label(&b, 5, true);
	cut_everywhere(spill_buf_as_span(&b),
	    "ess NATO 5 level=COSMIC TOP SECRET rel=UKR\n");
	spill_buf_reset(&b);
	put_label(&b, 3, false);
	cut_everywhere(spill_buf_as_span(&b),
	    "ess NATO 3 level=NATO CONFIDENTIAL rel=UKR\n");
	spill_buf_release(&b);
}

static void
test_cms(void **state)
{
	static const char want[] = "ess NATO 4 level=NATO SECRET rel=UKR\n";
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);

	(void)state;
	for (int der = 0; der < 2; der++) {
		/* What is signed may hold the bytes of an attribute. */
		for (size_t content = 0; content < 200; content += 64) {
			spill_buf_reset(&b);
			put_cms(&b, der == 1, content);
			if (content == 0)
				cut_everywhere(spill_buf_as_span(&b), want);
			assert_string_equal(
			    of_bytes(spill_buf_as_span(&b)), want);
		}
		/* Each byte changed: it ends. */
		for (size_t i = 0; i < b.len; i++) {
			b.p[i] ^= 0x81;
			(void)of_bytes(spill_buf_as_span(&b));
			b.p[i] ^= 0x81;
		}
		/* Not a signed message, but one that is enveloped. */
		((char *)memchr(b.p, 0x06, 16))[10] = 3;
		assert_string_equal(of_bytes(spill_buf_as_span(&b)), "");
	}
	spill_buf_release(&b);
}

/* "openssl cms" and mailers write it in base64. */
static void
test_armour(void **state)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
				      "nopqrstuvwxyz0123456789+/";
	struct spill_buf b = SPILL_BUF_INIT(1 << 20), t = b;

	(void)state;
	put_cms(&b, true, 0);
	while (b.len % 3 != 0)
		spill_buf_putc(&b, '\0');
	spill_buf_puts(&t, "-----BEGIN CMS-----\n");
	for (size_t i = 0; i < b.len; i += 3) {
		uint32_t v = (uint32_t)(uint8_t)b.p[i] << 16 |
			     (uint32_t)(uint8_t)b.p[i + 1] << 8 |
			     (uint8_t)b.p[i + 2];

		for (int k = 18; k >= 0; k -= 6)
			spill_buf_putc(&t, letters[v >> k & 63]);
		if (i % 48 == 45)
			spill_buf_putc(&t, '\n');
	}
	spill_buf_puts(&t, "\n-----END CMS-----\n");
	cut_everywhere(
	    spill_buf_as_span(&t), "ess NATO 4 level=NATO SECRET rel=UKR\n");
	assert_string_equal(
	    of_bytes((struct spill_span){ t.p + 20, t.len - 20 }),
	    "ess NATO 4 level=NATO SECRET rel=UKR\n");
	spill_buf_release(&b);
	spill_buf_release(&t);
}

/* --- NITF --------------------------------------------------------------- */

static void
put_field(struct spill_buf *b, const char *s, size_t width)
{
	size_t n = strlen(s);

	assert_true(n <= width);
	spill_buf_puts(b, s);
	while (n++ < width)
		spill_buf_putc(b, ' ');
}

/* The security fields of 2.1: letter, country, codewords, control, to whom. */
static void
put_security(struct spill_buf *b, const char *letter, const char *country,
    const char *words, const char *to)
{
	put_field(b, letter, 1);
	put_field(b, country, 2);
	put_field(b, words, 11);
	put_field(b, "", 2);
	put_field(b, to, 20);
	put_field(b, "", 131);
}

/* One image and one text behind a header. */
static void
put_nitf(struct spill_buf *b, const char *magic, const char *country)
{
	put_field(b, magic, 9);
	put_field(b, "03BF01test", 2 + 4 + 10 + 14 + 80);
	put_security(b, "S", country, "XX YY", "GBR FRA");
	put_field(b, "0000000000", 5 + 5);
	put_field(b, "0", 1 + 3 + 24 + 18);
	put_field(b, "000000000000", 12);
	put_field(b, "000423", 6);
	put_field(b, "001000439000000000300000000100100300010000000000", 48);
	assert_int_equal(b->len, 119 + 167 + 74 + 48);
	put_field(b, "", 423 - b->len);
	put_field(b, "IM", 123);
	put_security(b, "T", country, "", "");
	put_field(b, "", 439 - 123 - 167 + 3);
	put_field(b, "TE", 106);
	put_security(b, "U", country, "", "");
	put_field(b, "", 30);
}

static void
test_nitf(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);

	(void)state;
	show_ = PART;
	put_nitf(&b, "NITF02.10", "US");
	cut_everywhere(spill_buf_as_span(&b),
	    "nitf US 4 level=SECRET cat=XX;YY rel=FRA;GBR\n"
	    "nitf US 5 level=TOP SECRET part=image 1 portion\n"
	    "nitf US 1 level=UNCLASSIFIED part=text 1 portion\n");
	spill_buf_reset(&b);
	put_nitf(&b, "NSIF01.00", "XN");
	assert_string_equal(of_bytes(spill_buf_as_span(&b)),
	    "nitf NATO 4 level=NATO SECRET cat=XX;YY rel=FRA;GBR\n"
	    "nitf NATO 5 level=COSMIC TOP SECRET part=image 1 portion\n"
	    "nitf NATO 1 level=NATO UNCLASSIFIED part=text 1 portion\n");
	b.p[119] = 'Q';
	assert_string_equal(of_bytes((struct spill_span){ b.p, 423 }), "");
	spill_buf_release(&b);
	show_ = 0;
}

/* --- JSON, cut ----------------------------------------------- */

static void
test_json_cut(void **state)
{
	static const char json[] =
	    "{\"originatorConfidentialityLabel\":{\"PolicyIdentifier\":"
	    "\"NATO\",\"Classification\":\"SEC\\u0052ET\",\"a\":[[{\"b\":"
	    "\"\\ud83d\\ude00\\n\"}],null,-1.5e3]}}";

	(void)state;
	cut_everywhere(
	    SPILL_SPAN(json), "stanag4774 NATO 4 level=NATO SECRET\n");
}

/* XML without a declaration is XML all the same. */
static void
test_bare_xml(void **state)
{
	(void)state;
	assert_bytes("\xef\xbb\xbf\n<a:originatorConfidentialityLabel "
		     "xmlns:a='u'><a:PolicyIdentifier>NATO</a:PolicyIdentifier>"
		     "<a:Classification>SECRET</a:Classification>"
		     "</a:originatorConfidentialityLabel>",
	    "stanag4774 NATO 4 level=NATO SECRET\n");
	assert_bytes("<html><originatorConfidentialityLabel/>", "");
}

/* --- too many, too deep ------------------------------------------------- */

static void
test_limits(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(64 << 20);
	char one[128];
	const char *at, *text;
	unsigned lines = 0;

	(void)state;
	/* Each portion differs: there is an end, and the highest is kept. */
	spill_buf_puts(&b, "<d xmlns:i=\"urn:us:gov:ic:ism\">");
	for (int i = 0; i < 20000; i++) {
		(void)snprintf(one, sizeof(one),
		    "<p i:classification=\"U\" i:ownerProducer=\"USA\" "
		    "i:SARIdentifier=\"P%d\"/>",
		    i);
		spill_buf_puts(&b, one);
	}
	spill_buf_puts(&b, "<p i:classification=\"TS\" "
			   "i:ownerProducer=\"USA\"/></d>");
	text = of_xml(spill_buf_as_span(&b));
	for (at = text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	assert_int_equal(lines, LABEL_MOST);
	assert_non_null(strstr(text, "ism US 5 level=TOP SECRET"));
	/* Arrays in arrays; labels in labels. */
	spill_buf_reset(&b);
	spill_buf_puts(&b, "{\"Ocl\":");
	for (int i = 0; i < 1000000; i++)
		spill_buf_puts(&b, "[{\"assertions\":");
	(void)of_bytes(spill_buf_as_span(&b));
	spill_buf_release(&b);
}

/* --- files of others ---------------------------------------------------- */

/* The label of the whole, of the highest grade. */
static int
highest(void *ctx, const struct spill_label *x)
{
	struct spill_label *to = ctx;

	if ((x->flags & (SPILL_LABEL_PORTION | SPILL_LABEL_POLICY)) == 0 &&
	    x->marking.rank > to->marking.rank)
		*to = *x;
	return SPILL_OK;
}

static struct spill_label
label_of(struct spill_span s)
{
	struct spill_label best = label_new(SPILL_LABEL_ISM, SPILL_SPAN(""));
	const struct spill_label_sink sink = { highest, &best };
	struct spill_src src = spill_src_of(s);

	spill_labels_begin(labels);
	assert_int_equal(spill_labels_bytes(labels, &src, s), SPILL_OK);
	if (s.len > 0 && s.p[0] == '<')
		feed_xml(s);
	assert_int_equal(spill_labels_end(labels, &sink), SPILL_OK);
	return best;
}

/* What stands behind a key of a row, up to the next comma; NULL: another key.
 */
static char *
answer(const char *row, const char *key)
{
	const char *p = strstr(row, key);

	return p != NULL
		   ? strndup(p + strlen(key), strcspn(p + strlen(key), ","))
		   : NULL;
}

/* file,key,value,...: true, it was one of labels. */
static bool
check_row(const char *row)
{
	struct spill_buf b = SPILL_BUF_INIT(64 << 20);
	char *grade = answer(row, ",ism.resource.classification,"), path[512];
	struct spill_label x;

	if (grade == NULL)
		grade = answer(row, ",nitf.FSCLAS,");
	if (grade == NULL && strncmp(row, "ism/", 4) == 0)
		grade = answer(row, ",marking.present,no");
	if (grade == NULL)
		return false;
	(void)snprintf(
	    path, sizeof(path), "markings/%.*s", (int)strcspn(row, ","), row);
	assert_true(unpack_shared(path, &b));
	x = label_of(spill_buf_as_span(&b));
	if (x.marking.rank != label_rank(spill_span(grade)) ||
	    (grade[0] != '\0' && strcmp(x.marking.scheme, "US") != 0))
		fail_msg("%s: '%s' is %s %d", path, grade, x.marking.scheme,
		    x.marking.rank);
	free(grade);
	spill_buf_release(&b);
	return true;
}

static void
test_files(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(64 << 20);
	unsigned checked = 0;

	(void)state;
	if (!unpack_shared("markings/answers.csv", &b)) {
		print_message("skipped: markings/answers.csv is not there\n");
		spill_buf_release(&b);
		skip();
	}
	spill_buf_putc(&b, '\0');
	for (char *row = b.p, *end; *row != '\0'; row = end + 1) {
		end = strchr(row, '\n');
		if (end == NULL)
			break;
		*end = '\0';
		checked += check_row(row);
	}
	assert_true(checked >= 55);
	spill_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ess),
		cmocka_unit_test(test_cms),
		cmocka_unit_test(test_armour),
		cmocka_unit_test(test_nitf),
		cmocka_unit_test(test_json_cut),
		cmocka_unit_test(test_bare_xml),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
