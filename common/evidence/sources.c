#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/diag.h>
#include <spill/locator.h>
#include <spill/sources.h>
#include <spill/worker.h>

#include "image_i.h"

/* --- names -------------------------------------------------------------- */

/* The name as the first segment of a locator. */
static char *
make_label(struct spill_span name)
{
	struct spill_buf b = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	const struct spill_locator l = { .kind = SPILL_LOCATOR_ID,
		.evidence = name,
		.volume = SPILL_SPAN("p0"),
		.numbers = 1 };
	char *out = NULL;

	/* "name:p0:0" without its end. */
	if (spill_locator_print(&b, &l) == SPILL_OK && b.len > 5)
		out = strndup(b.p, b.len - 5);
	spill_buf_release(&b);
	return out;
}

static int
set_name(struct spill_sources *l, struct spill_source *s, const char *name)
{
	for (size_t i = 0; i < l->n; i++) {
		if (&l->s[i] == s || l->s[i].name == NULL ||
		    strcmp(l->s[i].name, name) != 0)
			continue;
		spill_err("'%s' and '%s' are both called '%s': give one "
			  "another name with -e NAME=PATH, or of the segments "
			  "of one image only the first",
		    l->s[i].path, s->path, name);
		return SPILL_EUSAGE;
	}
	free(s->name);
	free(s->label);
	s->name = strdup(name);
	s->label = make_label(spill_span(name));
	if (s->name == NULL)
		return SPILL_ENOMEM;
	if (s->label == NULL) {
		spill_err(
		    "'%s' has no name: give it one with -e NAME=PATH", s->path);
		return SPILL_EUSAGE;
	}
	return SPILL_OK;
}

static struct spill_source *
by_path(struct spill_sources *l, const char *path)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->s[i].path, path) == 0)
			return &l->s[i];
	return NULL;
}

static struct spill_source *
append(struct spill_sources *l, const char *path)
{
	struct spill_source *s;

	/* All the room that there will ever be: others point into it. */
	if (l->s == NULL) {
		l->s = calloc(SPILL_SOURCES_MAX, sizeof(*s));
		l->cap = l->s != NULL ? SPILL_SOURCES_MAX : 0;
	}
	if (l->n == l->cap)
		return NULL;
	s = &l->s[l->n];
	*s = (struct spill_source){ .path = strdup(path) };
	if (s->path == NULL)
		return NULL;
	l->n++;
	return s;
}

int
spill_sources_add(struct spill_sources *l, const char *path, const char *name)
{
	struct spill_source *s = by_path(l, path);
	struct spill_span span = spill_locator_short(spill_span(path));
	char *text;
	int rc;

	if (s != NULL && name == NULL)
		return SPILL_OK;
	if (s == NULL)
		s = append(l, path);
	text = name != NULL ? strdup(name) : strndup(span.p, span.len);
	if (s == NULL || text == NULL) {
		free(text);
		return SPILL_ENOMEM;
	}
	rc = set_name(l, s, text);
	free(text);
	return rc;
}

int
spill_sources_option(struct spill_sources *l, const char *text)
{
	const char *eq = strchr(text, '=');
	char *name;
	int rc;

	/* A path with a "=" in it, and no name, has a slash before it. */
	if (eq == NULL || memchr(text, '/', (size_t)(eq - text)) != NULL)
		return spill_sources_add(l, text, NULL);
	name = strndup(text, (size_t)(eq - text));
	if (name == NULL)
		return SPILL_ENOMEM;
	rc = spill_sources_add(l, eq + 1, name);
	free(name);
	return rc;
}

struct spill_source *
spill_sources_find(struct spill_sources *l, struct spill_span name)
{
	for (size_t i = 0; i < l->n; i++)
		if (spill_span_eq(spill_span(l->s[i].name), name))
			return &l->s[i];
	return NULL;
}

/* --- files -------------------------------------------------------------- */

static int
left_out(struct spill_tool *t, struct spill_source *s, const char *code,
    const char *why)
{
	const struct spill_error e = {
		.code = code, .evidence = s->path, .detail = why
	};

	s->lost = true;
	spill_tool_error(t, &e);
	return SPILL_EIO;
}

int
spill_source_open(struct spill_source *s, struct spill_tool *t)
{
	char why[96];
	int rc;

	if (s->set != NULL || s->lost)
		return s->lost ? SPILL_EIO : SPILL_OK;
	rc = spill_evidence_open(s->path, &s->set, NULL);
	if (rc == SPILL_ENOMEM)
		return rc;
	if (rc != SPILL_OK)
		return left_out(t, s, "unreadable", "it is left out");
	if (s->set->n > SPILL_JOB_FDS) {
		(void)snprintf(why, sizeof(why),
		    "it has %zu segments, at most %d can be read", s->set->n,
		    SPILL_JOB_FDS);
		spill_evidence_free(&s->set);
		return left_out(t, s, "limit", why);
	}
	s->fd = calloc(s->set->n + 1, sizeof(*s->fd));
	s->told = calloc(1, sizeof(*s->told));
	if (s->fd == NULL || s->told == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < s->set->n; i++)
		s->fd[i] = s->set->file[i].fd;
	return SPILL_OK;
}

int
spill_sources_check(const struct spill_sources *l)
{
	size_t changed = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->s[i].set != NULL)
			changed += spill_evidence_changed(l->s[i].set);
	return changed > 0 ? SPILL_EIO : SPILL_OK;
}

void
spill_sources_release(struct spill_sources *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->s[i].path);
		free(l->s[i].name);
		free(l->s[i].label);
		free(l->s[i].fd);
		if (l->s[i].told != NULL)
			bad_list_release(l->s[i].told);
		free(l->s[i].told);
		spill_evidence_free(&l->s[i].set);
	}
	free(l->s);
	*l = (struct spill_sources){ 0 };
}
