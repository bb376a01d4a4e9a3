#!/bin/bash
# mark-usr.sh [MODE]: no false alarm. Of all files under /usr, documentation,
# sources, tables of languages, PDFs and manual pages among them, none is more
# than a mention, nor of the project's own sources, but for its tables and tests
# of markings. The counts are printed.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=mark-usr
export LC_ALL=C.UTF-8 TZ=UTC PATH="$B/bin:$PATH"

# above LIST: verdicts on the files of the list that are above a mention.
above() {
	xargs -0 -a "$1" -r -n 4000 -- spill-mark -q --gaps-ok --format tsv -- \
	    2>"$tmp/said" >"$tmp/rows" || tail -n 3 "$tmp/said" >>"$why"
	awk -F'\t' '$1 != "item" { n[$7]++ }
	    END { for (c in n) printf "# %d %s\n", n[c], c }' "$tmp/rows" | sort
	columns class path level reason <"$tmp/rows" |
		awk -F'\t' '$1 != "mention" && $1 != "class"' >"$tmp/above"
}
find /usr -xdev -type f -print0 | sort -z >"$tmp/list"
files=$(tr -cd '\0' <"$tmp/list" | wc -c)
above "$tmp/list"
echo "# $files files under /usr"
cat "$tmp/above" >>"$why"
# Words of markings there are: if none was seen, nothing was looked at.
grep -q "	mention	" "$tmp/rows" || echo "no mention" >>"$why"
tap "no file under /usr is more than a mention ($files files)"

find common include tools man Makefile README.md -type f -print0 |
	grep -zv '^common/marking/\|^common/data/markings.csv\|^man/spill' | sort -z >"$tmp/list"
above "$tmp/list"
cat "$tmp/above" >>"$why"
tap "no source of the project is"
tap_end
