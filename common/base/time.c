/*
 * time.c: parsing and arithmetic of instants. The calendar functions follow
 * the era arithmetic of the proleptic Gregorian calendar (400 years, 146,097
 * days).
 */
#include <spill/time.h>

#define NS 1000000000LL

int64_t
spill_days(int64_t year, unsigned month, unsigned day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
	unsigned yoe = (unsigned)(y - era * 400);
	unsigned doy = (153 * (month + (month > 2 ? -3u : 9u)) + 2) / 5 + day;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 1 -
	       719468;
}

void
spill_civil(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = (int64_t)yoe + era * 400 + (*month <= 2);
}

/* --- parsing ------------------------------------------------------------ */

struct scan {
	const char *p, *end;
};

static bool
digits(struct scan *s, unsigned n, unsigned *out)
{
	unsigned v = 0;

	if ((size_t)(s->end - s->p) < n)
		return false;
	for (unsigned i = 0; i < n; i++) {
		unsigned d = (unsigned char)s->p[i] - '0';

		if (d > 9)
			return false;
		v = v * 10 + d;
	}
	s->p += n;
	*out = v;
	return true;
}

static bool
match(struct scan *s, const char *set)
{
	if (s->p == s->end)
		return false;
	for (; *set != '\0'; set++)
		if (*s->p == *set) {
			s->p++;
			return true;
		}
	return false;
}

