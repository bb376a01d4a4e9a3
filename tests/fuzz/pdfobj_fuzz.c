/*
 * pdfobj_fuzz.c: the properties of PDF, read without poppler. What must hold is
 * in doctext.h; nothing is looked at more often than the file is long allows.
 */
#include "../../common/text/pdfobj_i.h"
#include "doctext.h"

static int
run_info(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	static struct pdf_info info;
	struct spill_buf b = { 0 };
	struct spill_span all;
	struct lines l;
	struct pdf_file f;
	int rc = text_open(&l, s, conf, sink, &b, &all);

	if (rc == SPILL_OK) {
		memset(&info, 0, sizeof(info));
		info.l = &l;
		info.prefix = "";
		info.role = SPILL_ROLE_PROPERTY;
		info.usual = true;
		pdf_file_open(&f, all);
		pdf_info_tell(&info, &f);
		pdf_file_close(&f);
	}
	return text_close(&l, &b, rc);
}

static const struct spill_doctext pdfobj = { .name = "pdfobj",
	.run = run_info };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	must_keep(&pdfobj, (struct spill_span){ (const char *)data, size });
	return 0;
}
