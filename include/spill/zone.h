/*
 * zone.h: time zones by name, from the system's copy of the IANA data base.
 *
 * A zone is read once, through the C library, into a table of its changes
 * from 1850 to 2100; later years follow the rules of 2072 to 2099, which
 * hold every pair of leap year and first weekday. Loading changes TZ of the
 * process for a moment and is serialised; look-ups are free of locks.
 */
#ifndef SPILL_ZONE_H
#define SPILL_ZONE_H

#include <spill/base.h>
#include <spill/time.h>

struct spill_zone;

/*
 * NAME is UTC, an offset (+02:00, -0530) or a name of the data base. The
 * zone lives as long as the process; the same name gives the same zone.
 * SPILL_EUSAGE where there is no such zone: nothing is said then.
 */
int spill_zone_load(const char *name, const struct spill_zone **z);
const char *spill_zone_name(const struct spill_zone *z);
/* Seconds east of UTC in force at an instant. */
int32_t spill_zone_offset(const struct spill_zone *z, int64_t utc);

enum spill_local {
	SPILL_LOCAL_ONCE, /* the usual case */
	SPILL_LOCAL_TWICE, /* clocks were set back: two instants */
	SPILL_LOCAL_NEVER, /* clocks were set forward: no instant */
};

/*
 * The instants whose local time is LOCAL (seconds as if UTC). *first is the
 * earlier one, *last the later; equal if there is one. Where there is none,
 * they are what the offsets after and before the change make of it.
 */
enum spill_local spill_zone_to_utc(
    const struct spill_zone *z, int64_t local, int64_t *first, int64_t *last);

#endif