static unsigned
month_days(unsigned year, unsigned month)
{
	static const uint8_t n[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return n[month - 1] + (month == 2 && leap);
}

static bool
scan_date(struct scan *s, int64_t *days, bool *zero)
{
	unsigned y, m, d;

	if (!digits(s, 4, &y) || !match(s, "-") || !digits(s, 2, &m) ||
	    !match(s, "-") || !digits(s, 2, &d))
		return false;
	*zero = y == 0 && m == 0 && d == 0;
	if (*zero)
		return true;
	if (y < 1601 || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
		return false;
	*days = spill_days(y, m, d);
	return true;
}

static bool
scan_fraction(struct scan *s, struct spill_time *t, enum spill_time_odd *odd)
{
	uint32_t v = 0;
	int n = 0;

	for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++, n++)
		if (n < 9)
			v = v * 10 + (uint32_t)(*s->p - '0');
	if (n == 0)
		return false;
	if (n > 9)
		*odd = SPILL_TIME_FINE;
	t->prec = (int8_t)SPILL_MIN(n, 9);
	for (; n < 9; n++)
		v *= 10;
	t->nsec = v;
	return true;
}

static bool
scan_clock(struct scan *s, struct spill_time *t, enum spill_time_odd *odd)
{
	unsigned h, m, sec = 0;

	if (!digits(s, 2, &h) || !match(s, ":") || !digits(s, 2, &m) ||
	    h > 23 || m > 59)
		return false;
	t->prec = SPILL_PREC_MINUTE;
	if (match(s, ":")) {
		if (!digits(s, 2, &sec) || sec > 60)
			return false;
		t->prec = 0;
		if (sec == 60)
			*odd = SPILL_TIME_LEAP;
		if (match(s, ".,") && !scan_fraction(s, t, odd))
			return false;
	}
	t->sec += (int64_t)h * 3600 + m * 60 + sec;
	return true;
}

static bool
scan_zone(struct scan *s, struct spill_time *t, enum spill_time_odd *odd)
{
	unsigned h, m = 0, sec = 0;
	int64_t offset;
	bool west, colon = false;

	if (s->p == s->end)
		return true;
	t->zoned = true;
	if (match(s, "Zz"))
		return true;
	west = *s->p == '-';
	if (!match(s, "+-") || !digits(s, 2, &h) || h > 26)
		return false;
	if (s->p < s->end &&
	    ((colon = match(s, ":"), !digits(s, 2, &m)) || m > 59))
		return false;
	if (colon && match(s, ":") && (!digits(s, 2, &sec) || sec > 59))
		return false;
	offset = (int64_t)h * 3600 + m * 60 + sec;
	if (offset != 0 && *odd == SPILL_TIME_PLAIN)
		*odd = SPILL_TIME_OFFSET;
	if (sec != 0 && t->prec == SPILL_PREC_MINUTE)
		t->prec = 0; /* it is not a minute of UTC */
	t->sec -= west ? -offset : offset;
	return true;
}

int
spill_time_parse(struct spill_span text, struct spill_time *out,
    enum spill_time_odd *odd_out)
{
	struct scan s = { text.p, text.p + text.len };
	struct spill_time t = { .prec = SPILL_PREC_DAY, .set = true };
	enum spill_time_odd odd = SPILL_TIME_PLAIN;
	int64_t days = 0;
	bool zero;

	if (!scan_date(&s, &days, &zero))
		return SPILL_EDAMAGED;
	t.sec = days * 86400;
	if (match(&s, "T ") && !scan_clock(&s, &t, &odd))
		return SPILL_EDAMAGED;
	if (!scan_zone(&s, &t, &odd) || s.p != s.end)
		return SPILL_EDAMAGED;
	if (t.prec == SPILL_PREC_DAY && odd == SPILL_TIME_OFFSET)
		return SPILL_EDAMAGED; /* it is not a day of UTC */
	if (zero) {
		t = (struct spill_time){ 0 };
		odd = SPILL_TIME_NONE;
	} else if (t.sec < SPILL_TIME_MIN || t.sec > SPILL_TIME_MAX) {
		return SPILL_EDAMAGED;
	}
	*out = t;
	if (odd_out != NULL)
		*odd_out = odd;
	return SPILL_OK;
}

/* --- text --------------------------------------------------------------- */

static char *
two(char *p, unsigned v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
	return p + 2;
}

static char *
put_date(char *p, int64_t days)
{
	/* Rows come in order of time: the day is nearly always the last one. */
	static _Thread_local int64_t last = INT64_MIN;
	static _Thread_local char text[10];

	if (days != last) {
		int64_t y;
		unsigned m, d;

		spill_civil(days, &y, &m, &d);
		two(two(text, (unsigned)(y / 100)), (unsigned)(y % 100));
		text[4] = '-';
		two(text + 5, m);
		text[7] = '-';
		two(text + 8, d);
		last = days;
	}
	for (int i = 0; i < 10; i++)
		p[i] = text[i];
	return p + 10;
}

static char *
put_clock(char *p, unsigned sod, const struct spill_time *t)
{
	uint32_t ns = t->nsec;

	*p++ = 'T';
	p = two(p, sod / 3600);
	*p++ = ':';
	p = two(p, sod / 60 % 60);
	if (t->prec == SPILL_PREC_MINUTE)
		return p;
	*p++ = ':';
	p = two(p, sod % 60);
	if (t->prec <= 0)
		return p;
	*p++ = '.';
	for (uint32_t unit = 100000000; unit > 0; unit /= 10) {
		*p++ = (char)('0' + ns / unit);
		ns %= unit;
	}
	return p - (9 - t->prec);
}

static char *
put_local(char *p, const struct spill_time *t, int64_t sec)
{
	int64_t days = sec / 86400 - (sec % 86400 < 0);

	p = put_date(p, days);
	if (t->prec != SPILL_PREC_DAY)
		p = put_clock(p, (unsigned)(sec - days * 86400), t);
	return p;
}

size_t
spill_time_format(struct spill_time t, char out[SPILL_TIME_TEXT])
{
	char *p = out;

	if (t.set) {
		p = put_local(p, &t, t.sec);
		if (t.zoned)
			*p++ = 'Z';
	}
	*p = '\0';
	return (size_t)(p - out);
}

size_t
spill_time_format_offset(
    struct spill_time t, int32_t offset, char out[SPILL_TIME_TEXT])
{
	unsigned abs = (unsigned)(offset < 0 ? -offset : offset);
	int64_t local = t.sec + offset;
	char *p = out;

	if (!t.set || !t.zoned || local < SPILL_TIME_MIN ||
	    local > SPILL_TIME_MAX)
		return spill_time_format(t, out);
	/* A day or a minute of UTC is not one of another zone. */
	if (t.prec == SPILL_PREC_DAY ||
	    (t.prec == SPILL_PREC_MINUTE && offset % 60 != 0))
		t.prec = offset == 0 ? t.prec : 0;
	p = put_local(p, &t, local);
	*p++ = offset < 0 ? '-' : '+';
	p = two(p, abs / 3600);
	*p++ = ':';
	p = two(p, abs / 60 % 60);
	if (abs % 60 != 0) {
		*p++ = ':';
		p = two(p, abs % 60);
	}
	*p = '\0';
	return (size_t)(p - out);
}

/* --- values ------------------------------------------------------------- */

static struct spill_time
checked(struct spill_time t)
{
	if (t.sec < SPILL_TIME_MIN || t.sec > SPILL_TIME_MAX)
		return (struct spill_time){ 0 };
	return t;
}

struct spill_time
spill_time_from_unix(int64_t sec, uint32_t nsec, int8_t prec)
{
	if (nsec >= NS)
		return (struct spill_time){ 0 };
	return checked((struct spill_time){ .sec = sec,
	    .nsec = nsec,
	    .prec = prec,
	    .set = true,
	    .zoned = true });
}

struct spill_time
spill_time_from_filetime(uint64_t filetime)
{
	return spill_time_from_unix(
	    (int64_t)(filetime / 10000000) + SPILL_TIME_MIN,
	    (uint32_t)(filetime % 10000000) * 100, 7);
}

/* The least precision that says all there is. */
static int8_t
least_prec(int64_t sec, uint32_t nsec)
{
	int8_t prec = 0;

	if (nsec == 0 && sec % 60 == 0)
		return sec % 86400 == 0 ? SPILL_PREC_DAY : SPILL_PREC_MINUTE;
	for (; nsec != 0; prec++)
		nsec = (uint32_t)(nsec * 10ULL % NS);
	return prec;
}

/* [FAT] "Date and Time Formats"; exFAT 7.4.8 and zip have the same. */
bool
spill_dos_time(uint16_t date, uint16_t time, struct spill_time *out)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	unsigned year = 1980 + (date >> 9), month = date >> 5 & 15;
	unsigned day = date & 31, h = time >> 11, m = time >> 5 & 63;
	unsigned s = (time & 31u) * 2;
	bool leap = year % 4 == 0 && year != 2100;

	if (month < 1 || month > 12 || day < 1 ||
	    day > days[month - 1] + (unsigned)(month == 2 && leap) || h > 23 ||
	    m > 59 || s > 58)
		return false;
	*out =
	    (struct spill_time){ .sec = spill_days(year, month, day) * 86400 +
					h * 3600 + m * 60 + s,
		    .set = true };
	return true;
}

