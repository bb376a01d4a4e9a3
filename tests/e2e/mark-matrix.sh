#!/bin/bash
# mark-matrix.sh [MODE]: documents that fixtures/make-marks makes, with markings
# in every place, labels, evasions, and such that only talk about markings:
# spill-mark says of each what it must. One TAP line for each.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=mark-matrix
export LC_ALL=C.UTF-8 TZ=UTC PATH="$B/bin:$PATH"
command -v python3 >/dev/null || skip_all "no python3"
fixtures/make-marks "$tmp/t" >"$tmp/log" 2>&1 ||
	bail "no fixtures: $(tail -n 3 "$tmp/log")"
fixtures/make-marks "$tmp/again" >"$tmp/log" 2>&1
diff -r "$tmp/t" "$tmp/again" >>"$why" 2>&1
tap "two runs give the same bytes"
cd "$tmp/t" || exit 2

timeout 300 spill-mark -q --format tsv -- */* >"$tmp/rows" 2>"$why"
status=$?
[ $status -eq 0 ] || echo "status $status" >>"$why"
tap "no document is damaged"

# judge: of each file what is wrong, nothing if all is well. A cell of the key
# that is empty is not asked for.
judge() {
	columns item class scheme level rank categories release former_level \
	    flags reason <"$tmp/rows" | awk -F'\t' -v OFS='\t' '
	NR == FNR { n++; file[n] = $1; want[$1] = $0; next }
	{ sub(/^file:/, "", $1); got[$1] = $0 }
	function differs(name, w, g,    i, v, k) {
		k = split(w, a, "\t"); split(g, v, "\t")
		if (a[2] == "mention-")
			return v[2] != "" && v[2] != "mention"
		for (i = 2; i <= 8; i++)
			if (a[i] != "" && a[i] != v[i])
				return 1
		return a[9] != "" && index(";" v[9] ";", ";" a[9] ";") == 0
	}
	END {
		for (i = 1; i <= n; i++) {
			w = want[file[i]]; g = got[file[i]]
			print file[i], differs(file[i], w, g) ? \
			    "want [" w "], got [" g "]" : ""
		}
	}' wanted -
}
judge | sed 's/\t\(want.*\)/\x01\1/; s/\t/ /g' >"$tmp/verdicts"
while IFS=$'\x01' read -r label wrong; do
	[ -z "$wrong" ] || printf '%s\n' "$wrong" >>"$why"
	tap "$label"
done <"$tmp/verdicts"
[ "$(wc -l <"$tmp/verdicts")" -ge 110 ] ||
	echo "$(wc -l <"$tmp/verdicts") documents" >>"$why"
tap "every document was looked at"

# The same with one lane, and outside the jail, byte by byte.
timeout 300 spill-mark -q -j 1 --format tsv -- */* >"$tmp/rows1" 2>>"$why"
same "$tmp/rows" "$tmp/rows1"
tap "the same with one lane"
timeout 300 spill-mark -q --no-sandbox --format tsv -- */* >"$tmp/rows2" \
    2>/dev/null
same "$tmp/rows" "$tmp/rows2"
tap "the same without the jail"

# What is told of a marking is the marking, and nothing that stands around it.
timeout 300 spill-mark -q --each --format tsv -- */* >"$tmp/each" 2>"$why"
status=$?
[ $status -eq 0 ] || echo "status $status" >>"$why"
tap "each marking is told of every document"
columns text <"$tmp/each" | grep -cE 'convoy|bridges|liaison|radio sets' >"$tmp/leaked"
echo 0 >"$tmp/none"
same "$tmp/none" "$tmp/leaked"
tap "nothing around a marking is told"
tap_end
