/*
 * lookworker.c: the job of worker-content: where the bytes of the items are,
 * and each of them in turn.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <spill/locator.h>

#include "dig_i.h"

#define CHUNK ((size_t)256 << 10)

struct work {
	struct dig dig;
	struct spill_look ask;
	struct spill_span slab;
	bool listed; /* the request is a file */
	char *buf; /* CHUNK */
	char *head; /* SPILL_SNIFF_HEAD */
};

/* --- files -------------------------------------------------------------- */

static int
read_file(
    struct spill_src *s, uint64_t offset, void *buf, size_t n, size_t *got)
{
	return spill_src_pread(*(const int *)s->ctx, offset, buf, n, got);
}

/* Hash what has no place in memory; the first bytes are kept. */
static int
hash_src(struct work *w, struct spill_src *s, size_t *head, bool *cut)
{
	uint64_t at = 0;

	*head = 0;
	while (at < s->size) {
		size_t got, want = (size_t)SPILL_MIN(CHUNK, s->size - at);
		int rc = s->read(s, at, w->buf, want, &got);

		if (rc != SPILL_OK)
			return rc;
		if (got == 0)
			break;
		if (*head < SPILL_SNIFF_HEAD) {
			size_t part = SPILL_MIN(got, SPILL_SNIFF_HEAD - *head);

			memcpy(w->head + *head, w->buf, part);
			*head += part;
		}
		spill_digest_put(w->dig.digest, w->buf, got);
		at += got;
	}
	*cut = at < s->size;
	return SPILL_OK;
}

static int
look_file(struct work *w, const struct subject *s, int fd)
{
	struct spill_src src = {
		.size = w->dig.size, .read = read_file, .ctx = &fd
	};
	struct spill_digest_text none;
	struct subject now = *s;
	bool cut = false;
	size_t head;
	int rc = hash_src(w, &src, &head, &cut);

	if (rc == SPILL_EIO) {
		now.status = "unreadable";
		(void)spill_digest_done(w->dig.digest, &none);
		rc = dig_error(&w->dig, "unreadable", "it cannot be read");
		return rc == SPILL_OK ? dig_row(&w->dig, &now, NULL, NULL) : rc;
	}
	if (rc == SPILL_OK && cut) {
		now.status = "partial";
		rc = dig_error(&w->dig, "unreadable",
		    "it became shorter while it was read");
	}
	return rc == SPILL_OK ? dig_into(&w->dig, &now,
				    (struct spill_span){ w->head, head }, &src)
			      : rc;
}

/* --- pipes -------------------------------------------------------------- */

/*
 * All that comes. It is kept only if there may be members in it, which its
 * first bytes say.
 */
static int
look_pipe(struct work *w, const struct subject *s, int fd)
{
	struct store store;
	struct spill_src src;
	size_t head = 0;
	bool known = false, keeps = true;
	ssize_t n;
	int rc = SPILL_OK;

	store_open(&store, &w->dig.pool);
	while (rc == SPILL_OK && (n = read(fd, w->buf, CHUNK)) != 0) {
		size_t part;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			rc = SPILL_EIO;
			break;
		}
		part = SPILL_MIN((size_t)n, SPILL_SNIFF_HEAD - head);
		memcpy(w->head + head, w->buf, part);
		head += part;
		if (!known && head == SPILL_SNIFF_HEAD) {
			struct spill_span h = { w->head, head };
			struct spill_sniff t;

			known = true;
			rc = spill_sniff(h, w->dig.size, &t);
			keeps = rc == SPILL_OK &&
				(w->ask.want != 0 ||
				    (!s->closed &&
					spill_unpack_find(h, &t) != NULL));
		}
		spill_digest_put(w->dig.digest, w->buf, (size_t)n);
		if (rc == SPILL_OK && keeps)
			rc = store_put(&store, w->buf, (size_t)n);
	}
	src = store_src(&store);
	if (rc == SPILL_OK)
		rc = dig_into(
		    &w->dig, s, (struct spill_span){ w->head, head }, &src);
	store_close(&store);
	return rc;
}

/* --- items -------------------------------------------------------------- */

static int
look_slab(
    struct work *w, const struct subject *s, const struct spill_look_item *x)
{
	struct spill_span bytes = spill_span("");
	struct spill_src src;

	if (x->at > w->slab.len || x->size > w->slab.len - x->at)
		return spill_job_fail(w->dig.job, SPILL_EDAMAGED, "bad place");
	if (x->size > 0)
		bytes =
		    (struct spill_span){ w->slab.p + x->at, (size_t)x->size };
	src = spill_src_of(bytes);
	if (!w->ask.extract)
		spill_digest_put(w->dig.digest, bytes.p, bytes.len);
	return dig_into(&w->dig, s,
	    (struct spill_span){
		bytes.p, SPILL_MIN(bytes.len, SPILL_SNIFF_HEAD) },
	    &src);
}

