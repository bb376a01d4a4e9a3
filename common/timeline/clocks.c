/*
 * clocks.c: which machine a row is from, and how the clock of that machine
 * went: its zone, for times without one, and how far it was ahead.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/locator.h>
#include <spill/name.h>

#include "timeline_i.h"

#define DAY_NS	  (86400 * (int64_t)1000000000)
#define MINUTE_NS (60 * (int64_t)1000000000)

/* One row of an evidence stream. */
struct clock {
	struct spill_span evidence, name, machine;
	const struct spill_zone *zone;
	int64_t ahead; /* ns */
};

/* One --skew or --machine: what it is for ("": anything), and its value. */
struct rule {
	struct spill_span what, machine;
	int64_t ahead;
	bool fits; /* it was for some event */
};

struct tl_clocks {
	struct tl *tl;
	struct spill_arena text;
	struct clock *clock;
	size_t n, cap;
	struct rule *skew, *machine;
	const struct spill_zone *assumed;
	bool idle; /* nothing to do for any row */
	uint64_t twice, never, beyond, already;
	struct spill_buf cells;
	struct spill_buf key, last_key; /* of the clock looked up last */
	const struct clock *last;
};

/* --- options ------------------------------------------------------------ */

static int
zone_by_name(const char *name, const char *where, const struct spill_zone **z)
{
	int rc = spill_zone_load(name, z);

	if (rc == SPILL_EUSAGE)
		spill_err("%s: no time zone is called '%s'; they are such as "
			  "Europe/Lisbon or +01:00",
		    where, name);
	return rc;
}

/* "what=value" or "value". */
static const char *
split_rule(const char *text, struct rule *r)
{
	const char *eq = strrchr(text, '=');

	r->what =
	    (struct spill_span){ text, eq != NULL ? (size_t)(eq - text) : 0 };
	return eq != NULL ? eq + 1 : text;
}

static int
parse_rules(struct tl_clocks *c)
{
	const struct spill_timeline_conf *conf = c->tl->conf;

	c->skew = calloc(conf->skew.n + 1, sizeof(*c->skew));
	c->machine = calloc(conf->machine.n + 1, sizeof(*c->machine));
	if (c->skew == NULL || c->machine == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < conf->machine.n; i++)
		c->machine[i].machine =
		    spill_span(split_rule(conf->machine.v[i], &c->machine[i]));
	for (size_t i = 0; i < conf->skew.n; i++) {
		const char *v = split_rule(conf->skew.v[i], &c->skew[i]);

		if (spill_duration_parse(spill_span(v), &c->skew[i].ahead) !=
		    SPILL_OK) {
			spill_err("option --skew: '%s' is not a duration such "
				  "as 90s or 00:03:00",
			    v);
			return SPILL_EUSAGE;
		}
	}
	return SPILL_OK;
}

/* --- evidence records --------------------------------------------------- */

static struct spill_span
cell(const struct spill_reader *r, const char *column)
{
	int at = spill_table_find(r->table, column);

	if (at < 0 || r->table->cell[at].p == NULL)
		return (struct spill_span){ "", 0 };
	return r->table->cell[at];
}

static struct spill_span
keep(struct tl_clocks *c, struct spill_span v)
{
	char *p = spill_arena_dup(&c->text, v.p, v.len);

	c->tl->nomem |= p == NULL;
	return (struct spill_span){ p != NULL ? p : "", p != NULL ? v.len : 0 };
}

static int
add_clock(struct tl_clocks *c, const struct spill_reader *r, const char *path)
{
	struct spill_span zone = cell(r, "zone");
	struct spill_span offset = cell(r, "clock_offset");
	struct clock *k;

	k = spill_grow(c->clock, c->n, &c->cap, sizeof(*k));
	if (k == NULL)
		return SPILL_ENOMEM;
	c->clock = k;
	k = &c->clock[c->n];
	*k = (struct clock){ .evidence = keep(c, cell(r, "evidence")),
		.name = keep(c, cell(r, "name")),
		.machine = keep(c, cell(r, "machine")) };
	if (offset.len > 0 &&
	    spill_duration_parse(offset, &k->ahead) != SPILL_OK) {
		spill_err("'%s', line %llu: clock_offset '%.*s' is not a "
			  "duration",
		    path, (unsigned long long)r->table->number, (int)offset.len,
		    offset.p);
		return SPILL_EUSAGE;
	}
	zone = keep(c, zone);
	if (c->tl->nomem)
		return SPILL_ENOMEM;
	c->n++;
	return zone.len > 0 ? zone_by_name(zone.p, path, &k->zone) : SPILL_OK;
}

