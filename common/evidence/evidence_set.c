#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/locator.h>

#include "evidence_i.h"

/* Behind so many missing numbers in a row, a name that may be something else
 * is. */
#define DOUBTFUL_GAP 26

/* Files that may be of the set, by number. */
struct found {
	struct evidence_name name;
	char *file; /* without its folder */
};

struct finding {
	const char *path;
	size_t dir; /* bytes of path that are its folder, with the slash */
	struct evidence_name want; /* what the operand itself is */
	char first; /* of an EWF set, if it is one */
	struct found *v;
	size_t n, cap;
	enum spill_evidence_why why;
};

static int
fail(struct finding *f, enum spill_evidence_why why, int rc, const char *path,
    const char *what)
{
	f->why = why;
	spill_err("cannot open '%s': %s", path, what);
	return rc;
}

static int
fail_errno(struct finding *f, const char *path, int err)
{
	bool absent = err == ENOENT || err == ENOTDIR;

	return fail(f, absent ? SPILL_EVIDENCE_ABSENT : SPILL_EVIDENCE_REFUSED,
	    SPILL_EIO, path, strerror(err));
}

static int
check_type(struct finding *f, const char *path, const struct stat *st)
{
	if (S_ISREG(st->st_mode) || S_ISBLK(st->st_mode))
		return SPILL_OK;
	if (S_ISDIR(st->st_mode))
		return fail(f, SPILL_EVIDENCE_FOLDER, SPILL_EFORMAT, path,
		    "it is a folder");
	return fail(f, SPILL_EVIDENCE_SPECIAL, SPILL_EFORMAT, path,
	    S_ISFIFO(st->st_mode)   ? "it is a pipe"
	    : S_ISSOCK(st->st_mode) ? "it is a socket"
				    : "it is not a file or a block device");
}

#define MANY_FILES 100

/*
 * An E01 set may have more segments than the usual 1,024 descriptors; and of
 * those on their way to workers no more than the limit can be at a time.
 */
static bool
more_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur == r.rlim_max)
		return false;
	r.rlim_cur = r.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &r) == 0;
}

static int
open_quietly(const char *path)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd = open(path, flags | O_NOATIME);

	if (fd < 0 && errno == EMFILE && more_descriptors())
		fd = open(path, flags | O_NOATIME);
	/* Only the owner of a file may read it without a trace. */
	if (fd < 0 && errno == EPERM)
		fd = open(path, flags);
	return fd;
}

static int
measure(struct finding *f, struct spill_evidence_file *e)
{
	uint64_t size = 0;
	unsigned sector = 0;

	e->size = (uint64_t)e->st.st_size;
	if (!S_ISBLK(e->st.st_mode))
		return SPILL_OK;
	if (ioctl(e->fd, BLKGETSIZE64, &size) != 0)
		return fail_errno(f, e->path, errno);
	(void)ioctl(e->fd, BLKSSZGET, &sector);
	e->size = size;
	e->sector = sector;
	return SPILL_OK;
}

/* Takes over path. */
static int
open_file(struct finding *f, char *path, struct spill_evidence_file *e)
{
	int rc;

	*e = (struct spill_evidence_file){ .path = path, .fd = -1 };
	/* First by name: opening a device may already do something. */
	if (stat(path, &e->st) != 0)
		return fail_errno(f, path, errno);
	rc = check_type(f, path, &e->st);
	if (rc != SPILL_OK)
		return rc;
	e->fd = open_quietly(path);
	if (e->fd < 0 || fstat(e->fd, &e->st) != 0)
		return fail_errno(f, path, errno);
	rc = check_type(f, path, &e->st);
	if (rc == SPILL_OK)
		rc = measure(f, e);
	(void)fcntl(e->fd, F_SETFL, fcntl(e->fd, F_GETFL) & ~O_NONBLOCK);
	return rc;
}

/* --- the names of a set ------------------------------------------------- */

static bool
add_found(struct finding *f, const char *file, struct evidence_name name)
{
	if (f->n == f->cap) {
		size_t cap = f->cap > 0 ? f->cap * 2 : 16;
		struct found *v = reallocarray(f->v, cap, sizeof(*v));

		if (v == NULL)
			return false;
		f->v = v;
		f->cap = cap;
	}
	f->v[f->n].name = name;
	f->v[f->n].file = strdup(file);
	return f->v[f->n++].file != NULL;
}

/*
 * Names of another length that go on: .1000 behind .999, but not .008 behind
 * .0007; split(1) has .zaaa behind .yz and .9000 behind .89.
 */
