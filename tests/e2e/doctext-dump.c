/*
 * doctext-dump FILE...: the text of documents as the formats tell it, one line
 * each: part, page, role, offset, text, tabs between; flaws as lines that begin
 * with "!". In this process: for tests.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/doctext.h>

#ifdef WITH_PDF
#include "../../common/text/docworker_i.h"
#endif

static int
on_line(void *ctx, const struct spill_line *l)
{
	(void)ctx;
	printf("%.*s\t%u\t%s\t", (int)l->part.len, l->part.p, l->page,
	    spill_role_names[l->role]);
	if (l->offset != UINT64_MAX)
		printf("%llu", (unsigned long long)l->offset);
	printf("\t%.*s\n", (int)l->text.len, l->text.p);
	return SPILL_OK;
}

static int
on_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	(void)ctx;
	printf("!\t%s\t%llu\t%llu\t%s\n", code, (unsigned long long)offset,
	    (unsigned long long)length, detail);
	return SPILL_OK;
}

static int
dump(const char *path)
{
	const struct spill_doctext_sink sink = { .line = on_line,
		.flaw = on_flaw };
	const struct spill_doctext_conf conf = { 0 };
	const char *slash = strrchr(path, '/');
	int fd = open(path, O_RDONLY);
	struct spill_span bytes = { "", 0 }, head;
	struct spill_sniff s;
	struct spill_src src;
	const struct spill_doctext *f;
	struct stat st;
	int rc;

	if (fd < 0 || fstat(fd, &st) != 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 1;
	}
	if (st.st_size > 0) {
		bytes.len = (size_t)st.st_size;
		bytes.p = mmap(NULL, bytes.len, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	head = (struct spill_span){ bytes.p,
		SPILL_MIN(bytes.len, SPILL_SNIFF_HEAD) };
	src = spill_src_of(bytes);
	if (spill_sniff(head, src.size, &s) != SPILL_OK)
		return 1;
	f = spill_doctext_find(
	    head, &s, spill_span(slash != NULL ? slash + 1 : path));
#ifdef WITH_PDF
	if (doctext_pdf.is(head, &s, spill_span("")))
		f = &doctext_pdf;
#endif
	if (f == NULL) {
		printf("!\tnone\t\t\t%.*s\n", (int)s.mime.len, s.mime.p);
		return 0;
	}
	rc = f->run(&src, &conf, &sink);
	if (rc != SPILL_OK)
		printf("!\t%s returned %d\n", f->name, rc);
	close(fd);
	return 0;
}

int
main(int argc, char *argv[])
{
	int rc = spill_sniff_warm() != SPILL_OK;

	for (size_t i = 0; spill_doctexts[i] != NULL; i++)
		if (spill_doctexts[i]->warm != NULL &&
		    spill_doctexts[i]->warm() != SPILL_OK)
			rc = 1;
#ifdef WITH_PDF
	rc |= doctext_pdf.warm() != SPILL_OK;
#endif
	for (int i = 1; i < argc; i++) {
		if (argc > 2)
			printf("== %s\n", argv[i]);
		rc |= dump(argv[i]);
	}
	return rc;
}
