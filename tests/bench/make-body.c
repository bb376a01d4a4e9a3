/*
 * make-body.c: a bodyfile of N lines to standard output, the same each time.
 *
 * usage: make-body N ROWS
 *
 * Times lie between 2023-01-01 and 2025-11-01 and some months around them,
 * four a line, nearly always different. How many rows a timeline of each ten
 * thousand lines from the start has goes to the file ROWS, summed up: "lines
 * rows".
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST 1672531200
#define LAST  1761955200
#define STEP  10000

static const char *const users[] = { "a.keller", "b.novak", "c.moreau",
	"d.hansen", "e.rossi", "f.tamm", "Public" };
static const char *const folders[] = { "Documents", "AppData/Local", "Pictures",
	"Mail/Inbox" };
static const char *const nouns[] = { "report", "budget", "meeting", "schedule",
	"supplier", "invoice", "order", "harbour", "bridge", "convoy", "fuel",
	"depot", "ration", "vehicle", "engine", "filter", "bearing", "gasket",
	"plan", "annex", "appendix", "summary", "estimate", "contract",
	"survey", "route", "map", "grid", "sector", "column", "crew", "shift",
	"training", "course", "lesson", "manual", "checklist", "form", "stamp",
	"register", "ledger", "archive", "cabinet", "printer", "scanner",
	"network", "switch", "router", "cable", "rack", "server", "backup",
	"mailbox", "account", "password", "token", "session", "ticket",
	"request", "incident", "fault", "outage", "repair", "camp" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t seed = 88172645463325252u;

static uint64_t
dice(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

static unsigned
distinct(const int64_t t[4])
{
	unsigned n = 0;

	for (int i = 0; i < 4; i++) {
		int k = 0;

		while (t[k] != t[i])
			k++;
		n += k == i;
	}
	return n;
}

static unsigned
put_line(unsigned long i)
{
	uint64_t u = i % (COUNT(users) * COUNT(folders));
	int64_t born = FIRST + (int64_t)dice(LAST - FIRST);
	int64_t k = (int64_t)dice(9000000);
	const int64_t t[4] = { born + k, born, born + 60, born - k };

	printf("0|/Users/%s/%s/%s/%s_%lu.docx|%lu-128-1|r/rrwxrwxrwx|0|0|"
	       "%lld|%lld|%lld|%lld|%lld\n",
	    users[u / COUNT(folders)], folders[u % COUNT(folders)],
	    nouns[i % COUNT(nouns)], nouns[(uint64_t)k % COUNT(nouns)], i, i,
	    (long long)k, (long long)t[0], (long long)t[1], (long long)t[2],
	    (long long)t[3]);
	return distinct(t);
}

int
main(int argc, char *argv[])
{
	unsigned long n = argc == 3 ? strtoul(argv[1], NULL, 10) : 0, rows = 0;
	FILE *f = n > 0 ? fopen(argv[2], "w") : NULL;

	if (f == NULL) {
		fprintf(stderr, "usage: make-body lines rows-file\n");
		return 2;
	}
	for (unsigned long i = 0; i < n; i++) {
		rows += put_line(i);
		if ((i + 1) % STEP == 0)
			fprintf(f, "%lu %lu\n", i + 1, rows);
	}
	return fclose(f) != 0 || fflush(stdout) != 0 || ferror(stdout);
}
