/*
 * stream.h: a stream that a test writes, and its text.
 */
#ifndef SPILL_UNIT_STREAM_H
#define SPILL_UNIT_STREAM_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/writer.h>

#include "util.h"

#define LARGE ((size_t)1 << 28)

static char path[80];

static inline int
setup(void **state)
{
	int rc = folder_setup(state);

	snprintf(path, sizeof(path), "%s/out", folder);
	return rc;
}

struct stream {
	enum spill_syntax syntax;
	struct spill_columns *cols;
	struct spill_dict *dict;
	struct spill_out *out;
	struct spill_writer *w;
};

static struct spill_row row;

static inline void
begin(struct stream *s, enum spill_syntax syntax,
    const struct spill_schema *schema)
{
	*s = (struct stream){ .syntax = syntax };
	assert_int_equal(spill_columns_open(&s->cols, schema), SPILL_OK);
	assert_int_equal(spill_dict_open(&s->dict), SPILL_OK);
	assert_int_equal(spill_out_open(&s->out, path), SPILL_OK);
	assert_int_equal(spill_out_hash(s->out), SPILL_OK);
}

static inline void
open_writer(struct stream *s)
{
	assert_int_equal(
	    spill_writer_open(&s->w, s->out, s->syntax, s->cols, s->dict),
	    SPILL_OK);
	spill_writer_header(s->w);
}

/* Its text, and nothing else is left. */
static inline void
end(struct stream *s, struct spill_buf *text)
{
	struct stat st;
	int fd;

	assert_int_equal(spill_out_close(&s->out), SPILL_OK);
	spill_writer_free(&s->w);
	assert_null(s->w);
	spill_writer_free(&s->w);
	spill_dict_free(&s->dict);
	spill_columns_free(&s->cols);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(fstat(fd, &st), 0);
	*text = SPILL_BUF_INIT(LARGE);
	assert_non_null(spill_buf_room(text, (size_t)st.st_size + 1));
	assert_int_equal(read(fd, text->p, (size_t)st.st_size), st.st_size);
	text->len = (size_t)st.st_size;
	assert_int_equal(close(fd), 0);
}

static const struct spill_column four_columns[] = {
	{ "first", SPILL_T_TEXT, true, "", NULL },
	{ "second", SPILL_T_TEXT, false, "", NULL },
	{ "third", SPILL_T_NAME, false, "", NULL },
	{ "fourth", SPILL_T_UINT, false, "", NULL },
};
static const struct spill_schema four = { "four", "", four_columns, 4 };

/* What put writes to a stream of these columns. */
static inline void
check_text(
    enum spill_syntax syntax, void (*put)(struct stream *), const char *want)
{
	struct stream s;
	struct spill_buf out;

	begin(&s, syntax, &four);
	put(&s);
	end(&s, &out);
	assert_string_equal(spill_buf_str(&out), want);
	spill_buf_release(&out);
}

#endif
