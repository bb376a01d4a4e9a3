/*
 * image_bench.c: drives the image reader by hand, for the tests that compare
 * it with other programs and for measuring.
 *
 * usage: image_bench info|cat|read|verify [-jN] image
 *
 *	info	what the image says of itself, and its flaws
 *	cat	its bytes to standard output
 *	read	reads all of it and drops it
 *	verify	reads and hashes all of it
 *
 * Exit status: 0, 1 if there is any flaw, 3 if it cannot be opened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/evidence_set.h>
#include <spill/hash.h>
#include <spill/image.h>

static const char *const field_names[SPILL_IMAGE_FIELDS] = { "case", "exhibit",
	"description", "examiner", "remarks", "model", "serial", "label",
	"software", "platform" };

static void
show_hash(const char *name, const uint8_t *p, size_t n)
{
	char hex[2 * SPILL_SHA256_LEN + 1] = { 0 };

	spill_hex(hex, p, n);
	printf("%s %s\n", name, hex);
}

static void
show_info(const struct spill_image_info *info)
{
	char time[SPILL_TIME_TEXT] = "";

	printf("format %s\nsize %llu\nsector %u\nchunk %u\nsegments %u\n",
	    info->format, (unsigned long long)info->size, info->sector,
	    info->chunk, info->segments);
	for (size_t i = 0; i < SPILL_IMAGE_FIELDS; i++)
		if (info->field[i].len > 0)
			printf("%s %.*s\n", field_names[i],
			    (int)info->field[i].len, info->field[i].p);
	if (spill_time_format(info->acquired, time) > 0)
		printf("acquired %s\n", time);
	if (info->has_guid)
		show_hash("guid", info->guid, sizeof(info->guid));
	if (info->has_md5)
		show_hash("stored-md5", info->md5, sizeof(info->md5));
	if (info->has_sha1)
		show_hash("stored-sha1", info->sha1, sizeof(info->sha1));
}

static void
show_flaws(const struct spill_image *img)
{
	struct spill_image_note note;
	struct spill_image_bad b;

	for (size_t i = 0; spill_image_note_get(img, i, &note); i++)
		printf("note segment %u offset %llu: %s\n", note.segment,
		    (unsigned long long)note.offset, note.what);
	for (unsigned k = 0; k < SPILL_BAD_KINDS; k++)
		for (size_t i = 0; spill_image_bad_get(img, 1u << k, i, &b);
		     i++)
			printf("bad kind %u @%llu+%llu segment %u\n", b.kind,
			    (unsigned long long)b.offset,
			    (unsigned long long)b.len, b.segment);
	printf("flaws %u\n", spill_image_flaws(img));
}

static int
write_out(void *ctx, uint64_t offset, const uint8_t *p, size_t n, unsigned bad)
{
	(void)ctx;
	(void)offset;
	(void)bad;
	return fwrite(p, 1, n, stdout) == n ? SPILL_OK : SPILL_EIO;
}

static int
act(struct spill_image *img, const char *verb, unsigned threads)
{
	struct spill_image_pass pass = { .threads = threads };
	struct spill_image_sink sink = { write_out, NULL };
	struct spill_image_hashes h;
	int rc = SPILL_OK;

	if (strcmp(verb, "cat") == 0) {
		rc = spill_image_pass(img, &pass, &sink, 1);
	} else if (strcmp(verb, "read") == 0) {
		rc = spill_image_pass(img, &pass, NULL, 0);
	} else if (strcmp(verb, "verify") == 0) {
		rc = spill_image_verify(img, &pass, &h);
		if (rc == SPILL_OK) {
			show_hash("md5", h.md5, sizeof(h.md5));
			show_hash("sha1", h.sha1, sizeof(h.sha1));
			show_hash("sha256", h.sha256, sizeof(h.sha256));
		}
	}
	if (rc != SPILL_OK)
		return 3;
	if (strcmp(verb, "info") == 0)
		show_info(spill_image_info(img));
	if (strcmp(verb, "cat") != 0)
		show_flaws(img);
	return spill_image_flaws(img) != 0;
}

static int
run(const struct spill_evidence_set *set, const char *verb, unsigned threads)
{
	struct spill_image_part *part = calloc(set->n, sizeof(*part));
	struct spill_image_conf conf = { 0 };
	struct spill_image *img = NULL;
	const char *why = "";
	int status = 3;

	if (set->form == SPILL_EVIDENCE_EWF)
		conf.kind = SPILL_IMAGE_EWF;
	for (size_t i = 0; part != NULL && i < set->n; i++)
		part[i] = (struct spill_image_part){ set->file[i].fd,
			set->file[i].number, set->file[i].size };
	if (part == NULL ||
	    spill_image_open(part, set->n, &conf, &img, &why) != SPILL_OK)
		spill_err("'%s' %s", set->path, why);
	else
		status = act(img, verb, threads);
	spill_image_free(&img);
	free(part);
	return spill_evidence_changed(set) > 0 ? 3 : status;
}

int
main(int argc, char *argv[])
{
	struct spill_evidence_set *set = NULL;
	unsigned threads = 1;
	int status;

	spill_diag_init("image_bench", SPILL_NORMAL);
	if (argc == 4 && strncmp(argv[2], "-j", 2) == 0)
		threads = (unsigned)strtoul(argv[2] + 2, NULL, 10);
	else if (argc != 3)
		return 2;
	if (spill_evidence_open(argv[argc - 1], &set, NULL) != SPILL_OK)
		return 3;
	status = run(set, argv[1], threads);
	spill_evidence_free(&set);
	return status;
}
