/*
 * unpack_util.c: a sink that takes down what a container hands out.
 */
#include "unpack_util.h"

#include <spill/diag.h>

enum { KEEP = 1 << 20, LINES = 64 << 20, QUOTED = 64 };

static void
put_text(struct spill_buf *b, struct spill_span s)
{
	size_t size = s.len * 4 + 1;
	char *p = malloc(size);

	assert_non_null(p);
	spill_buf_put(b, p, spill_neutral(p, size, s.p, s.len));
	free(p);
}

static void
put_span(struct spill_buf *b, const char *what, struct spill_span s)
{
	if (s.len == 0)
		return;
	spill_buf_puts(b, what);
	put_text(b, s);
}

static void
put_time(struct spill_buf *b, const char *what, struct spill_time t)
{
	char text[SPILL_TIME_TEXT];

	if (spill_time_format(t, text) > 0)
		spill_buf_printf(b, " %s=%s", what, text);
}

static void
put_owner(struct spill_buf *b, const struct spill_member_info *m)
{
	if (m->has_mode)
		spill_buf_printf(b, " mode=%o", m->mode);
	if (m->uid != UINT64_MAX)
		spill_buf_printf(b, " uid=%ju", (uintmax_t)m->uid);
	if (m->gid != UINT64_MAX)
		spill_buf_printf(b, " gid=%ju", (uintmax_t)m->gid);
	put_time(b, "born", m->born);
	put_time(b, "modified", m->modified);
	put_time(b, "accessed", m->accessed);
	put_time(b, "changed", m->changed);
}

static void
put_member(struct unpack_log *log, const struct spill_member_info *m)
{
	static const char *const kinds[] = { "file", "dir", "link", "special",
		"message", "attachment" };
	struct spill_buf *b = &log->text;

	assert_true((unsigned)m->kind < SPILL_COUNT(kinds));
	spill_buf_puts(b, kinds[m->kind]);
	put_span(b, " ", m->name);
	put_span(b, " -> ", m->target);
	put_span(b, " title=", m->title);
	put_span(b, " mime=", m->mime);
	if (m->size != UINT64_MAX)
		spill_buf_printf(b, " size=%ju", (uintmax_t)m->size);
	if (m->has_crc)
		spill_buf_printf(b, " crc=%08x", m->crc);
	if (m->encrypted)
		spill_buf_puts(b, " encrypted");
	if (!log->plain)
		put_owner(b, m);
	put_span(b, " note=", m->note);
	spill_buf_puts(b, ":");
}

static int
log_begin(void *ctx, const struct spill_member_info *m)
{
	struct unpack_log *log = ctx;

	assert_false(log->open);
	if (++log->members == log->fail_at)
		return SPILL_EIO;
	log->open = true;
	log->kind = m->kind;
	log->got = 0;
	log->stopped = false;
	log->wanted = !log->no_content;
	spill_buf_reset(&log->content);
	if (!log->quiet)
		put_member(log, m);
	return log->wanted ? SPILL_OK : SPILL_END;
}

static int
log_data(void *ctx, const void *p, size_t n)
{
	struct unpack_log *log = ctx;

	assert_true(log->open && log->wanted && !log->stopped);
	assert_true(n > 0);
	log->got += n;
	log->bytes += n;
	if (log->content.len < KEEP)
		spill_buf_put(
		    &log->content, p, SPILL_MIN(n, KEEP - log->content.len));
	log->stopped = log->stop > 0 && log->got >= log->stop;
	return log->stopped ? SPILL_END : SPILL_OK;
}

static void
put_content(struct unpack_log *log)
{
	struct spill_buf *b = &log->text;

	if (log->got > QUOTED) {
		spill_buf_printf(b, " %ju bytes", (uintmax_t)log->got);
	} else if (log->got > 0) {
		spill_buf_puts(b, " \"");
		put_text(b, spill_buf_as_span(&log->content));
		spill_buf_putc(b, '"');
	}
}

static int
log_end(void *ctx, enum spill_member_end how, const char *why)
{
	static const char *const hows[] = { "ok", "skipped", "partial",
		"encrypted", "unsupported" };
	struct unpack_log *log = ctx;

	assert_true(log->open);
	assert_true((unsigned)how < SPILL_COUNT(hows));
	if (!log->wanted)
		assert_int_equal(log->got, 0);
	if (log->stopped)
		assert_int_equal(how, SPILL_MEMBER_SKIPPED);
	if (how == SPILL_MEMBER_ENCRYPTED || how == SPILL_MEMBER_UNSUPPORTED)
		assert_int_equal(log->got, 0);
	log->open = false;
	log->how = how;
	if (log->quiet)
		return SPILL_OK;
	put_content(log);
	spill_buf_printf(&log->text, " %s%s", hows[how], why ? ": " : "");
	if (why != NULL)
		put_text(&log->text, spill_span(why));
	spill_buf_putc(&log->text, '\n');
	return SPILL_OK;
}