/* Other records than those of evidence have a column 'evidence', too. */
static int
check_columns(const struct spill_table *t, const char *path)
{
	const struct spill_schema *s = spill_schema_guess(t->name, t->n);

	if (s != NULL && s != &spill_schema_evidence &&
	    spill_schema_missing(s, t->name, t->n) == NULL) {
		spill_err("'%s' holds %s records, not evidence records", path,
		    s->name);
		return SPILL_EUSAGE;
	}
	if (spill_table_find(t, "evidence") < 0 &&
	    spill_table_find(t, "name") < 0 && t->n > 0) {
		spill_err("'%s' holds no evidence records: column 'evidence' "
			  "is missing",
		    path);
		return SPILL_EUSAGE;
	}
	return SPILL_OK;
}

static int
read_rows(struct tl_clocks *c, struct spill_reader *r, const char *path)
{
	int rc = check_columns(r->table, path);

	if (rc != SPILL_OK)
		return rc;
	while ((rc = spill_reader_next(r)) == SPILL_OK) {
		rc = add_clock(c, r, path);
		if (rc != SPILL_OK)
			return rc;
	}
	if (rc == SPILL_EDAMAGED)
		spill_err("'%s', line %llu: %s", path,
		    (unsigned long long)r->table->number, r->table->damage);
	return rc == SPILL_END ? SPILL_OK : rc;
}

static int
read_evidence(struct tl_clocks *c, const char *path)
{
	struct spill_buf why = SPILL_BUF_INIT(4096);
	struct spill_in *in = NULL;
	struct spill_reader *r = NULL;
	struct spill_span start;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc;

	if (fd < 0) {
		spill_err("cannot open '%s': %s", path, strerror(errno));
		return SPILL_EIO;
	}
	rc = spill_in_open(&in, fd, path);
	if (rc == SPILL_OK)
		rc = spill_in_peek(in, (size_t)64 << 10, &start);
	if (rc == SPILL_OK)
		rc = spill_reader_open(&r, in, spill_syntax_guess(start), 0,
		    spill_tool_sealed(c->tl->tool), &why);
	if (rc == SPILL_OK)
		rc = read_rows(c, r, path);
	else if (why.len > 0)
		spill_err("'%s': %s", path, spill_buf_str(&why));
	spill_reader_free(&r);
	spill_in_free(&in);
	spill_buf_release(&why);
	return rc;
}

int
tl_clocks_open(struct tl_clocks **out, struct tl *tl)
{
	const struct spill_timeline_conf *conf = tl->conf;
	struct tl_clocks *c = calloc(1, sizeof(*c));
	int rc;

	if (c == NULL)
		return SPILL_ENOMEM;
	*out = c;
	c->tl = tl;
	c->text = SPILL_ARENA_INIT((size_t)16 << 20);
	c->cells = SPILL_BUF_INIT(4096);
	c->key = c->last_key = SPILL_BUF_INIT((size_t)64 << 10);
	c->idle = conf->evidence.n + conf->skew.n + conf->machine.n == 0 &&
		  conf->assume_zone == NULL;
	rc = parse_rules(c);
	if (rc == SPILL_OK && conf->assume_zone != NULL)
		rc = zone_by_name(
		    conf->assume_zone, "option --assume-zone", &c->assumed);
	for (size_t i = 0; i < conf->evidence.n && rc == SPILL_OK; i++)
		rc = read_evidence(c, conf->evidence.v[i]);
	return rc;
}

void
tl_clocks_free(struct tl_clocks **c)
{
	if (*c == NULL)
		return;
	spill_arena_release(&(*c)->text);
	spill_buf_release(&(*c)->cells);
	spill_buf_release(&(*c)->key);
	spill_buf_release(&(*c)->last_key);
	free((*c)->clock);
	free((*c)->skew);
	free((*c)->machine);
	free(*c);
	*c = NULL;
}

/* --- a row's clock ------------------------------------------------------ */

/* The first segment of a locator; of file:PATH, the name of the input. */
static struct spill_span
first_segment(const struct tl_input *in, const struct spill_row *r)
{
	struct spill_span item = spill_row_get(r, EV_ITEM);
	const char *colon = item.len > 0 ? memchr(item.p, ':', item.len) : NULL;

	if (colon == NULL ||
	    (colon - item.p == 4 && memcmp(item.p, "file", 4) == 0))
		return spill_buf_as_span(&in->short_name);
	return (struct spill_span){ item.p, (size_t)(colon - item.p) };
}

