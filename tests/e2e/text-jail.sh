#!/bin/bash
# text-jail.sh [MODE]: text that needs tables of charsets is the same in the jail
# as outside it, and right: PDF with predefined CMaps, mail in ISO-8859-15,
# KOI8-R and Big5. Where the kernel has no Landlock, poppler's tables cannot be
# read in the jail: an error tells so. Any number of workers gives the same
# lines, so does a stream of spill-type; workers that are killed cost what they
# were on, and an error tells so. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=text-jail
text=$B/bin/spill-text
python=$(command -v python3) || skip_all "no python3"
${CC:-cc} -D_GNU_SOURCE -O1 -o "$tmp/no-landlock" tests/e2e/no-landlock.c ||
	bail "the program does not build"
"$python" tests/e2e/text_charsets.py "$tmp" >"$tmp/want" || bail "no documents"
cd "$tmp" || exit 2
sort -o want want

# told ARG...: file, page, role (of a subject its name) and text of each line.
told() {
	timeout 60 "$text" -q --format tsv "$@" 2>said >rows
	echo $? >status
	columns path page role part text <rows | awk -F'\t' -v OFS='\t' '
	    $3 == "body" || $4 == "Subject" {
		print $1, $2, ($3 == "body" ? $3 : $4), $5 }' | sort >got
}
if [ ! -e /usr/share/poppler/cMap/Adobe-Japan1/90ms-RKSJ-H ]; then
	skip "tables of CJK" "no poppler-data"
else
	told ./*.pdf ./*.eml
	sed -i 's,^\./,,' got
	diff want got >>"$why"
	[ "$(cat status)" = 0 ] || cat said >>"$why"
	mv rows jailed
	told --no-sandbox ./*.pdf ./*.eml
	cmp jailed rows >>"$why" 2>&1
	tap "in the jail as outside it, and right"

	# Told, or right: where the tables are part of the library.
	timeout 60 ./no-landlock "$text" -q --format tsv --errors errors \
	    ./*.pdf ./*.eml >rows 2>said
	grep '\.eml' jailed >mail.want
	grep '\.eml' rows | cmp - mail.want >>"$why" 2>&1
	for f in *.pdf; do
		grep -q "^[^,]*,[^,]*,[^,]*$f,.*,unreadable,.*worker-pdf: a table" \
		    errors || echo "$f: no error tells of it" >>"$why"
	done
	tap "without Landlock what could not be read is told"
fi

# --- workers and streams -------------------------------------------------

for i in {1..12}; do
	[ "$i" -gt 3 ] ||
		for f in [!c]*.pdf [!c]*.eml; do cp "$f" "copy$i-$f"; done
	seq -f "$i line %g" 1 400 >"plain$i.txt"
done
mkdir box && (cd box && printf 'SECRET in a member\n' >a.txt &&
	cp ../sjis.pdf ../koi8r.eml . && tar cf ../box.tar ./*)
set -- ./copy* ./plain* box.tar
"$text" -q --format tsv -j 1 "$@" >one 2>>"$why"
[ "$(wc -l <one)" -gt 4800 ] || echo "few lines" >>"$why"
"$text" -q --format tsv -j 4 "$@" 2>>"$why" | cmp - one >>"$why" 2>&1
tap "one worker or four, the same lines"
"$B/bin/spill-type" -q "$@" 2>>"$why" | "$text" -q --format tsv 2>>"$why" |
	cmp - one >>"$why" 2>&1
tap "a stream of spill-type, the same lines"

# --- kills ---------------------------------------------------------------

# worker FAMILY: one that is at work, of the tool $pid.
worker() {
	local zygote all=
	for zygote in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do
		grep -qz "worker-$1" "/proc/$zygote/cmdline" 2>/dev/null || continue
		read -r all <"/proc/$zygote/task/$zygote/children" 2>/dev/null
		echo "${all%% *}"
	done
}
# It may be between two items then, and nothing is lost.
kills() {
	local family=$1 w=''
	shift
	rm -f errors
	"$text" -q --format tsv -j 1 --errors errors "$@" >rows 2>said &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		w=$(worker "$family")
		[ -z "$w" ] || break
	done
	[ -z "$w" ] || kill -KILL "$w" 2>/dev/null
	wait "$pid"
	code=$?
	sort one.want >a && sort rows >b
	comm -13 a b | head -n 3 | sed 's/^/new: /' >>"$why"
	lost=$(comm -23 a b | cut -f 1 | sort -u | wc -l)
	told=$(tail -n +2 errors 2>/dev/null | grep -c crash)
	[ "$lost" -le "$told" ] && [ "$told" -le 1 ] ||
		echo "$lost items lost, $told errors tell of it" >>"$why"
	[ $code -eq $((told > 0)) ] || echo "status $code, $told errors" >>"$why"
	[ -n "$w" ] || echo "no worker-$family was met" >>"$why"
}
for family in content pdf; do
	if [ $family = pdf ]; then set -- ./copy*.pdf; else set -- ./plain*; fi
	"$text" -q --format tsv -j 1 "$@" >one.want 2>>"$why"
	kills $family "$@"
	tap "a worker-$family that is killed costs one item at most, and is told"
done
tap_end
