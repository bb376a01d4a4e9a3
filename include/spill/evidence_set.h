/*
 * evidence_set.h: from the path of one evidence operand to open descriptors.
 *
 * This half runs in the tool itself. It goes by names, opens and stats; it
 * looks at no content. Files are opened read-only, without touching their
 * times where the system lets us (O_NOATIME), and only regular files and
 * block devices. A symbolic link is followed: its path is what is shown.
 *
 * Names that make a set; any one of them may be given:
 *
 *	x.E01 .. x.E99, x.EAA .. x.ZZZ	E01, and x.e01 .. in lower case
 *	x.s01 .. x.s99, x.saa .. x.zzz	S01, likewise
 *	x.000 or x.001, ...		split raw: three digits, more from 1000
 *	x.0, x.00, x.0000, ... (or 1)	split raw, if the first one is there
 *	x.aa, x.ab, ... x.aaa, ...	split raw, if the first one is there
 *	x.yz, x.zaaa, and x.89, x.9000	as split(1) goes on from two places
 *
 * Anything else is one file. What is missing between the first and the last
 * number that are there is a gap: E01 sets are opened with it (a warning
 * says what is missing), split raw ones are refused.
 */
#ifndef SPILL_EVIDENCE_SET_H
#define SPILL_EVIDENCE_SET_H

#include <sys/stat.h>

#include <spill/base.h>

#define SPILL_EVIDENCE_FILES ((size_t)65535)

enum spill_evidence_form {
	SPILL_EVIDENCE_FILE, /* one file or block device */
	SPILL_EVIDENCE_SPLIT, /* raw in pieces */
	SPILL_EVIDENCE_EWF, /* by its name E01 or S01 */
};

struct spill_evidence_file {
	char *path;
	int fd;
	unsigned number; /* in its set, from 1 */
	uint64_t size;
	uint32_t sector; /* of a block device; else 0 */
	struct stat st; /* when it was opened */
};

struct spill_evidence_set {
	enum spill_evidence_form form;
	char *path; /* as given */
	struct spill_span name; /* short name, in path; may be empty */
	struct spill_evidence_file *file;
	size_t n;
	unsigned first, last; /* numbers that are expected and that are there */
	unsigned missing; /* numbers between them without a file */
};

enum spill_evidence_why {
	SPILL_EVIDENCE_OPENED,
	SPILL_EVIDENCE_ABSENT, /* no such file */
	SPILL_EVIDENCE_EMPTY,
	SPILL_EVIDENCE_FOLDER,
	SPILL_EVIDENCE_SPECIAL, /* fifo, socket, character device */
	SPILL_EVIDENCE_REFUSED, /* the system says no: permissions, I/O */
	SPILL_EVIDENCE_NAMED, /* a format not read here, by its name: Ex01 */
	SPILL_EVIDENCE_GAP, /* a segment of a split raw image is missing */
	SPILL_EVIDENCE_LIMIT, /* more files than can be */
};

/*
 * SPILL_OK, or after one line on standard error SPILL_EIO (ABSENT, REFUSED),
 * SPILL_EFORMAT (EMPTY, FOLDER, SPECIAL, NAMED), SPILL_EDAMAGED (GAP),
 * SPILL_ELIMIT or SPILL_ENOMEM. *why (may be NULL) gets the reason.
 */
int spill_evidence_open(const char *path, struct spill_evidence_set **set,
    enum spill_evidence_why *why);
/*
 * Compare with how they were opened: size, times, identity. Returns how many
 * files changed; one line is said for each.
 */
size_t spill_evidence_changed(const struct spill_evidence_set *set);
void spill_evidence_free(struct spill_evidence_set **set);

#endif