static const struct clock *
find_clock(const struct tl_clocks *c, const struct tl_input *in,
    const struct spill_row *r)
{
	struct spill_span machine = spill_row_get(r, EV_MACHINE);
	struct spill_span evidence = spill_row_get(r, EV_EVIDENCE);
	struct spill_span name = first_segment(in, r);

	for (size_t i = 0; i < c->n; i++) {
		const struct clock *k = &c->clock[i];

		if (evidence.len > 0 ? spill_span_eq(k->evidence, evidence)
				     : spill_span_eq(k->name, name))
			return k;
	}
	/* What other tools made knows its machine and no evidence. */
	for (size_t i = 0; i < c->n && machine.len > 0; i++)
		if (spill_span_eq(c->clock[i].machine, machine))
			return &c->clock[i];
	return NULL;
}

/* The same as for the row before, mostly. */
static const struct clock *
cached_clock(
    struct tl_clocks *c, const struct tl_input *in, const struct spill_row *r)
{
	const struct spill_span key[] = { spill_row_get(r, EV_EVIDENCE),
		first_segment(in, r), spill_row_get(r, EV_MACHINE) };

	spill_buf_reset(&c->key);
	for (size_t i = 0; i < SPILL_COUNT(key); i++) {
		spill_buf_span(&c->key, key[i]);
		spill_buf_putc(&c->key, '\n');
	}
	if (c->key.rc != SPILL_OK)
		return find_clock(c, in, r);
	if (c->last_key.len != c->key.len ||
	    memcmp(c->last_key.p, c->key.p, c->key.len) != 0) {
		struct spill_buf old = c->last_key;

		c->last_key = c->key;
		c->key = old;
		c->last = find_clock(c, in, r);
	}
	return c->last;
}

static bool
is_for(const struct rule *rule, const struct tl_input *in,
    struct spill_span machine)
{
	bool is_stdin = spill_in_fd(in->in) == STDIN_FILENO;

	return rule->what.len == 0 || spill_span_eq(rule->what, machine) ||
	       (is_stdin && spill_span_eq(rule->what, SPILL_SPAN("-"))) ||
	       spill_span_eq(rule->what, spill_span(in->path)) ||
	       spill_span_eq(rule->what, spill_buf_as_span(&in->short_name));
}

/* The last rule that is for it, as later options go over earlier ones; one
 * that names what it is for goes over one that does not. */
static const struct rule *
find_rule(struct rule *rules, size_t n, const struct tl_input *in,
    struct spill_span machine)
{
	struct rule *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (is_for(&rules[i], in, machine) &&
		    (best == NULL || rules[i].what.len > 0 ||
			best->what.len == 0))
			best = &rules[i];
	if (best != NULL)
		best->fits = true;
	return best;
}

/* What --machine says comes first: it may lead to a clock. */
static void
name_machine(
    const struct tl_clocks *c, struct tl_input *in, struct spill_row *r)
{
	const struct rule *rule = find_rule(c->machine, c->tl->conf->machine.n,
	    in, (struct spill_span){ "", 0 });

	if (rule != NULL && !spill_row_has(r, EV_MACHINE))
		tl_set_shared(in, r, EV_MACHINE, rule->machine.p);
}

/* --- zones -------------------------------------------------------------- */

static void
set_time_cell(
    struct tl_input *in, struct spill_row *r, unsigned col, struct spill_time t)
{
	char text[SPILL_TIME_TEXT];
	size_t n = spill_time_format(t, text);

	spill_row_set(r, col, tl_keep(in, (struct spill_span){ text, n }));
}

static void
set_bounds(struct tl_clocks *c, struct tl_input *in, struct spill_row *r,
    int64_t first, int64_t last, int64_t precision)
{
	struct spill_time low = r->time, high = r->time;

	low.sec = first;
	high.sec = last;
	if (low.prec < 0)
		low.prec = high.prec = 0;
	if (precision > 0) {
		high = spill_time_add(high, precision - 1000000000);
		spill_buf_reset(&c->cells);
		spill_buf_printf(&c->cells, "%lld", (long long)precision);
		c->tl->nomem |= c->cells.rc != SPILL_OK;
		spill_row_set(r, EV_PRECISION_NS,
		    tl_keep(in, spill_buf_as_span(&c->cells)));
	}
	set_time_cell(in, r, EV_EARLIEST, low);
	set_time_cell(in, r, EV_LATEST, high);
}

