/*
 * walk_bench.c: walks an image in this very process, without a worker, a jail
 * or a line of output: for counting what the walk itself costs, and for
 * looking at it under a debugger. Only for images that are trusted.
 *
 * usage: walk_bench image
 *
 * It prints how many rows and errors there were. Exit status: 0, 3 if the
 * image cannot be opened.
 */
#include <stdio.h>
#include <stdlib.h>

#include <spill/diag.h>
#include <spill/evidence_set.h>
#include <spill/fswalk.h>
#include <spill/image.h>

struct count {
	uint64_t rows, errors;
};

static int
on_row(void *ctx, const struct spill_row *row)
{
	(void)row;
	((struct count *)ctx)->rows++;
	return SPILL_OK;
}

static int
on_error(void *ctx, const struct spill_error *e)
{
	(void)e;
	((struct count *)ctx)->errors++;
	return SPILL_OK;
}

static void
say(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	(void)code;
	(void)offset;
	(void)length;
	(void)detail;
	((struct count *)ctx)->errors++;
}

static int
walk(struct spill_image *img)
{
	static const struct spill_fswalk_conf conf = { .from = 0 };
	struct count n = { 0 };
	const struct spill_fswalk_sink sink = {
		.row = on_row, .error = on_error, .ctx = &n
	};
	struct spill_volumes list = { 0 };
	const struct spill_volumes_conf volumes = { .say = say, .ctx = &n };
	int rc = spill_volumes_list(img, &volumes, &list);

	if (rc == SPILL_EFORMAT)
		rc = SPILL_OK;
	for (size_t i = 0; i < list.n && rc == SPILL_OK; i++)
		if (list.v[i].kind == SPILL_VOLUME_FS)
			rc = spill_fswalk(img, &list.v[i], &conf, &sink);
	spill_volumes_release(&list);
	printf("rows %llu\nerrors %llu\n", (unsigned long long)n.rows,
	    (unsigned long long)n.errors);
	return rc == SPILL_OK || rc == SPILL_EFORMAT ? 0 : 3;
}

int
main(int argc, char *argv[])
{
	struct spill_evidence_set *set = NULL;
	struct spill_image *img = NULL;
	struct spill_image_part part;
	const struct spill_image_conf conf = { 0 };
	const char *why = "";
	int status = 3;

	if (argc != 2) {
		spill_err("usage: walk_bench image");
		return 2;
	}
	if (spill_evidence_open(argv[1], &set, NULL) != SPILL_OK)
		return 3;
	part =
	    (struct spill_image_part){ set->file[0].fd, 1, set->file[0].size };
	if (set->n != 1 ||
	    spill_image_open(&part, 1, &conf, &img, &why) != SPILL_OK)
		spill_err("'%s' %s", argv[1], why);
	else
		status = walk(img);
	spill_image_free(&img);
	spill_evidence_free(&set);
	return status;
}