static bool
goes_on(const struct evidence_name *w, struct evidence_name *e)
{
	size_t shorter = SPILL_MIN(e->width, w->width);

	if (w->style == EVIDENCE_LETTERS)
		return shorter == 2 && SPILL_MAX(e->width, w->width) == 4;
	if (w->style != EVIDENCE_DIGITS)
		return false;
	if (w->width == 2 && e->width == 4 && e->number >= 9000) {
		e->number -= 9000 - 90;
		return true;
	}
	return shorter == 3 && (e->width == 3 || e->number >= 1000);
}

/* Of the same stem, and by its extension perhaps of the same set. */
static bool
akin(const struct finding *f, const char *file, struct evidence_name *name)
{
	const struct evidence_name *w = &f->want;
	struct evidence_name e = evidence_name(spill_span(file), f->first);

	if (e.stem != w->stem || memcmp(file, f->path + f->dir, e.stem) != 0)
		return false;
	*name = e;
	if (f->first != 0)
		return (e.style == EVIDENCE_EWF && e.first == f->first) ||
		       e.style == EVIDENCE_EWF_LETTERS;
	if (e.style != w->style || e.upper != w->upper)
		return false;
	return e.width == w->width || goes_on(w, name);
}

static int
list_folder(struct finding *f)
{
	char *dir = f->dir > 0 ? strndup(f->path, f->dir) : strdup(".");
	DIR *d = dir != NULL ? opendir(dir) : NULL;
	struct evidence_name name;
	struct dirent *e;
	int rc = SPILL_OK;

	if (dir == NULL)
		return SPILL_ENOMEM;
	if (d == NULL) {
		spill_err("cannot list folder '%s': %s", dir, strerror(errno));
		f->why = SPILL_EVIDENCE_REFUSED;
		rc = SPILL_EIO;
	}
	errno = 0;
	while (rc == SPILL_OK && (e = readdir(d)) != NULL) {
		if (akin(f, e->d_name, &name) && !add_found(f, e->d_name, name))
			rc = SPILL_ENOMEM;
		errno = 0;
	}
	if (rc == SPILL_OK && errno != 0)
		rc = fail_errno(f, dir, errno);
	if (d != NULL)
		(void)closedir(d);
	free(dir);
	return rc;
}

/* By number; of two cases of one number, that of the operand first. */
static int
by_number(const void *a, const void *b, void *ctx)
{
	const struct evidence_name *x = &((const struct found *)a)->name;
	const struct evidence_name *y = &((const struct found *)b)->name;
	const struct finding *f = ctx;

	if (x->number != y->number)
		return SPILL_CMP(x->number, y->number);
	if (x->width != y->width)
		return SPILL_CMP(x->width, y->width);
	return (x->upper != f->want.upper) - (y->upper != f->want.upper);
}

static void
forget(struct finding *f, size_t from)
{
	while (f->n > from)
		free(f->v[--f->n].file);
}

/* May be something else: x.txt, and x.2024 beside x.001. */
static bool
is_doubtful(const struct found *v)
{
	return v->name.style == EVIDENCE_EWF_LETTERS ||
	       v->name.style == EVIDENCE_LETTERS ||
	       (v->name.style == EVIDENCE_DIGITS && v->name.width > 3);
}

/* Sort, keep one file a number, and cut off what only looks like one. */
static void
put_in_order(struct finding *f)
{
	size_t kept = 0;

	if (f->n > 0)
		qsort_r(f->v, f->n, sizeof(*f->v), by_number, f);
	for (size_t i = 0; i < f->n; i++) {
		unsigned number = f->v[i].name.number;
		unsigned before = kept > 0 ? f->v[kept - 1].name.number : 0;

		if ((kept > 0 && number == before) ||
		    (is_doubtful(&f->v[i]) && number > before + DOUBTFUL_GAP &&
			(kept > 0 || f->first != 0))) {
			free(f->v[i].file);
			continue;
		}
		f->v[kept++] = f->v[i];
	}
	f->n = kept;
}

static bool
has_number(const struct finding *f, unsigned number)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].name.number == number)
			return true;
	return false;
}