static int
log_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	static const char *const codes[] = { "unreadable", "damaged",
		"unsupported", "encrypted", "limit", "memory", "anomaly" };
	struct unpack_log *log = ctx;
	bool known = false;

	for (size_t i = 0; i < SPILL_COUNT(codes); i++)
		known = known || strcmp(code, codes[i]) == 0;
	assert_true(known);
	assert_non_null(detail);
	assert_false(log->open); /* or lines would run into each other */
	log->flaws++;
	if (log->quiet)
		return SPILL_OK;
	spill_buf_printf(&log->text, "flaw %s 0x%jx+%ju: ", code,
	    (uintmax_t)offset, (uintmax_t)length);
	put_text(&log->text, spill_span(detail));
	spill_buf_putc(&log->text, '\n');
	return SPILL_OK;
}

struct spill_unpack_sink
unpack_log_sink(struct unpack_log *log)
{
	log->text.max = LINES;
	log->content.max = KEEP;
	return (struct spill_unpack_sink){ log_begin, log_data, log_end,
		log_flaw, log };
}

void
unpack_log_clear(struct unpack_log *log)
{
	spill_buf_reset(&log->text);
	spill_buf_reset(&log->content);
	log->members = log->flaws = 0;
	log->bytes = 0;
	log->open = false;
}

void
unpack_log_free(struct unpack_log *log)
{
	spill_buf_release(&log->text);
	spill_buf_release(&log->content);
}

int
unpack_run(const struct spill_unpack *u, struct spill_span bytes,
    const struct spill_unpack_conf *conf, struct unpack_log *log)
{
	static const struct spill_unpack_conf none;
	struct spill_unpack_sink sink = unpack_log_sink(log);
	char *copy = exact(bytes.p, bytes.len);
	struct spill_src src = spill_src_of(span_of(copy, bytes.len));
	int rc;

	unpack_log_clear(log);
	rc = u->run(&src, conf != NULL ? conf : &none, &sink);
	free(copy);
	if (log->fail_at == 0)
		assert_false(log->open);
	if (rc == SPILL_EFORMAT)
		assert_int_equal(log->members + log->flaws, 0);
	assert_int_equal(log->text.rc, SPILL_OK);
	return rc;
}

static int
counted_read(
    struct spill_src *s, uint64_t offset, void *buf, size_t n, size_t *got)
{
	struct unpack_counted *c = s->ctx;

	if (++c->calls == c->fail_at)
		return SPILL_EIO;
	*got = 0;
	if (offset < c->bytes.len)
		*got = SPILL_MIN(n, c->bytes.len - (size_t)offset);
	memcpy(buf, c->bytes.p + SPILL_MIN(offset, c->bytes.len), *got);
	c->read += *got;
	return SPILL_OK;
}

void
unpack_counted(struct unpack_counted *c, struct spill_span bytes)
{
	*c = (struct unpack_counted){ .bytes = bytes };
	c->src = (struct spill_src){
		.size = bytes.len, .read = counted_read, .ctx = c
	};
}

const char *
unpack_line(struct unpack_log *log, const char *begin)
{
	static char line[1000];
	const char *p = spill_buf_str(&log->text);
	size_t n = strlen(begin);

	while (strncmp(p, begin, n) != 0) {
		p = strchr(p, '\n');
		if (p == NULL || *++p == '\0')
			return "";
	}
	(void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
	return line;
}

bool
unpack_shared(const char *name, struct spill_buf *out)
{
	static const char *const at[] = { "../shared/testdata/",
		"../../shared/testdata/" };
	char path[600];
	FILE *f = NULL;
	char *p;
	size_t n;

	for (size_t i = 0; i < SPILL_COUNT(at) && f == NULL; i++) {
		(void)snprintf(path, sizeof(path), "%s%s", at[i], name);
		f = fopen(path, "rb");
	}
	if (f == NULL)
		return false;
	spill_buf_reset(out);
	while ((p = spill_buf_room(out, 1 << 16)) != NULL &&
	       (n = fread(p, 1, 1 << 16, f)) > 0)
		out->len += n;
	fclose(f);
	return out->rc == SPILL_OK;
}
