/*
 * outcome.c: outcomes and jails in words.
 */
#include <string.h>

#include <spill/diag.h>

#include "worker_i.h"

static const char *const names[] = { "ok", "partial", "failed", "limit",
	"memory", "timeout", "crashed", "policy", "protocol", "cancelled" };

const char *
spill_ended_name(enum spill_ended how)
{
	return (size_t)how < SPILL_COUNT(names) ? names[how] : "unknown";
}

const char *
spill_outcome_code(const struct spill_outcome *o)
{
	static const char *const codes[] = {
		[SPILL_ENDED_OK] = "internal",
		[SPILL_ENDED_PARTIAL] = "damaged",
		[SPILL_ENDED_FAILED] = "damaged",
		[SPILL_ENDED_LIMIT] = "limit",
		[SPILL_ENDED_MEMORY] = "memory",
		[SPILL_ENDED_TIMEOUT] = "timeout",
		[SPILL_ENDED_CRASHED] = "crash",
		[SPILL_ENDED_POLICY] = "crash",
		[SPILL_ENDED_PROTOCOL] = "protocol",
		[SPILL_ENDED_CANCELLED] = "internal",
	};

	if (o->how != SPILL_ENDED_FAILED)
		return (size_t)o->how < SPILL_COUNT(codes) ? codes[o->how]
							   : "internal";
	return o->rc == SPILL_EFORMAT ? "unsupported"
	       : o->rc == SPILL_EIO   ? "unreadable"
				      : "damaged";
}

static void
put_neutral(struct spill_buf *b, const char *s)
{
	char text[4 * 160 + 1];

	spill_neutral(text, sizeof(text), s, strlen(s));
	spill_buf_puts(b, text);
}

void
spill_outcome_text(struct spill_buf *b, const struct spill_outcome *o)
{
	unsigned long long value = (unsigned long long)o->value;

	spill_buf_puts(b, spill_ended_name(o->how));
	if (o->how == SPILL_ENDED_TIMEOUT)
		spill_buf_printf(b, " (%s, %llu ms)",
		    o->clock == SPILL_CLOCK_WALL ? "asleep" : "cpu", value);
	else if (o->how == SPILL_ENDED_MEMORY)
		spill_buf_printf(b, " (%llu bytes)", value);
	else if (o->signal != 0)
		spill_buf_printf(
		    b, " (signal %d, %s)", o->signal, strsignal(o->signal));
	else if (o->how == SPILL_ENDED_CRASHED)
		spill_buf_printf(b, " (exit status %d)", o->status);
	if (o->how == SPILL_ENDED_LIMIT) {
		spill_buf_puts(b, " (");
		put_neutral(b, o->name);
		spill_buf_printf(b, ", %llu)", value);
	}
	if (o->detail[0] != '\0') {
		spill_buf_puts(b, ": ");
		put_neutral(b, o->detail);
	}
}

void
spill_jail_text(struct spill_buf *b, const struct spill_jail *j)
{
	if (!j->sandbox)
		spill_buf_puts(b, "NO SANDBOX, ");
	spill_buf_printf(b, "seccomp %s, no new privileges %s, dumpable %s, ",
	    j->seccomp ? "yes" : "no", j->no_new_privs ? "yes" : "no",
	    j->undumpable ? "no" : "yes");
	if (j->landlock_abi > 0)
		spill_buf_printf(b,
		    "landlock abi %u (fs %#llx, net %#llx, scoped %#llx), ",
		    (unsigned)j->landlock_abi,
		    (unsigned long long)j->landlock_fs,
		    (unsigned long long)j->landlock_net,
		    (unsigned long long)j->landlock_scoped);
	else
		spill_buf_puts(b, "landlock no, ");
	spill_buf_printf(b, "user %u, memory ", (unsigned)j->uid);
	if (j->memory > 0)
		spill_buf_printf(
		    b, "%llu bytes", (unsigned long long)j->memory);
	else
		spill_buf_puts(b, "without limit");
}
