/*
 * banned.h: calls that do not compile here, because each has a safer twin in
 * the core library. Included by the build before every source of ours.
 */
#ifndef SPILL_BANNED_H
#define SPILL_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SPILL_BANNED(f) spill_banned_call_##f

#undef strcpy
#define strcpy(d, s) SPILL_BANNED(strcpy)
#undef strcat
#define strcat(d, s) SPILL_BANNED(strcat)
#undef strncpy
#define strncpy(d, s, n) SPILL_BANNED(strncpy)
#undef strncat
#define strncat(d, s, n) SPILL_BANNED(strncat)
#undef strtok
#define strtok(s, d) SPILL_BANNED(strtok)
#undef sprintf
#define sprintf(...) SPILL_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) SPILL_BANNED(vsprintf)
#undef gets
#define gets(b) SPILL_BANNED(gets)
#undef gmtime
#define gmtime(t) SPILL_BANNED(gmtime)
#undef localtime
#define localtime(t) SPILL_BANNED(localtime)
#undef ctime
#define ctime(t) SPILL_BANNED(ctime)
#undef atoi
#define atoi(s) SPILL_BANNED(atoi)
#undef atol
#define atol(s) SPILL_BANNED(atol)
#undef system
#define system(c) SPILL_BANNED(system)
#undef popen
#define popen(c, m) SPILL_BANNED(popen)
#undef mktemp
#define mktemp(t) SPILL_BANNED(mktemp)

#endif
