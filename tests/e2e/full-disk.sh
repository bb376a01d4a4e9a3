#!/bin/bash
# full-disk.sh [MODE]: no room for scratch files or for the output, and a
# limit on the size of files: spill-timeline says so, ends with status 3 and
# leaves nothing behind. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
mode=${1:-release}
B=${B:-$PWD/build/$mode}
tool=$B/bin/spill-timeline
name="full disk"
[ -x "$tool" ] || { echo "not ok 1 - $name: no $tool"; exit 1; }
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
export TMPDIR=$tmp LC_ALL=C.UTF-8 TZ=UTC
cd "$tmp" || exit 2
mkdir small scratch

n=0 failed=0
: >why
tap() {
	n=$((n + 1))
	if [ -s why ]; then
		failed=$((failed + 1))
		echo "not ok $n - $name: $1"
		head -n 12 why | cut -c 1-300 | cat -v | sed 's/^/# /'
	else
		echo "ok $n - $name: $1"
	fi
	: >why
}
awk 'BEGIN { for (i = 0; i < 60000; i++)
	printf "0|/folder/%d|1|r/r|0|0|10|%d|0|0|0\n", i, i + 1 }' >in.body

# A file system of 1 MiB of its own, where that is allowed, gone at the end.
if unshare -m mount -t tmpfs -o size=1m none small 2>/dev/null; then
	# on SMALL ARG...: the tool with small mounted; what it leaves there.
	# shellcheck disable=SC2016 # they are the inner shell's
	on_small() {
		unshare -m bash -c 'mount -t tmpfs -o size=1m none small &&
			{ "$@" >got 2>said; echo $? >status; ls -A small >left; }' \
		    bash "$tool" "$@"
	}
	for jobs in 1 2; do
		on_small --memory 4M --jobs $jobs --scratch small -o out.csv in.body
		[ "$(cat status)" = 3 ] || echo "status $(cat status)" >>why
		echo 'spill-timeline: cannot write the scratch file: No space left on device' |
			cmp - said >>why 2>&1 || cat said >>why
		[ ! -e out.csv ] || echo "out.csv is there" >>why
		[ ! -s left ] || cat left >>why
		tap "no room for scratch, $jobs jobs"
	done
	on_small --memory 4M --jobs 2 --scratch scratch -o small/out.csv in.body
	[ "$(cat status)" = 3 ] || echo "status $(cat status)" >>why
	echo "spill-timeline: cannot write 'small/out.csv': No space left on device" |
		cmp - said >>why 2>&1 || cat said >>why
	cat left >>why
	ls -A scratch >>why
	tap "no room for the output"
else
	for what in "no room for scratch, 1 jobs" "no room for scratch, 2 jobs" \
	    "no room for the output"; do
		n=$((n + 1))
		echo "ok $n - $name: $what # SKIP nothing can be mounted here"
	done
fi

# A limit that is ignored as a signal is an error as any other.
(trap '' XFSZ; ulimit -f 1000; exec "$tool" -o out.csv in.body) 2>said
status=$?
[ $status = 3 ] || echo "status $status" >>why
echo "spill-timeline: cannot write 'out.csv': File too large" |
	cmp - said >>why 2>&1 || cat said >>why
[ ! -e out.csv ] || echo "out.csv is there" >>why
find . -name '.out*' >>why
tap "a limit on the size of the output"
(trap '' XFSZ; ulimit -f 1000; exec "$tool" --memory 4M --scratch scratch \
    -o out.csv in.body) 2>said
status=$?
[ $status = 3 ] || echo "status $status" >>why
echo 'spill-timeline: cannot write the scratch file: File too large' |
	cmp - said >>why 2>&1 || cat said >>why
[ ! -e out.csv ] || echo "out.csv is there" >>why
ls -A scratch >>why
tap "a limit on the size of scratch files"
echo "1..$n"
[ $failed -eq 0 ]
