/*
 * embed.c: a file as a string in C, on the machine that builds.
 *
 * usage: embed FILE NAME
 *
 *	static const char NAME[] = "...";
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

int
main(int argc, char *argv[])
{
	FILE *f;
	int c;

	if (argc != 3) {
		fprintf(stderr, "usage: embed FILE NAME\n");
		return 2;
	}
	f = fopen(argv[1], "r");
	if (f == NULL) {
		perror(argv[1]);
		return 1;
	}
	printf("/* Made of %s. */\nstatic const char %s[] =\n\t\"", argv[1],
	    argv[2]);
	while ((c = getc(f)) != EOF)
		if (c == '\n')
			printf("\\n\"\n\t\"");
		else if (isprint(c) && !strchr("\"\\?", c))
			putchar(c);
		else
			printf("\\%03o", (unsigned)c);
	printf("\";\n");
	return ferror(f) || fclose(f) != 0 || fflush(stdout) != 0;
}