/* .SAA and .EAA need a first segment to say what they are. */
static int
find_ewf_letters(struct finding *f)
{
	static const char firsts[] = { 'E', 'S' };
	struct evidence_name was = f->want;
	int rc = SPILL_OK;

	for (size_t i = 0; i < sizeof(firsts) && rc == SPILL_OK; i++) {
		struct spill_span file = spill_span(f->path + f->dir);

		f->first = firsts[i];
		f->want = evidence_name(file, f->first);
		if (f->want.style != EVIDENCE_EWF_LETTERS)
			continue;
		rc = list_folder(f);
		put_in_order(f);
		if (rc == SPILL_OK && has_number(f, 1) &&
		    has_number(f, f->want.number))
			return SPILL_OK;
		forget(f, 0);
	}
	f->first = 0;
	f->want = was;
	return rc;
}

/* Fill f->v with the names of the set; none where it is one plain file. */
static int
find_names(struct finding *f)
{
	int rc = SPILL_OK;

	if (f->want.style == EVIDENCE_LETTERS && f->want.width == 3)
		rc = find_ewf_letters(f);
	if (rc != SPILL_OK || f->n > 0)
		return rc;
	if (f->want.style == EVIDENCE_EWF)
		f->first = f->want.first;
	if (f->want.style == EVIDENCE_PLAIN)
		return SPILL_OK;
	rc = list_folder(f);
	put_in_order(f);
	if (f->first != 0 || rc != SPILL_OK)
		return rc;
	if (!has_number(f, f->want.number) ||
	    !(has_number(f, 0) ||
		(f->want.style == EVIDENCE_DIGITS &&
		    (has_number(f, 1) || f->want.width == 3))))
		forget(f, 0);
	return SPILL_OK;
}

/* --- gaps --------------------------------------------------------------- */

/* The name that number would have in this set, for a message. */
static void
name_of(const struct finding *f, unsigned number, char out[8])
{
	unsigned width = (unsigned)f->want.width, v = number;
	bool high = f->want.upper;

	if (f->first != 0 && number < 100) {
		(void)snprintf(out, 8, "%c%02u",
		    high ? f->first : f->first - 'A' + 'a', number);
		return;
	}
	if (f->want.style == EVIDENCE_DIGITS) {
		(void)snprintf(
		    out, 8, "%0*u", (int)SPILL_MIN(width, 5u), number);
		return;
	}
	if (f->first != 0)
		v += (unsigned)(f->first - 'A') * 676 - 100;
	for (unsigned i = SPILL_MIN(width, 7u); i-- > 0; v /= 26)
		out[i] = (char)((high ? 'A' : 'a') + (char)(v % 26));
	out[SPILL_MIN(width, 7u)] = '\0';
}

/* One line for each run of missing numbers. */
static unsigned
tell_gaps(const struct finding *f, unsigned first, bool fatal)
{
	unsigned next = first, missing = 0;
	char from[8], to[8];

	for (size_t i = 0; i < f->n; i++) {
		unsigned number = f->v[i].name.number;

		if (number > next) {
			name_of(f, next, from);
			name_of(f, number - 1, to);
			(fatal ? spill_err : spill_warn)(
			    number - next == 1 ? "'%s': segment .%s is missing"
					       : "'%s': segments .%s to .%s "
						 "are missing",
			    f->path, from, to);
			missing += number - next;
		}
		next = number + 1;
	}
	return missing;
}

/* --- the set ------------------------------------------------------------ */

static char *
path_of(const struct finding *f, const char *file)
{
	size_t n = strlen(file);
	char *p = malloc(f->dir + n + 1);

	if (p != NULL) {
		memcpy(p, f->path, f->dir);
		memcpy(p + f->dir, file, n + 1);
	}
	return p;
}

static int
open_all(struct finding *f, struct spill_evidence_set *set)
{
	size_t n = f->n > 0 ? f->n : 1;
	unsigned base = 1;
	uint64_t total = 0;
	int rc = SPILL_OK;

	if (f->n > SPILL_EVIDENCE_FILES)
		return fail(f, SPILL_EVIDENCE_LIMIT, SPILL_ELIMIT, f->path,
		    "too many segments");
	if (f->first != 0 || (f->n > 0 && f->v[0].name.number > 0 &&
				 f->want.style == EVIDENCE_DIGITS))
		base = 0;
	set->file = calloc(n, sizeof(*set->file));
	if (n > MANY_FILES)
		(void)more_descriptors();
	for (size_t i = 0; i < n && rc == SPILL_OK && set->file != NULL; i++) {
		char *path =
		    f->n > 0 ? path_of(f, f->v[i].file) : strdup(f->path);

		rc = path != NULL ? open_file(f, path, &set->file[i])
				  : SPILL_ENOMEM;
		set->n += path != NULL;
		set->file[i].number = f->n > 0 ? f->v[i].name.number + base : 1;
		total += set->file[i].size;
	}
	if (set->file == NULL)
		rc = SPILL_ENOMEM;
	if (rc == SPILL_OK && total == 0)
		rc = fail(f, SPILL_EVIDENCE_EMPTY, SPILL_EFORMAT, f->path,
		    "it is empty");
	return rc;
}

