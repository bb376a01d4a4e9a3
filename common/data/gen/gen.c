/*
 * gen.c: a table in CSV as C, on the machine that builds.
 *
 * usage: gen FILE.csv
 *
 * The columns are named in the first line; all are text. For ext.csv:
 *	static const struct ext_row {
 *		const char *mime, *type, *extensions;
 *	} ext_rows[] = { { "...", "...", "..." }, ... };
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 32
#define CELL	65536

static const char *path;
static unsigned long line = 1;

static void
die(const char *why)
{
	fprintf(stderr, "gen: %s:%lu: %s\n", path, line, why);
	exit(1);
}

/* The next cell, by RFC 4180; what ends it: ',', '\n' or EOF. */
static int
cell(FILE *f, char *out)
{
	size_t n = 0;
	int c = getc(f);
	bool quoted = c == '"';

	if (quoted)
		c = getc(f);
	for (;; c = getc(f)) {
		if (quoted && c == '"') {
			c = getc(f);
			if (c != '"')
				break;
		} else if (quoted ? c == EOF : strchr(",\n", c) || c == EOF) {
			break;
		}
		if (n + 1 == CELL)
			die("a cell is too long");
		out[n++] = (char)c;
	}
	out[n] = '\0';
	if (quoted && c == EOF && n == 0)
		die("a quote has no end");
	if (c != ',' && c != '\n' && c != EOF)
		die("something follows a quote");
	return c;
}

static void
put_string(const char *s)
{
	putchar('"');
	for (; *s != '\0'; s++)
		if (isprint((unsigned char)*s) && !strchr("\"\\?", *s))
			putchar(*s);
		else
			printf("\\%03o", (unsigned char)*s);
	putchar('"');
}

static unsigned
header(FILE *f, const char *name)
{
	static char text[CELL];
	unsigned n = 0;
	int end;

	printf("/* Made of %s.csv. */\nstatic const struct %s_row {\n"
	       "\tconst char *",
	    name, name);
	do {
		end = cell(f, text);
		printf("%s%s", n++ > 0 ? ", *" : "", text);
	} while (end == ',' && n < COLUMNS);
	if (end != '\n')
		die("no header");
	printf(";\n} %s_rows[] = {\n", name);
	return n;
}

static bool
row(FILE *f, unsigned columns)
{
	static char text[CELL];
	unsigned n = 0;
	int c = getc(f), end;

	if (c == EOF)
		return false;
	ungetc(c, f);
	line++;
	printf("\t{");
	do {
		end = cell(f, text);
		printf(n++ > 0 ? ", " : " ");
		put_string(text);
	} while (end == ',' && n < columns);
	if (n != columns || end == ',')
		die("another number of cells than in the header");
	printf(" },\n");
	return true;
}

int
main(int argc, char *argv[])
{
	static char name[64];
	const char *base;
	FILE *f;
	unsigned columns;

	if (argc != 2) {
		fprintf(stderr, "usage: gen FILE.csv\n");
		return 2;
	}
	path = argv[1];
	base = strrchr(path, '/');
	base = base != NULL ? base + 1 : path;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(base, "."), base);
	f = fopen(path, "r");
	if (f == NULL)
		die(strerror(errno));
	columns = header(f, name);
	while (row(f, columns))
		;
	printf("};\n");
	return ferror(f) || fclose(f) != 0 || fflush(stdout) != 0;
}