struct spill_time
spill_time_add(struct spill_time t, int64_t ns)
{
	int64_t sum = t.nsec + ns % NS;

	if (!t.set || ns == 0)
		return t;
	t.sec += ns / NS + (sum >= NS) - (sum < 0);
	t.nsec = (uint32_t)((sum + NS) % NS);
	t.prec = SPILL_MAX(t.prec, least_prec(t.sec, t.nsec));
	return checked(t);
}

int
spill_time_cmp(struct spill_time a, struct spill_time b)
{
	if (!a.set || !b.set)
		return (int)b.set - (int)a.set;
	if (a.sec != b.sec)
		return SPILL_CMP(a.sec, b.sec);
	return SPILL_CMP(a.nsec, b.nsec);
}

uint64_t
spill_time_key(struct spill_time t)
{
	if (!t.set)
		return UINT64_MAX;
	return (uint64_t)(t.sec - SPILL_TIME_MIN) << 26 | t.nsec >> 4;
}

/* --- durations ---------------------------------------------------------- */

static bool
scale(uint64_t v, struct spill_span unit, int64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "", NS }, { "ns", 1 }, { "us", 1000 },
		{ "ms", 1000000 }, { "s", NS }, { "m", 60 * NS },
		{ "h", 3600 * NS }, { "d", 86400 * NS } };

	for (size_t i = 0; i < SPILL_COUNT(units); i++)
		if (spill_span_eq(unit, spill_span(units[i].name)))
			return !__builtin_mul_overflow(v, units[i].ns, ns);
	return false;
}

static bool
clock_duration(struct scan s, int64_t *ns)
{
	struct spill_time t = { 0 };
	enum spill_time_odd odd = SPILL_TIME_PLAIN;

	if (!scan_clock(&s, &t, &odd) || odd != SPILL_TIME_PLAIN ||
	    s.p != s.end)
		return false;
	*ns = t.sec * NS + t.nsec;
	return true;
}

int
spill_duration_parse(struct spill_span text, int64_t *out)
{
	struct scan s = { text.p, text.p + text.len };
	bool neg = s.p < s.end && *s.p == '-';
	uint64_t whole;
	size_t n = 0;
	int64_t ns;

	(void)match(&s, "+-");
	if (!clock_duration(s, &ns)) {
		while (s.p + n < s.end && s.p[n] >= '0' && s.p[n] <= '9')
			n++;
		if (!spill_span_uint((struct spill_span){ s.p, n }, &whole) ||
		    !scale(whole,
			(struct spill_span){
			    s.p + n, (size_t)(s.end - s.p) - n },
			&ns))
			return SPILL_EDAMAGED;
	}
	*out = neg ? -ns : ns;
	return SPILL_OK;
}
