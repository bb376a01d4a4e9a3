/*
 * sniff_find.c: which of some hundred words are in a text, in one pass. The
 * text is read as if a LF stood before it, so that a word "LF x" finds an x
 * at the start of any line.
 */
#include <stdlib.h>
#include <string.h>

#include "sniff_i.h"

#define NONE 0 /* the root is no node that a word ends at */
#define ENDS ((uint32_t)1 << 31)

struct word {
	uint32_t from, until; /* where it may start */
	uint16_t len, rule;
	uint32_t next; /* ends at the same node; index + 1 */
};

struct node {
	uint32_t words; /* index + 1 */
	uint32_t fail;
	uint32_t up; /* the nearest node down the chain of fails with words */
	uint32_t child, sibling; /* of the tree, NONE: none */
	uint8_t c;
};

struct sniff_find {
	struct word *word;
	size_t nwords, wordcap;
	struct node *node;
	size_t nnodes, nodecap;
	uint8_t kind[256]; /* of bytes: 0 is all that no word has */
	unsigned nkinds;
	/* Of a row, which is node * nkinds, and a kind: the next row, and
	 * whether words end there. */
	uint32_t *next;
	size_t reach; /* of text that can matter */
};

static uint8_t
fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static int
new_node(struct sniff_find *f, uint8_t c, uint32_t *out)
{
	struct node *v =
	    spill_grow(f->node, f->nnodes, &f->nodecap, sizeof(*v));

	if (v == NULL)
		return SPILL_ENOMEM;
	f->node = v;
	f->node[f->nnodes] = (struct node){ .c = c };
	*out = (uint32_t)f->nnodes++;
	return SPILL_OK;
}

int
sniff_find_open(struct sniff_find **out)
{
	struct sniff_find *f = calloc(1, sizeof(*f));
	uint32_t root;

	if (f == NULL || new_node(f, 0, &root) != SPILL_OK) {
		free(f);
		return SPILL_ENOMEM;
	}
	f->nkinds = 1;
	*out = f;
	return SPILL_OK;
}

static uint32_t
child(const struct sniff_find *f, uint32_t node, uint8_t c)
{
	uint32_t i = f->node[node].child;

	while (i != NONE && f->node[i].c != c)
		i = f->node[i].sibling;
	return i;
}

static int
step(struct sniff_find *f, uint8_t c, uint32_t *node)
{
	uint32_t to = child(f, *node, c);
	int rc = SPILL_OK;

	if (to == NONE) {
		rc = new_node(f, c, &to);
		if (rc != SPILL_OK)
			return rc;
		f->node[to].sibling = f->node[*node].child;
		f->node[*node].child = to;
	}
	*node = to;
	return rc;
}

int
sniff_find_add(struct sniff_find *f, struct spill_span word, uint32_t from,
    uint32_t range, unsigned rule)
{
	struct word *v =
	    spill_grow(f->word, f->nwords, &f->wordcap, sizeof(*v));
	uint32_t node = 0;

	if (v == NULL)
		return SPILL_ENOMEM;
	f->word = v;
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = fold((uint8_t)word.p[i]);

		if (f->kind[c] == 0)
			f->kind[c] = (uint8_t)f->nkinds++;
		if (step(f, c, &node) != SPILL_OK)
			return SPILL_ENOMEM;
	}
	f->word[f->nwords] = (struct word){ .from = from,
		.until = from + range,
		.len = (uint16_t)word.len,
		.rule = (uint16_t)rule,
		.next = f->node[node].words };
	f->node[node].words = (uint32_t)++f->nwords;
	f->reach = SPILL_MAX(f->reach, (size_t)from + range + word.len);
	return SPILL_OK;
}

/* The row of a node is its father's fail's row, but for its own children. */
static void
fill_row(struct sniff_find *f, uint32_t n, uint32_t *queue, size_t *end)
{
	uint32_t *row = f->next + (size_t)n * f->nkinds;
	uint32_t fail = f->node[n].fail;

	if (n != 0)
		memcpy(row, f->next + (size_t)fail * f->nkinds,
		    f->nkinds * sizeof(*row));
	f->node[n].up =
	    f->node[fail].words != 0 && n != 0 ? fail : f->node[fail].up;
	for (uint32_t i = f->node[n].child; i != NONE; i = f->node[i].sibling) {
		unsigned k = f->kind[f->node[i].c];

		f->node[i].fail = row[k];
		row[k] = i;
		queue[(*end)++] = i;
	}
}

int
sniff_find_ready(struct sniff_find *f)
{
	uint32_t *queue = calloc(f->nnodes, sizeof(*queue));
	size_t end = 1;

	for (unsigned c = 'A'; c <= 'Z'; c++)
		f->kind[c] = f->kind[c + 32];
	f->next = calloc(f->nnodes, f->nkinds * sizeof(*f->next));
	if (queue == NULL || f->next == NULL) {
		free(queue);
		return SPILL_ENOMEM;
	}
	for (size_t i = 0; i < end; i++)
		fill_row(f, queue[i], queue, &end);
	free(queue);
	for (size_t i = 0; i < f->nnodes * f->nkinds; i++) {
		const struct node *n = &f->node[f->next[i]];

		f->next[i] = f->next[i] * f->nkinds |
			     (n->words != 0 || n->up != NONE ? ENDS : 0);
	}
	return SPILL_OK;
}

/* at: behind the last byte of the words. */
static void
found(
    const struct sniff_find *f, uint32_t node, size_t at, struct sniff_set *out)
{
	for (; node != NONE; node = f->node[node].up)
		for (uint32_t i = f->node[node].words; i != 0;) {
			const struct word *w = &f->word[i - 1];

			/* The LF of a word may be the one before the text. */
			if (at + 1 >= w->len + w->from &&
			    at < (size_t)w->until + w->len)
				sniff_set_add(out, w->rule);
			i = w->next;
		}
}

void
sniff_find_run(
    const struct sniff_find *f, struct spill_span text, struct sniff_set *out)
{
	size_t n = SPILL_MIN(text.len, f->reach);
	uint32_t row = f->next[f->kind['\n']] & ~ENDS;

	for (size_t i = 0; i < n; i++) {
		row = f->next[row + f->kind[(uint8_t)text.p[i]]];
		if (row & ENDS) {
			row &= ~ENDS;
			found(f, row / f->nkinds, i + 1, out);
		}
	}
}

void
sniff_find_free(struct sniff_find **f)
{
	if (*f == NULL)
		return;
	free((*f)->word);
	free((*f)->node);
	free((*f)->next);
	free(*f);
	*f = NULL;
}