static int
check_gaps(struct finding *f, struct spill_evidence_set *set)
{
	bool ewf = f->first != 0;
	unsigned first = ewf ? 1 : 0;

	set->form = ewf	       ? SPILL_EVIDENCE_EWF
		    : f->n > 1 ? SPILL_EVIDENCE_SPLIT
			       : SPILL_EVIDENCE_FILE;
	set->first = 1;
	set->last = set->file[set->n - 1].number;
	if (f->want.style == EVIDENCE_DIGITS && !has_number(f, 0))
		first = 1;
	set->missing = tell_gaps(f, first, !ewf);
	if (ewf || set->missing == 0)
		return SPILL_OK;
	f->why = SPILL_EVIDENCE_GAP;
	return SPILL_EDAMAGED;
}

static int
start(struct finding *f, const char *path, struct spill_evidence_set **set)
{
	const char *slash = strrchr(path, '/');
	struct spill_evidence_set *s = calloc(1, sizeof(*s));

	*set = s;
	if (s == NULL || (s->path = strdup(path)) == NULL)
		return SPILL_ENOMEM;
	s->name = spill_locator_short(spill_span(s->path));
	f->dir = slash != NULL ? (size_t)(slash + 1 - path) : 0;
	f->want = evidence_name(spill_span(path + f->dir), 0);
	return SPILL_OK;
}

/* Wrong in a way that needs no search for more files? */
static int
check_operand(struct finding *f)
{
	struct stat st;
	int rc;

	if (stat(f->path, &st) != 0)
		return fail_errno(f, f->path, errno);
	rc = check_type(f, f->path, &st);
	if (rc == SPILL_OK && S_ISREG(st.st_mode) && st.st_size == 0)
		rc = fail(f, SPILL_EVIDENCE_EMPTY, SPILL_EFORMAT, f->path,
		    "it is empty");
	if (rc == SPILL_OK && f->want.style == EVIDENCE_NAMED)
		rc = fail(f, SPILL_EVIDENCE_NAMED, SPILL_EFORMAT, f->path,
		    "by its name it is an EnCase image of version 2 or "
		    "logical evidence, which are not read yet");
	if (rc == SPILL_OK && S_ISBLK(st.st_mode))
		f->want = (struct evidence_name){ 0 };
	return rc;
}

int
spill_evidence_open(const char *path, struct spill_evidence_set **out,
    enum spill_evidence_why *why)
{
	struct finding f = { .path = path };
	struct spill_evidence_set *set;
	int rc = start(&f, path, &set);

	if (rc == SPILL_OK)
		rc = check_operand(&f);
	if (rc == SPILL_OK)
		rc = find_names(&f);
	if (rc == SPILL_OK)
		rc = open_all(&f, set);
	if (rc == SPILL_OK)
		rc = check_gaps(&f, set);
	if (rc == SPILL_ENOMEM)
		rc = fail(&f, SPILL_EVIDENCE_REFUSED, rc, path, "no memory");
	if (rc == SPILL_OK)
		*out = set;
	else
		spill_evidence_free(&set);
	if (why != NULL)
		*why = f.why;
	forget(&f, 0);
	free(f.v);
	return rc;
}

static bool
same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

size_t
spill_evidence_changed(const struct spill_evidence_set *set)
{
	size_t changed = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct spill_evidence_file *e = &set->file[i];
		struct stat by_fd, by_path;
		bool there = stat(e->path, &by_path) == 0;

		if (fstat(e->fd, &by_fd) == 0 && same(&by_fd, &e->st) &&
		    there && same(&by_path, &e->st))
			continue;
		changed++;
		spill_err("evidence '%s' changed while it was read%s", e->path,
		    there ? "" : ": it is gone");
	}
	return changed;
}

void
spill_evidence_free(struct spill_evidence_set **out)
{
	struct spill_evidence_set *set = *out;

	if (set == NULL)
		return;
	for (size_t i = 0; i < set->n; i++) {
		if (set->file[i].fd >= 0)
			(void)close(set->file[i].fd);
		free(set->file[i].path);
	}
	free(set->file);
	free(set->path);
	free(set);
	*out = NULL;
}