static int
look_item(struct work *w, size_t i)
{
	const struct spill_look_item *x = &w->ask.item[i];
	const struct subject s = { .name = x->name,
		.status = dig_skips(&w->dig, 0, false) ? "crash" : "ok",
		.closed = x->closed && w->ask.picks == 0,
		.silent = w->ask.picks > 0,
		.all = w->ask.picks == 0,
		.size = x->size };
	struct dig *d = &w->dig;
	int rc;

	d->item = i;
	d->n = d->bytes = d->said = d->found = 0;
	d->size = x->size;
	d->told_bytes = d->told_members = false;
	d->hand_fd = w->ask.form == SPILL_LOOK_PIPE    ? -1
		     : w->ask.form == SPILL_LOOK_FILES ? (int)i
						       : 0;
	d->hand_at = x->at;
	d->chain.len = d->path.len = 0;
	rc = dig_progress(d, 0, false);
	if (rc == SPILL_OK && dig_skips(d, 0, false))
		return dig_row(d, &s, NULL, NULL);
	if (rc != SPILL_OK)
		return rc;
	switch (w->ask.form) {
	case SPILL_LOOK_FILES:
		rc = look_file(w, &s, spill_job_fd(d->job, i));
		break;
	case SPILL_LOOK_PIPE:
		rc = look_pipe(w, &s, spill_job_fd(d->job, 0));
		break;
	default:
		rc = look_slab(w, &s, x);
	}
	if (rc == DIG_STOP)
		rc = SPILL_OK;
	return rc == SPILL_OK && w->ask.extract && d->found < w->ask.picks
		   ? spill_job_fail(
			 d->job, SPILL_EFORMAT, "there is no such member")
		   : rc;
}

/* --- the job ------------------------------------------------------------ */

static int
open_all(struct work *w, struct spill_job *j)
{
	size_t n = w->ask.form == SPILL_LOOK_FILES ? w->ask.items : 1;
	struct stat st;
	int rc = SPILL_OK;

	if (spill_job_nfds(j) != n + w->ask.spool + w->listed)
		return spill_job_fail(j, SPILL_EDAMAGED, "bad request");
	w->dig.pool.spool = -1;
	if (w->ask.spool) {
		w->dig.pool.spool = spill_job_fd(j, n);
		if (fstat(w->dig.pool.spool, &st) != 0)
			return SPILL_EIO;
		w->dig.pool.size = (uint64_t)st.st_size;
	}
	if (w->ask.form == SPILL_LOOK_SLAB)
		rc = spill_job_map(j, 0, &w->slab);
	w->buf = malloc(CHUNK);
	w->head = malloc(SPILL_SNIFF_HEAD);
	if (rc == SPILL_OK && (w->buf == NULL || w->head == NULL))
		rc = SPILL_ENOMEM;
	return rc == SPILL_OK ? spill_digest_open(&w->dig.digest, w->ask.digest)
			      : rc;
}

static int
job(struct spill_job *j, struct spill_span request)
{
	static struct work w;
	int rc;

	memset(&w, 0, sizeof(w));
	w.dig.job = j;
	w.dig.ask = &w.ask;
	w.dig.chain = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	w.dig.path = SPILL_BUF_INIT((size_t)1 << 20);
	w.listed = request.len == 0;
	rc = w.listed && spill_job_nfds(j) > 0
		 ? spill_job_map(j, spill_job_nfds(j) - 1, &request)
		 : SPILL_OK;
	if (rc == SPILL_OK)
		rc = spill_look_get(request, &w.ask);
	if (rc == SPILL_OK)
		rc = open_all(&w, j);
	for (size_t i = 0; rc == SPILL_OK && i < w.ask.items; i++)
		rc = look_item(&w, i);
	store_pool_close(&w.dig.pool);
	spill_digest_free(&w.dig.digest);
	spill_buf_release(&w.dig.chain);
	spill_buf_release(&w.dig.path);
	free(w.buf);
	free(w.head);
	spill_look_release(&w.ask);
	return rc;
}

const struct spill_look_stage *spill_look_stage;

/* What opens files of its own does so before the jail. */
static int
warm(void)
{
	struct spill_digest *d = NULL;
	int rc = spill_digest_open(
	    &d, SPILL_DIGEST_SHA256 | SPILL_DIGEST_SHA1 | SPILL_DIGEST_MD5);

	spill_digest_free(&d);
	if (rc == SPILL_OK)
		rc = spill_sniff_warm();
	if (rc == SPILL_OK && spill_look_stage != NULL)
		rc = spill_look_stage->warm();
	for (size_t i = 0; rc == SPILL_OK && spill_unpacks[i] != NULL; i++)
		if (spill_unpacks[i]->warm != NULL)
			rc = spill_unpacks[i]->warm();
	return rc;
}

const struct spill_family spill_lookworker = {
	.name = "content",
	.warm = warm,
	.job = job,
	.nofile = SPILL_LOOK_ITEMS + 50,
};
