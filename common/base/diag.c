#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/utf8.h>

#define LINE_MAX_BYTES 4096

static const char *diag_program = "spillkit";
static enum spill_level diag_level = SPILL_NORMAL;
static bool diag_terminal;
static bool progress_shown;

void
spill_diag_init(const char *program, enum spill_level level)
{
	diag_program = program;
	diag_level = level;
	diag_terminal = isatty(STDERR_FILENO) == 1;
}

enum spill_level
spill_diag_level(void)
{
	return diag_level;
}

size_t
spill_neutral(char *dst, size_t size, const char *src, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t total = 0, kept = 0, i = 0;

	while (i < len) {
		char piece[4] = { '\\', 'x', 0, 0 };
		const char *from = piece;
		unsigned char c = (unsigned char)src[i];
		uint32_t cp = 0;
		unsigned n = spill_utf8_decode(src + i, len - i, &cp), out = 4;

		if (n > 0 && spill_cp_printable(cp)) {
			from = src + i;
			out = n;
		} else {
			piece[2] = hex[c >> 4];
			piece[3] = hex[c & 15];
			n = 1;
		}
		if (kept == total && total + out < size) {
			memcpy(dst + total, from, out);
			kept += out;
		}
		total += out;
		i += n;
	}
	if (size > 0)
		dst[kept] = '\0';
	return total;
}

static void
wipe_progress(void)
{
	if (progress_shown)
		(void)!write(STDERR_FILENO, "\r\033[K", 4);
	progress_shown = false;
}

static void
say(const char *fmt, va_list ap)
{
	char raw[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 128];
	int n = vsnprintf(raw, sizeof(raw), fmt, ap);
	size_t len = n < 0 ? 0 : SPILL_MIN((size_t)n, sizeof(raw) - 1), at;

	at = (size_t)snprintf(line, 64, "%s: ", diag_program);
	len = spill_neutral(line + at, sizeof(line) - at - 1, raw, len);
	at += SPILL_MIN(len, strlen(line + at));
	line[at++] = '\n';
	wipe_progress();
	(void)!write(STDERR_FILENO, line, at);
}

#define SAY(name, least)                  \
	void name(const char *fmt, ...)   \
	{                                 \
		va_list ap;               \
                                          \
		if (diag_level < (least)) \
			return;           \
		va_start(ap, fmt);        \
		say(fmt, ap);             \
		va_end(ap);               \
	}

SAY(spill_err, SPILL_QUIET)
SAY(spill_warn, SPILL_NORMAL)
SAY(spill_note, SPILL_NORMAL)
SAY(spill_info, SPILL_VERBOSE)

void
spill_progress(uint64_t bytes, uint64_t rows, const char *what)
{
	static struct timespec last;
	struct timespec now;
	char line[160];
	int n;

	if (!diag_terminal || diag_level == SPILL_QUIET)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - last.tv_sec) * 1000 +
		(now.tv_nsec - last.tv_nsec) / 1000000 <
	    200)
		return;
	last = now;
	n = snprintf(line, sizeof(line), "\r\033[K%s: %s, %.1f MB, %llu rows",
	    diag_program, what, (double)bytes / 1e6, (unsigned long long)rows);
	if (n > 0)
		(void)!write(STDERR_FILENO, line, (size_t)n);
	progress_shown = true;
}

void
spill_progress_end(void)
{
	wipe_progress();
}
