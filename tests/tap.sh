#!/bin/bash
# tap.sh: what the suites in shell share. It is sourced, first of all, with the
# suite's own arguments; it goes to the top of the tree and sets
#	mode	the first argument, or release
#	B	the build, with its absolute path
#	tmp	a folder that is gone at the end
#	why	a file in it: what is wrong, until the next tap
# A suite ends with tap_end, whose status is its own.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
# shellcheck disable=SC2034 # the suites use it
mode=${1:-release}
export B=${B:-$PWD/build/$mode}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
why=$tmp/why
: >"$why"
n=0 failed=0 suite=

# tap NAME: ok if nothing is wrong, else what is as comments.
tap() {
	n=$((n + 1))
	if [ -s "$why" ]; then
		failed=$((failed + 1))
		echo "not ok $n - ${suite:+$suite: }$1"
		# cat -v: what a tool wrote must not drive this terminal.
		head -n 40 "$why" | cut -c 1-400 | cat -v | sed 's/^/# /'
	else
		echo "ok $n - ${suite:+$suite: }$1"
	fi
	: >"$why"
}
# skip NAME REASON
skip() {
	n=$((n + 1))
	echo "ok $n - ${suite:+$suite: }$1 # SKIP $2"
}
# skip_all REASON: nothing of the suite can run.
skip_all() {
	echo "ok 1 - $suite # SKIP $1"
	echo 1..1
	exit 0
}
# bail TEXT: it cannot even start.
bail() {
	echo "not ok 1 - $suite: $1"
	exit 1
}
# poke OFFSET HEX...: bytes of the file img.
poke() {
	local at=$1 hex
	shift
	hex=$(printf '%s' "$@")
	# shellcheck disable=SC2059,SC2001 # the format is the data
	printf "$(sed 's/../\\x&/g' <<<"$hex")" |
	    dd of=img bs=1 seek="$at" conv=notrunc status=none
}
# damage_chunk FILE: the second chunk of an E01, bytes 32768 to 65535, by the
# first table.
damage_chunk() {
	local table=13 chunk
	while [ "$(tail -c +$((table + 1)) "$1" | head -c 5)" != table ]; do
		table=$(od -An -t u8 -j $((table + 16)) -N 8 "$1")
		[ -n "$table" ] || return
	done
	chunk=$(od -An -t u4 -j $((table + 104)) -N 4 "$1")
	printf '\125\252\125\252' | dd of="$1" bs=1 \
	    seek=$(((chunk & 0x7fffffff) + 4)) conv=notrunc status=none
}
# columns NAME...: these of the TSV rows on standard input, without their names.
columns() {
	awk -F'\t' -v OFS='\t' -v want="$*" '
	NR == 1 { k = split(want, w, " "); for (i = 1; i <= NF; i++) c[$i] = i; next }
	{ for (i = 1; i <= k; i++) printf "%s%s", (i > 1 ? OFS : ""), $c[w[i]]; print "" }'
}
tap_end() {
	echo "1..$n"
	[ $failed -eq 0 ]
}

# begin NAME: of a suite that runs one tool, $tool, in the folder $tmp; NAME
# stands before those of its tests.
begin() {
	suite=$1 tool=$B/bin/spill-timeline
	[ -x "$tool" ] || bail "no $tool"
	export TMPDIR=$tmp LC_ALL=C.UTF-8 TZ=UTC
	cd "$tmp" || exit 2
}
# ended WANTED STATUS [ARGS]: another status is wrong; the file "said" has what
# the tool says of it.
ended() {
	[ "$2" = "$1" ] || {
		echo "status $2, not $1${3:+: $3}"
		head -c 4000 said
	} >>"$why"
}
# same WANTED GOT: the first lines that differ are wrong.
same() {
	cmp -s "$1" "$2" || diff -a "$1" "$2" 2>&1 | head -n 12 >>"$why"
}
# says TEXT...: exactly these messages are in the file "said".
says() {
	: >said.want
	[ $# -eq 0 ] || printf 'spill-timeline: %s\n' "$@" >said.want
	same said.want said
}
