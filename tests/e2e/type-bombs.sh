#!/bin/bash
# type-bombs.sh [MODE]: what is small and unpacks to much, through spill-type:
# each ends at a limit with an error that says so, and what came before it is
# there; little time, memory and scratch. TAP.
#
# Of what hostile archives may be, this is where each is shown:
#  a bomb of zeros; zips in zips; GiB of gzip		here; type-members.sh
#  members that overlap, one kernel with many names	here
#  a zip, a gzip that contains itself			here
#  zips nested 1,000 deep, packed tars			here; type-members.sh
#  100,000 and a million members, zip64			here; long/type-million.sh
#  names that lead out, absolute, empty, with NUL	type-names.sh
#  links, devices, set-uid members			type-names.sh
#  the same name twice, names equal but for case	type-names.sh
#  headers that disagree (name, size, CRC)		here; unit zip_test
#  a wrong CRC						here
#  cut at any place					archives.sh
#  encrypted members and lists				type-formats.sh, archives.sh
#  dictionaries that are too large			unit dict_test, archive_test
#  lrzip, lzop, grzip: no program is started		archives.sh
#  names in CP437, of no charset			type-names.sh
#  times that are none					unit zip_test, archive_test
#  sparse tar that claims 8 EiB				unit archive_test
#
# SPILL_TEST_MEMBERS: of the large ones [100,000]; SPILL_TEST_DEPTH [200].
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=bombs
export LC_ALL=C TZ=UTC PATH="$B/bin:$PATH"
members=${SPILL_TEST_MEMBERS:-100000} depth=${SPILL_TEST_DEPTH:-200}
command -v python3 >/dev/null || skip_all "no python3"
fixtures/make-bombs "$tmp/b" "$members" "$depth" $((depth / 2)) \
    >"$tmp/log" 2>&1 || bail "no fixtures: $(tail -n 3 "$tmp/log")"
mkdir "$tmp/scratch"
export TMPDIR=$tmp/scratch
cd "$tmp/b" || exit 2

