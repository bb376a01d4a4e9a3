/*
 * sniff_ext_test.c: which extensions fit which types, by what programs store
 * under them.
 */
#include "util.h"

#include <spill/sniff.h>

#define NONE	 SPILL_EXT_NONE
#define MATCH	 SPILL_EXT_MATCH
#define MISMATCH SPILL_EXT_MISMATCH
#define WORD                                             \
	"application/vnd.openxmlformats-officedocument." \
	"wordprocessingml.document"

static void
extensions_and_types(void **state)
{
	static const struct {
		const char *name, *mime, *type;
		enum spill_ext_match want;
	} v[] = {
		{ "a.pdf", "application/pdf", "PDF document", MATCH },
		{ "a.PDF", "application/pdf", "PDF document", MATCH },
		{ "a.b.jpg", "application/pdf", "PDF document", MISMATCH },
		{ "a.jpeg", "image/jpeg", "JPEG image data", MATCH },
		{ "a.jpe", "image/jpeg", "JPEG image data", MATCH },
		{ "a.png", "image/jpeg", "JPEG image data", MISMATCH },
		{ "a.docx", WORD, "Microsoft Word 2007+", MATCH },
		{ "a.zip", WORD, "Microsoft Word 2007+", MISMATCH },
		{ "a.xlsx", WORD, "Microsoft Word 2007+", MISMATCH },
		{ "a.docx", "application/zip", "Zip archive data", MATCH },
		{ "a.pdf", "application/zip", "Zip archive data", MISMATCH },
		{ "a.doc", "text/rtf", "Rich Text Format data", MATCH },
		{ "a.txt", "text/rtf", "Rich Text Format data", MISMATCH },
		{ "a.txt", "text/plain", "ASCII text", MATCH },
		{ "a.md", "text/plain", "ASCII text", MATCH },
		{ "a.h", "text/x-java", "Java source, ASCII text", MATCH },
		{ "a.txt", "text/x-unheard-of", "new text", MATCH },
		{ "a.csv", "text/csv", "CSV text", MATCH },
		{ "a.json", "application/json", "JSON text data", MATCH },
		{ "a.eml", "message/rfc822", "RFC 822 mail", MATCH },
		{ "a.docx", "text/plain", "ASCII text", MISMATCH },
		{ "a.exe", "text/plain", "ASCII text", MISMATCH },
		{ "a.dll", "application/x-dosexec", "PE32+", MATCH },
		{ "a.doc", "application/x-dosexec", "PE32+", MISMATCH },
		{ "a.xls", "application/CDFV2", "CDFV2 Encrypted", MATCH },
		{ "a.docx", "application/CDFV2", "CDFV2 Encrypted", MATCH },
		{ "a.gz", "application/gzip", "gzip", MATCH },
		{ "a.tar.gz", "application/gzip", "gzip", MATCH },
		{ "a.tgz", "application/gzip", "gzip", MATCH },
		{ "a.docm", "application/octet-stream", "Microsoft OOXML",
		    MATCH },
		{ "a.jpg", "application/octet-stream", "Microsoft OOXML",
		    MISMATCH },
		/* Nothing can be said. */
		{ "a.jpg", "application/octet-stream", "data", NONE },
		{ "a.jpg", "application/x-unheard-of", "new", NONE },
		{ "a.qqqq", "application/pdf", "PDF document", NONE },
		{ "a.dat", "application/pdf", "PDF document", NONE },
		{ "a.bak", "image/jpeg", "JPEG image data", NONE },
		{ "pdf", "application/pdf", "PDF document", NONE },
		{ ".txt", "application/pdf", "PDF document", NONE },
		{ "a.", "application/pdf", "PDF document", NONE },
		{ ".", "application/pdf", "PDF document", NONE },
		{ "", "application/pdf", "PDF document", NONE },
		{ "a.@text", "text/plain", "ASCII text", NONE },
		{ "a.txt log", "text/plain", "ASCII text", NONE },
		{ "a.pdf ", "application/pdf", "PDF document", NONE },
		{ "a.jpg", "inode/x-empty", "empty", NONE },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(v); i++) {
		struct spill_sniff s = { spill_span(v[i].mime),
			spill_span(v[i].type) };
		size_t n = strlen(v[i].name);
		char *name = exact(v[i].name, n);

		if (spill_ext_match(span_of(name, n), &s) != v[i].want)
			fail_msg("%s, %s", v[i].name, v[i].mime);
		free(name);
	}
}

static void
hostile_names(void **state)
{
	struct spill_sniff s = { SPILL_SPAN("text/plain"),
		SPILL_SPAN("ASCII text") };
	char name[70000];

	(void)state;
	memset(name, '.', sizeof(name));
	assert_int_equal(
	    spill_ext_match(span_of(name, sizeof(name)), &s), NONE);
	memset(name + 1, 'x', sizeof(name) - 1);
	assert_int_equal(
	    spill_ext_match(span_of(name, sizeof(name)), &s), NONE);
	assert_int_equal(spill_ext_match(span_of("a.tx\0t", 6), &s), NONE);
	assert_int_equal(
	    spill_ext_match(span_of("\xff\x1b.txt", 6), &s), MATCH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extensions_and_types),
		cmocka_unit_test(hostile_names),
	};

	return cmocka_run_group_tests_name("sniff_ext", tests, NULL, NULL);
}
