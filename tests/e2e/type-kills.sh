#!/bin/bash
# type-kills.sh [MODE]: workers of spill-type are killed at random moments while
# they are in archives of files and of an image. The rows are those of an
# undisturbed run, but for what an error record tells of. What the tool does to
# the system meanwhile. TAP.
#
# SPILL_TEST_KILLS: how many [12]; SPILL_TEST_SEED: of the chance.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/kills.sh
. tests/kills.sh
suite=type-kills
export LC_ALL=C TZ=UTC PATH="$B/bin:$PATH" MTOOLSRC=/dev/null
kills=${SPILL_TEST_KILLS:-12} seed=${SPILL_TEST_SEED:-$RANDOM}
RANDOM=$seed
for p in python3 zip 7z mformat strace; do
	command -v $p >/dev/null || skip_all "no $p"
done
mkdir "$tmp/x" "$tmp/scratch" "$tmp/many"
{
	fixtures/make-archives "$tmp/x" &&
	    fixtures/make-containers "$tmp/x/files" "$tmp/x" &&
	    fixtures/make-mail "$tmp/x"
} >"$tmp/log" 2>&1 || bail "no fixtures: $(tail -n 3 "$tmp/log")"
export TMPDIR=$tmp/scratch
cd "$tmp/x" || exit 2
(cd ../many && for i in {1..800}; do echo "EXERCISE, member $i" >"m$i"; done)
7z a -y -bd -ms=on -mx=1 many.7z ../many >../log 2>&1 && tar -czf many.tar.gz ../many \
    2>../log && zip -qr -0 many.zip many.7z many.tar.gz x.zip ||
	bail "no archives: $(tail -n 1 ../log)"
truncate -s 24M disk.raw
mformat -i disk.raw -T 49152 -h 16 -s 63 -N 5eed0417 :: &&
	mcopy -i disk.raw many.7z many.zip x.zip x.tar.gz :: || bail "no image"
spill-walk -q disk.raw >../walk.csv

# Records of an image, with workers of both families; files.
runs=(image files)
image() { exec spill-type -q --format tsv "$@" <../walk.csv; }
files() { exec spill-type -q --format tsv "$@" many.* x* h-* ./*.eml ./*.mbox; }
for r in "${runs[@]}"; do
	($r >../$r.want 2>../$r.said)
	[ "$(wc -l <../$r.want)" -gt 2000 ] || wc -l ../$r.want >>"$why"
done
tap "undisturbed, all is there"

# --- killing -------------------------------------------------------------------

# Was it killed before it had begun, and does it say so?
never_began() {
	[ $status -eq 3 ] && grep -qE \
	    "^spill-type: (cannot start|.* does not start)" ../said
}
# one RUN: it, and what is wrong with it.
one() {
	$1 -j $((RANDOM % 3 + 1)) >../rows 2>../said &
	kill_workers $! 4
	killed=$((killed + hit))
	wait $!
	status=$?
	! never_began || return
	[ $status -le 1 ] || { echo "status $status"; cat ../said; } >>"$why"
	# Of the items that an error names, nothing is promised but that they
	# are there.
	sed -n "s/^spill-type: '[^']*': '\([^']*\)': .*\(died\|killed\|crash\|did not survive\).*/\1/p" \
	    ../said | sort -u >../told
	diff ../"$1".want ../rows | grep '^[<>]' | cut -f 4 | sort -u >../other
	grep -vxFf ../told ../other | while read -r path; do
		# What was below one that is told.
		grep -qF -f <(awk -v p="$path/" 'index(p, $0 "/") == 1' ../told | head -n 1) \
		    <<<"$path" && [ -s ../told ] || echo "another row, not told: $path"
	done >>"$why"
	lost=$((lost + $(wc -l <../other)))
	cut -f 1 ../rows | sort | uniq -d >>"$why"
	[ ! -s "$why" ] || { echo "$1, seed $seed"; tail -n 5 ../said; } >>"$why"
}
killed=0 lost=0 n_runs=0
while [ $killed -lt "$kills" ] && [ $n_runs -lt $((kills * 3)) ]; do
	one "${runs[n_runs % 2]}"
	n_runs=$((n_runs + 1))
done
[ $killed -ge "$kills" ] || echo "only $killed of $kills" >>"$why"
echo "# $killed kills in $n_runs runs, $lost rows are others, and told"
tap "$killed workers are killed: nothing is lost in silence"

# The same worker again and again: an item that two died of is told, others go on.
for r in "${runs[@]}"; do
	$r -j 1 >../rows 2>../said &
	pid=$!
	for _ in {1..40}; do
		# shellcheck disable=SC2046,SC2086 # words
		kill -KILL $(children $(children $pid)) 2>/dev/null
		sleep 0.01
	done
	wait $pid
	status=$?
	! never_began || continue
	[ $status -le 1 ] || echo "$r: status $status" >>"$why"
	# Each item that was asked for has its row.
	columns item kind <../$r.want | grep -vP '\t(member|dir|link|special|attachment|message)$' |
		cut -f 1 | sort >../a
	cut -f 1 ../rows | sort | comm -23 ../a - >>"$why"
	[ $status -eq 0 ] || grep -q "^spill-type: errors: " ../said || echo "not told" >>"$why"
done
tap "all workers, again and again: each item has its row"
find "$TMPDIR" -mindepth 1 >>"$why"
tap "nothing is left in the scratch folder"

# --- the system ------------------------------------------------------------------

# calls RUN: what is no reading and not ours to do.
calls() {
	strace -f -qq -o ../calls -e \
	    trace=%network,openat,open,creat,execve,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,symlink,symlinkat,link,linkat,mknod,mknodat,chmod,fchmod,chown,truncate \
	    "$B/bin/spill-type" -q "${@:2}" >../rows 2>../said <"$1"
	[ "$(wc -l <../rows)" -gt 50 ] || head -n 3 ../said >>"$why"
	# The two ends of our own sockets; the scratch folder.
	grep -vE 'socketpair\(AF_UNIX|(send|recv)(msg|to|mmsg)?\(|shutdown\(|O_RDONLY|EACCES|\+\+\+|---|resumed|unfinished|\?\?\?\(' ../calls |
	    grep -vE "$TMPDIR[/\"]|execve\(\"$B/|execve\(\"/proc/self/exe|O_(PATH|DIRECTORY)|/dev/null|setsockopt\([0-9]+, SOL_SOCKET, SO_SNDBUF|(openat|unlinkat)\([0-9]+, \"runs\"" \
	    >>"$why"
	# What is sent goes to one of those sockets: no address.
	grep -E 'connect\(|bind\(|AF_INET|msg_name=\{' ../calls >>"$why"
}
calls ../walk.csv
calls /dev/null many.zip x* h-* ./*.eml ./*.mbox
find "$TMPDIR" -mindepth 1 >>"$why"
tap "no network, no program but the workers, no file but in the scratch folder"
tap_end