/* A local time becomes an instant, or a stretch of them. */
static void
to_utc(struct tl_clocks *c, struct tl_input *in, struct spill_row *r,
    const struct spill_zone *zone, const char *basis, const char *source)
{
	int64_t precision = r->time.prec == SPILL_PREC_DAY	? DAY_NS
			    : r->time.prec == SPILL_PREC_MINUTE ? MINUTE_NS
								: 0;
	int64_t first, last;
	enum spill_local how =
	    spill_zone_to_utc(zone, r->time.sec, &first, &last);

	c->twice += how == SPILL_LOCAL_TWICE;
	c->never += how == SPILL_LOCAL_NEVER;
	if (first < SPILL_TIME_MIN || last > SPILL_TIME_MAX) {
		r->time = (struct spill_time){ 0 };
		return;
	}
	r->time.sec = first;
	r->time.zoned = true;
	if (how != SPILL_LOCAL_ONCE || precision > 0)
		set_bounds(c, in, r, first, last, precision);
	if (r->time.prec == SPILL_PREC_DAY)
		r->time.prec = 0; /* a day there is none of UTC */
	tl_set_shared(in, r, EV_TIME_BASIS, basis);
	spill_buf_reset(&c->cells);
	spill_buf_printf(&c->cells, "%s %s", source, spill_zone_name(zone));
	(void)spill_buf_str(&c->cells);
	c->tl->nomem |= c->cells.rc != SPILL_OK;
	tl_set_shared(in, r, EV_ZONE_SOURCE, spill_buf_str(&c->cells));
}

/* --- skew --------------------------------------------------------------- */

static void
set_skew(struct tl_clocks *c, struct tl_input *in, struct spill_row *r,
    int64_t ahead)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)-ahead);
	static const unsigned bounds[] = { EV_EARLIEST, EV_LATEST };

	if (spill_row_has(r, EV_SKEW_NS)) {
		c->already++;
		return;
	}
	if (spill_span_eq(
		spill_row_get(r, EV_TIME_BASIS), SPILL_SPAN("remote")))
		return; /* another machine's clock */
	for (size_t i = 0; i < SPILL_COUNT(bounds); i++) {
		struct spill_time t;

		if (spill_row_has(r, bounds[i]) &&
		    spill_time_parse(spill_row_get(r, bounds[i]), &t, NULL) ==
			SPILL_OK)
			set_time_cell(
			    in, r, bounds[i], spill_time_add(t, -ahead));
	}
	r->time = spill_time_add(r->time, -ahead);
	spill_row_set(
	    r, EV_SKEW_NS, tl_keep(in, (struct spill_span){ text, (size_t)n }));
}

static int64_t
add_ns(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? a : sum;
}

int
tl_clocks_apply(struct tl_input *in, struct spill_row *r, struct spill_span raw)
{
	struct tl_clocks *c = in->tl->clocks;
	const struct clock *k;
	const struct rule *rule;
	struct spill_time before = r->time;
	int64_t ahead;

	if (c->idle)
		return SPILL_OK;
	name_machine(c, in, r);
	k = c->n > 0 ? cached_clock(c, in, r) : NULL;
	if (k != NULL && k->machine.len > 0 && !spill_row_has(r, EV_MACHINE))
		tl_set_shared(in, r, EV_MACHINE, k->machine.p);
	if (!r->time.set)
		return SPILL_OK;
	if (!r->time.zoned && k != NULL && k->zone != NULL)
		to_utc(c, in, r, k->zone, "local-known", "evidence");
	else if (!r->time.zoned && c->assumed != NULL)
		to_utc(c, in, r, c->assumed, "local-assumed", "--assume-zone");
	rule = find_rule(
	    c->skew, c->tl->conf->skew.n, in, spill_row_get(r, EV_MACHINE));
	ahead =
	    add_ns(k != NULL ? k->ahead : 0, rule != NULL ? rule->ahead : 0);
	if (ahead != 0 && r->time.set)
		set_skew(c, in, r, ahead);
	c->beyond += !r->time.set;
	if (spill_time_cmp(before, r->time) != 0 && raw.len > 0 &&
	    !spill_row_has(r, EV_TIME_RAW))
		spill_row_set(r, EV_TIME_RAW, tl_escape(in, raw));
	return SPILL_OK;
}

void
tl_clocks_report(const struct tl_clocks *c)
{
	static const char *const text[] = {
		"local times that came twice, as the clock was set back (the "
		"earlier one is taken, earliest and latest have both): %llu",
		"local times that never were, as the clock was set forward "
		"(earliest and latest say between what): %llu",
		"times that a correction put outside the years 1601 to 9999 "
		"(they are in time_raw only): %llu",
		"times that had been corrected before, not corrected again: "
		"%llu",
	};
	const struct spill_timeline_conf *conf = c->tl->conf;
	const uint64_t n[] = { c->twice, c->never, c->beyond, c->already };

	for (size_t i = 0; i < conf->skew.n; i++)
		if (!c->skew[i].fits)
			spill_warn("option --skew: '%s' fits no event",
			    conf->skew.v[i]);
	for (size_t i = 0; i < conf->machine.n; i++)
		if (!c->machine[i].fits)
			spill_warn("option --machine: '%s' fits no event",
			    conf->machine.v[i]);
	for (size_t i = 0; i < SPILL_COUNT(n); i++)
		if (n[i] > 0)
			spill_note(text[i], (unsigned long long)n[i]);
}
