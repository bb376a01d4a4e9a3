/* sort_i.h: what the files of the sort share. */
#ifndef SPILL_SORT_I_H
#define SPILL_SORT_I_H

#include <pthread.h>

#include <spill/sort.h>

/* Where a row lies in its batch, by its time. */
struct entry {
	uint64_t key;
	uint32_t at, len;
};

/*
 * A stretch of memory that rows fill from the front and entries from the
 * back: two slots a row, one of them for the sort to work in. The entries
 * are an array only after batch_close().
 */
struct batch {
	char *mem;
	size_t cap, used;
	size_t n; /* rows */
	struct entry *e; /* sorted, after batch_sort() */
	struct entry *aux; /* as many more */
};

struct run {
	uint64_t at, len;
	size_t largest; /* row in it */
};

struct runs {
	struct run *v;
	size_t n, cap;
};

/*
 * A thread beside the caller's, and what the two need to speak: lock guards
 * what they share, changed is broadcast when any of it is new. It ends when
 * it sees stop.
 */
struct sort_thread {
	pthread_t id;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool started, stop;
};

void sort_thread_init(struct sort_thread *t);
/* No signal comes to it: the caller's handlers clean up. */
bool sort_thread_start(struct sort_thread *t, void *(*run)(void *), void *arg);
/* Stops it, if it was started, and waits for its end. */
void sort_thread_free(struct sort_thread *t);
/* Memory that costs nothing until it is touched. */
void *sort_map(size_t n);
void sort_unmap(void *p, size_t n);

/* Order of two rows whose keys are equal. */
int order_ties(const struct spill_sort_conf *conf, struct spill_span a,
    struct spill_span b);

int batch_open(struct batch *b, size_t cap);
/* Room for a row of at most n bytes, or NULL: it is full. */
char *batch_room(struct batch *b, size_t n);
void batch_took(struct batch *b, size_t n);
void batch_sort(struct batch *b, const struct spill_sort_conf *conf);
void batch_reset(struct batch *b);
void batch_free(struct batch *b);
struct spill_span batch_row(const struct batch *b, size_t i);

/* A run being written: rows behind one another, each with its length. */
struct run_writer {
	int fd;
	char *buf;
	size_t cap, used;
	struct run run;
};

int run_begin(struct run_writer *w, int fd, uint64_t at, size_t cap);
int run_put(struct run_writer *w, struct spill_span rec);
int run_end(struct run_writer *w);
int runs_add(struct runs *r, struct run run);

/* Runs being read in one order. */
struct merge;

int merge_open(struct merge **m, int fd, const struct run *v, size_t n,
    size_t memory, const struct spill_sort_conf *conf);
int merge_next(struct merge *m, struct spill_span *rec);
void merge_free(struct merge **m);

/* A merge in a thread of its own that hands over stretches of rows. */
struct ahead;

int ahead_open(struct ahead **a, struct merge *m, size_t memory);
int ahead_next(struct ahead *a, struct spill_span *rec);
void ahead_free(struct ahead **a);

#endif
