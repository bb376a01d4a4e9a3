#!/bin/bash
# full-disk.sh [MODE]: no room for scratch files or for the output, and a
# limit on the size of files: spill-timeline says so, ends with status 3 and
# leaves nothing behind. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
begin "full disk"
mkdir small scratch

# refused STATUS TEXT: it ended with 3, said TEXT and left no output.
refused() {
	ended 3 "$1"
	says "$2"
	[ ! -e out.csv ] || echo "out.csv is there" >>why
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
		refused "$(cat status)" \
		    'cannot write the scratch file: No space left on device'
		[ ! -s left ] || cat left >>why
		tap "no room for scratch, $jobs jobs"
	done
	on_small --memory 4M --jobs 2 --scratch scratch -o small/out.csv in.body
	refused "$(cat status)" \
	    "cannot write 'small/out.csv': No space left on device"
	cat left >>why
	ls -A scratch >>why
	tap "no room for the output"
else
	for what in "no room for scratch, 1 jobs" "no room for scratch, 2 jobs" \
	    "no room for the output"; do
		skip "$what" "nothing can be mounted here"
	done
fi

# A limit that is ignored as a signal is an error as any other.
(trap '' XFSZ; ulimit -f 1000; exec "$tool" -o out.csv in.body) 2>said
refused $? "cannot write 'out.csv': File too large"
find . -name '.out*' >>why
tap "a limit on the size of the output"
(trap '' XFSZ; ulimit -f 1000; exec "$tool" --memory 4M --scratch scratch \
    -o out.csv in.body) 2>said
refused $? 'cannot write the scratch file: File too large'
ls -A scratch >>why
tap "a limit on the size of scratch files"
tap_end