# kept PID: KiB that it has on the disk in files of the scratch folder.
kept() {
	local f sum=0
	for f in "/proc/$1/fd/"*; do
		case $(readlink "$f" 2>/dev/null) in
		"$TMPDIR"/*) sum=$((sum + $(stat -L -c %b "$f" || echo 0) / 2)) ;;
		esac
	done 2>/dev/null
	echo "$sum"
}
# typed ARG...: the files rows and said, $status, $scratch: what it had there.
typed() {
	local k
	(
		ulimit -t 60
		[ "$mode" = san ] || ulimit -v 1500000
		exec spill-type -q --format tsv "$@"
	) >rows 2>said &
	scratch=0
	while kill -0 $! 2>/dev/null; do
		k=$(kept $!)
		[ "$k" -le $scratch ] || scratch=$k
		sleep 0.02
	done
	wait $!
	status=$?
	columns item status size members <rows >got
}
# limited LIMIT FILE [SCRATCH-KIB]: it ended so.
limited() {
	[ $status -eq 1 ] || echo "status $status" >>"$why"
	grep -qE "^spill-type: '$2': ('$2.*': )?limit of $1" said ||
		head -n 5 said >>"$why"
	grep -q $'\tlimit\t' got || head -n 5 got >>"$why"
	[ "$scratch" -le "${3:-1024}" ] || echo "$scratch KiB of scratch" >>"$why"
}

typed nested.zip
limited "expansion: 250" nested.zip 200000
# Of each level the 16 names, and of what was opened the zeros.
[ "$(grep -cP '^file:nested.zip:0.zip(:[0-9a-f].zip)*(:zeros)?\t' got)" -ge 60 ] ||
	cut -f 1-3 got >>"$why"
tap "4 TiB of zeros in zips in zips in 20 KB"

typed zeros.gz
limited "expansion: 250" zeros.gz 300000
tap "a GiB of zeros in a gzip"

for f in quine.gz quine.zip; do
	# It is what it unpacks to.
	"${f#quine.}" -t "$f" >/dev/null 2>&1
	typed -m 128M $f
	limited "depth: 16" $f
	columns sha256 <rows | head -n 16 | sort -u >hashes
	[ "$(cat hashes)" = "$(sha256sum <$f | cut -c 1-64)" ] || cat hashes >>"$why"
	[ "$(wc -l <got)" = 17 ] || wc -l got >>"$why"
	tap "$f: itself, 16 times"
done
typed -m 128M deep.tgz
limited "depth: 16" deep.tgz
[ "$(wc -l <got)" = 17 ] || wc -l got >>"$why"
tap "60 packed tars in one another"

# A MiB for each of the 500 would be 500 MiB, from 44 KB.
typed -m 128M overlap.zip
[ $status -eq 1 ] || echo "status $status" >>"$why"
grep -q "'overlap.zip': 499 members begin inside of others" said ||
	head -n 3 said >>"$why"
[ "$(grep -cP '^file:overlap.zip:\d{3}\t' got)" = 500 ] || wc -l got >>"$why"
[ "$(grep -cP '^file:overlap.zip:499\tok\t1048576\t' got)" = 1 ] ||
	tail -n 3 got >>"$why"
# The kernel's bytes are read once, but for few; what has a hash is whole: the
# headers of 33 bytes with a name are quoted by 5 each.
columns item sha256 <rows | awk '$2 != "" && $1 ~ /:[0-9]{3}$/' >hashed
[ "$(wc -l <hashed)" -le 10 ] || wc -l hashed >>"$why"
python3 -c '
import hashlib, sys, zlib
data = open("overlap.zip", "rb").read()
for line in sys.stdin:
    item, want = line.split()
    i = int(item[-3:])
    out = zlib.decompressobj(-15).decompress(data[i * 38 + 33:])
    if hashlib.sha256(out).hexdigest() != want:
        print(i, "is not", want)' <hashed >>"$why" 2>&1
tap "500 members that overlap: all of their names, the content once"
typed -m 128M same.zip
[ $status -eq 1 ] || echo "status $status" >>"$why"
[ "$(grep -cP '^file:same.zip:\d{3}\t' got)" = 500 ] || wc -l got >>"$why"
[ "$(grep -cP '\tok\t1048576\t' got)" = 1 ] || head -n 3 got >>"$why"
grep -q "name '001' in the directory, '000' in the local header" said ||
	head -n 3 said >>"$why"
tap "500 names for one member: all of them, the content once"

typed disagree.zip
[ $status -eq 1 ] || echo "status $status" >>"$why"
columns item status sha256 <rows >got
printf '%s\t%s\t%s\n' file:disagree.zip:good ok \
    "$(printf 'EXERCISE\n' | sha256sum | cut -c 1-64)" >want
grep -F :good got | diff want - >>"$why"
# Content is there all the same, and not taken for the member's.
grep -qP '^file:disagree.zip:crc\tpartial\t$' got || cat got >>"$why"
[ "$(spill-cat -q file:disagree.zip:crc 2>/dev/null)" = EXERCISE ] ||
	echo "no content" >>"$why"
while read -r told; do
	grep -qF -e "$told" said || echo "not told: $told" >>"$why"
done <<END
name 'another' in the directory, 'name' in the local header (byte 43, length 34)
size 9 in the directory, 5 in the local header (byte 86, length 34)
CRC-32 59d4be2e in the directory, 00000001 in the local header
'disagree.zip/crc': CRC-32 is 59d4be2e, its header says 12345678
END
tap "headers that disagree, a wrong CRC: told, and the content is there"

# --- many ----------------------------------------------------------------------

# Each is a row; the tool and its workers have no more memory than for few.
for f in many.zip many.tar; do
	typed -m 256M $f
	[ $status -eq 0 ] || { echo "status $status"; head -n 3 said; } >>"$why"
	printf 'file:%s\tok\t%s\t%s\n' $f "$(stat -c %s $f)" "$members" >want
	head -n 1 got | diff want - >>"$why"
	tail -n +2 got | cut -f 1,3 | awk -F'\t' -v f="file:$f:" -v n="$members" '
	$1 != f (NR - 1) || $2 != 0 { if (!bad++) print "row " NR ": " $0 }
	END { if (NR != n) print NR " members" }' >>"$why"
	tap "$f: $members empty members"
done
typed -m 256M --max-members 1000 many.zip
limited "members: 1000" many.zip
[ "$(wc -l <got)" = 1001 ] || wc -l got >>"$why"
tap "many.zip: 1,000 of them with --max-members 1000"

# --- deep ----------------------------------------------------------------------

spill-type -q --format tsv --depth 1000 deep-$depth.zip >rows 2>said
ended 0 $?
[ "$(tail -n +2 rows | wc -l)" = $((depth + 1)) ] || wc -l rows >>"$why"
[ "$(spill-cat "$(tail -n 1 rows | cut -f 1)")" = EXERCISE ] ||
	echo "not the text" >>"$why"
tap "$depth zips in one another with --depth 1000"

# cost DEPTH: instructions of tool and workers. A worker that is not needed any
# more is killed: what it did is in the parts that are written meanwhile.
cost() {
	rm -f cg.* vg.*
	valgrind --tool=callgrind --trace-children=yes --log-file=vg.%p \
	    --callgrind-out-file=cg.%p --dump-every-bb=2000000 spill-type -q \
	    --no-sandbox -j 1 -m 4G --depth 1000 "deep-$1.zip" >rows 2>said
	cat cg.* | awk '/^summary:/ { n += $2 } END { printf "%.0f\n", n }'
}
if [ "$mode" = san ] || ! command -v valgrind >/dev/null; then
	skip "deep ones cost what their bytes cost" "no valgrind"
else
	half=$(cost $((depth / 2))) whole=$(cost "$depth")
	# Each level is in all of those above it: twice as many levels are four
	# times the bytes, in paths, too. Where there are few, the levels count.
	most=22
	[ "$depth" -le 200 ] || most=42
	[ "$half" -gt 10000000 ] && [ "$whole" -lt $((half * most / 10)) ] ||
		echo "$half instructions for half of them, $whole" >>"$why"
	echo "# $half instructions for $((depth / 2)), $whole for $depth"
	tap "deep ones cost what their bytes cost"
fi
find "$TMPDIR" -mindepth 1 >>"$why"
tap "nothing is left in the scratch folder"
tap_end
