#!/bin/bash
# type.sh [MODE]: spill-type over the fixture case: each row is the item's own,
# by spill-cat and sha256sum; the same bytes at any number of jobs, and with
# workers killed under it; nothing left in the scratch folder. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/kills.sh
. tests/kills.sh
suite=type
export LC_ALL=C TZ=UTC PATH="$B/bin:$PATH:/sbin:/usr/sbin"
fixtures/make-case "$tmp/case" >"$tmp/log" 2>&1 || bail "no case: $(cat "$tmp/log")"
mkdir "$tmp/scratch"
export TMPDIR=$tmp/scratch
cd "$tmp/case" || exit 2

spill-walk -q --format tsv ws0417.E01 stick.raw mail.E01 >../walk.tsv 2>../log
spill-type -q --format tsv --no-members --hash sha256,sha1,md5 \
    <../walk.tsv >../type.tsv 2>>../log
status=$?
[ $status -le 1 ] || echo "status $status: $(head -n 3 ../log)" >>"$why"
# What came is what went in; what was not read has no hash.
cut -f 1-10,12-34 ../walk.tsv >../a
cut -f 1-10,12-34 ../type.tsv >../b
cmp ../a ../b >>"$why" 2>&1
columns item evidence sha256 sha1 md5 <../type.tsv |
    awk -F'\t' '$3 != ""' >../hashed
rows=$(wc -l <../hashed)
[ "$rows" -gt 100 ] || echo "only $rows rows have a hash" >>"$why"
while IFS=$'\t' read -r item evidence sha256 sha1 md5; do
	spill-cat -q -e "$evidence" "$item" >../bytes 2>/dev/null
	got="$(sha256sum <../bytes) $(sha1sum <../bytes) $(md5sum <../bytes)"
	[ "$got" = "$sha256  - $sha1  - $md5  -" ] || echo "$item" >>"$why"
done <../hashed
tap "types: hashes of $rows items are those of their bytes"

columns kind content init_size size sha256 path <../type.tsv |
    awk -F'\t' '
	$1 ~ /^(file|stream)$/ && $2 !~ /^(none|overwritten|reallocated)$/ &&
	!($3 == "0" && $4 != "0") && $5 == "" { print "no hash: " $6 }
	$1 ~ /^(dir|link|special)$/ && $5 != "" { print "a hash: " $6 }
	$2 ~ /^(overwritten|reallocated)$/ && $5 != "" { print "a hash: " $6 }' \
	>>"$why"
tap "types: all that have bytes of their own are hashed, no others"

spill-type -q -j 1 <../walk.tsv >../one.csv 2>../one.err
for j in 2 5; do
	spill-type -q -j $j <../walk.tsv >../many.csv 2>../many.err
	cmp ../one.csv ../many.csv >>"$why" 2>&1
	cmp ../one.err ../many.err >>"$why" 2>&1
done
tap "types: the same bytes with 1, 2 and 5 jobs"
spill-type -q <../one.csv >../twice.csv 2>/dev/null
cmp ../one.csv ../twice.csv >>"$why" 2>&1
tap "types: what was typed comes out as it went in"

# --- kills --------------------------------------------------------------------

# The same items again and again, so that it takes some time.
cp ../walk.tsv ../long.tsv
for i in {1..20}; do tail -n +2 ../walk.tsv >>../long.tsv; done
spill-type -q <../long.tsv >../one.csv 2>/dev/null
hits=0
for i in 1 2 3; do
	spill-type -q -j 2 <../long.tsv >../killed.csv 2>../killed.err &
	kill_workers $! 6
	hits=$((hits + hit))
	wait $!
	status=$?
	[ $status -le 1 ] || echo "status $status" >>"$why"
	cmp ../one.csv ../killed.csv >>"$why" 2>&1
done
[ $hits -gt 3 ] || echo "too few were killed" >>"$why"
tap "types: workers that are killed cost nothing"
find "$TMPDIR" -mindepth 1 >>"$why"
tap "types: nothing is left in the scratch folder"

# --- ordinary files -------------------------------------------------------------

cd "$tmp" || exit 2
printf 'EXERCISE EXERCISE\n' >"a b.txt"
: >empty
ln -s "a b.txt" link
mkfifo fifo
spill-type -q --format tsv "a b.txt" empty link fifo . none-such 2>said |
    columns item path kind size mime sha256 >got
printf '%s\t%s\tfile\t%s\t%s\t%s\n' \
    "file:a%20b.txt" "a b.txt" 18 text/plain "$(sha256sum <"a b.txt" | cut -c 1-64)" \
    file:empty empty 0 inode/x-empty "$(sha256sum <empty | cut -c 1-64)" \
    file:link link 18 text/plain "$(sha256sum <"a b.txt" | cut -c 1-64)" >want
diff want got >>"$why"
tap "types: ordinary files"
tap_end
