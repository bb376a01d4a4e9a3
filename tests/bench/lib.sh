#!/bin/bash
# lib.sh: what the benchmarks share. It is sourced, first of all; it goes to
# the top of the tree and sets
#	B	the build, with its absolute path
#	d	build/bench: inputs that are kept, and room for outputs
#	tmp	a folder in it that is gone at the end
#	failed	1 if a run failed
# and rounds() how often each command runs, BENCH_ROUNDS or what a benchmark
# says itself. Commands that are compared take turns, so that a drift of the
# machine hits all of them. CPU is user and system time of all processes.
#
# A benchmark fails if a run failed or has not the rows it must have, never
# for a time. It ends with bench_end, whose status is its own.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
export B=${B:-$PWD/build/release}
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
d=build/bench
bench=$(basename "$0" .sh)
failed=0

die() {
	echo "bench: $bench: $*" >&2
	exit 1
}
# result TEXT...: a line of the report, which is shown at the end of all.
result() {
	echo "$*" >>"${BENCH_REPORT:-$tmp/report}"
}
# need PROGRAM...: without one of them there is nothing to compare.
need() {
	local p
	for p; do
		command -v "$p" >/dev/null && continue
		echo "$bench: skipped, no $p"
		result "$bench: skipped, no $p"
		exit 0
	done
}
# table: what each command cost.
table() {
	local n
	printf '\n%-30s %7s %7s %7s %8s\n' name 'CPU s' least 'wall s' 'peak MiB'
	for n in ${names[@]+"${names[@]}"}; do
		printf '%-30s %7.2f %7.2f %7.2f %8d\n' "$n" "$(median "$n" 2)" \
		    "$(least "$n" 2)" "$(median "$n" 3)" $(($(median "$n" 4) / 1024))
	done
}
# image_of NAME GB MAKE: $image, and $files as they are in it: what NAME_IMAGE
# and NAME_FILES say, else what MAKE makes in $tmp/files and $tmp/image.raw,
# which has its size by then, in so many GB.
image_of() {
	local given=$1_IMAGE there=$1_FILES
	if [ -n "${!given:-}" ]; then
		space 1
		image=${!given} files=${!there:?the files of the image}
		return
	fi
	space "$2"
	"$3"
	image=$tmp/image.raw files=$tmp/files
	mke2fs -q -F -t ext4 -d "$files" "$image" || die "cannot make ext4"
}
bench_end() {
	[ -n "${BENCH_REPORT:-}" ] || { echo; cat "$tmp/report"; }
	[ $failed -eq 0 ]
}
# space GB [FILE...]: that much must be free, but for FILES that are there.
space() {
	local want=$1 have
	shift
	have=$(($(df -P -k $d | awk 'END { print int($4) }') +
	    $(du -skc "$@" /dev/null 2>/dev/null | awk 'END { print $1 + 0 }')))
	have=$((have / 1000000))
	[ $have -ge "$want" ] || die "needs $want GB in $d, there are $have"
	echo "$bench: inputs and outputs in $d: at most $want GB, there are $have"
}

# --- runs --------------------------------------------------------------------

names=()
# once NAME OUTPUT COMMAND...: one run. OUTPUT is "file", "pipe" or "null".
# Sets lines, of output, and status, which may be $allowed.
# shellcheck disable=SC2034 # lines is for who asked
once() {
	local name=$1 to=$2
	shift 2
	case $to in file) to=$tmp/out ;; pipe) to=- ;; null) to=/dev/null ;; esac
	[ -e "$tmp/$name.figures" ] || names+=("$name")
	"$tmp/cpu" "$tmp/$name.figures" "$to" "$@" 2>"$tmp/said" ||
		die "$name: cannot run"
	rm -f "$tmp/out"
	read -r status _ _ _ lines < <(tail -n 1 "$tmp/$name.figures")
	[ "$status" -gt "${allowed:-0}" ] || return 0
	echo "$name: exit status $status" >&2
	head -n 5 "$tmp/said" >&2
	failed=1
}
# of NAME COLUMN: the figures of its runs in rising order; columns are 2, CPU
# seconds, 3, seconds by the clock, and 4, KiB of its largest process.
of() {
	awk -v c="$2" '{ print $c }' "$tmp/$1.figures" | sort -n
}
median() {
	of "$1" "$2" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
least() {
	of "$1" "$2" | head -n 1
}
# ratio A B: A / B, or "-" where B is less than the clock can tell.
ratio() {
	awk -v a="$1" -v b="$2" \
	    'BEGIN { if (b > 0) printf "%.1f", a / b; else printf "-" }'
}

[ -d "$B/bin" ] || die "no $B/bin"
command -v cc >/dev/null || die "no cc"
mkdir -p $d || exit 2
tmp=$(mktemp -d "$PWD/$d/$bench-XXXXXX") || exit 2
trap 'rm -rf "$tmp"' EXIT
export TMPDIR=$tmp
cc -O2 -D_GNU_SOURCE -o "$tmp/cpu" tests/bench/cpu.c || die "cpu.c does not build"
