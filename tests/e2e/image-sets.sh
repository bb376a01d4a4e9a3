#!/bin/bash
# image-sets.sh [MODE]: spill-walk on sets of segment files: whole, in very
# many pieces, and with segments missing, cut, taken twice or of another set.
# What an error record says is held against the bytes themselves. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="image sets"
walk=$B/bin/spill-walk
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
for p in mkfs.fat mcopy ewfacquire; do
	command -v $p >/dev/null || skip_all "no $p"
done
[ -x "$walk" ] || bail "no $walk"
cd "$tmp" || exit 2

# rows IMAGE: as items of an image "x", whatever its files are called; the
# exit status goes to $status, messages to said, error records to errors.
rows() {
	rm -f errors rows.tsv
	"$walk" --format tsv -o rows.tsv --errors errors -e x="$1" 2>said
	status=$?
	[ ! -e rows.tsv ] || cut -f 1,3- rows.tsv
}
# exits WANTED
exits() {
	[ "$status" = "$1" ] || {
		echo "exit status $status, not $1"
		cat said
	} >>"$why"
}
# spans: "offset length" of the error records that have them.
spans() {
	awk -F, 'NR > 1 && $7 != "" && $8 != "" { print $7, $8 }' errors
}

# A disk full of noise: each file is one run, and no chunk is like another.
mkfs.fat -C -s 8 disk.raw 8192 >/dev/null
head -c 850000 /dev/urandom >noise
for i in 1 2 3 4 5 6 7 8 9; do
	{ echo $i; cat noise; } | head -c 850000 >f$i
	mcopy -i disk.raw f$i ::/f$i
done
size=$(stat -c %s disk.raw)
rows disk.raw >whole
exits 0
[ "$(wc -l <whole)" -ge 11 ] || echo "few rows" >>"$why"
tap "one raw file"

# --- split raw ---

# pieces BYTES: the disk as p.001, ... p.999, p.1000, ...
pieces() {
	rm -f p.*
	head -c $((999 * $1)) disk.raw |
		split -a 3 --numeric-suffixes=1 -b "$1" - p.
	tail -c +$((999 * $1 + 1)) disk.raw |
		split -a 4 --numeric-suffixes=1000 -b "$1" - p.
}
for bytes in 34000 8161 2100; do
	pieces $bytes
	last=$(printf 'p.%03d' "$(((size + bytes - 1) / bytes))")
	rows "$last" >got
	exits 0
	same whole got
	tap "all pieces up to .${last#p.}"
done
pieces 2040
rows p.001 >got
exits 3
grep -q 'it has 4113 segments, at most 4096 can be read' said ||
	cat said >>"$why"
tap "too many pieces are told"

split -a 3 --numeric-suffixes=0 -b 8400 disk.raw q.
rows q.000 >got
exits 0
same whole got
tap "pieces from .000 to .998"
mv q.500 away
rows q.000 >got
exits 3
grep -q 'segment .500 is missing' said || cat said >>"$why"
[ ! -s got ] || echo "it was read" >>"$why"
tap "a piece is missing"
head -c 8000 away >q.500
rows q.000 >got
exits 1
grep -q 'this piece is not as long as the first one (segment 501' errors ||
	cat errors >>"$why"
tap "a piece is shorter"
rm -f q.* away

split -a 2 -b 100000 disk.raw p.
rows p.aa >got
exits 0
same whole got
tap "pieces from .aa"
rm -f p.*

{ cat disk.raw; head -c 100 noise; } >odd.raw
rows odd.raw >got
exits 0
grep -v '^x:p0:@8388608+100' got >got.items
same whole got.items
tap "a size that is no multiple of 512"

# --- read errors ---

# Copies of the tools, whose worker has a disk with bad sectors.
mkdir -p bad/bin bad/libexec/spillkit
cp "$B/bin/spill-cat" "$walk" bad/bin
# unreadable FROM TO: these bytes of the image.
unreadable() {
	cat >bad/libexec/spillkit/worker-fs <<END
#!/bin/sh
export LD_PRELOAD=$B/tests/eio.so EIO_FROM=$1 EIO_TO=$2
exec $B/libexec/spillkit/worker-fs "\$@"
END
	chmod +x bad/libexec/spillkit/worker-fs
}
# sectors FROM TO: of the file f2; spill-cat loses them and no others.
sectors() {
	local id at from to
	read -r id at < <(awk -F'\t' '$3 == "/f2" { print $1, $30 }' whole)
	unreadable $((at + $1)) $((at + $2))
	rm -f errors
	bad/bin/spill-cat -e x=disk.raw --errors errors "$id" >back 2>said
	status=$?
	exits 1
	from=$(((at + $1) / 512 * 512)) to=$(((at + $2 + 511) / 512 * 512))
	cp f2 want
	dd if=/dev/zero of=want bs=512 seek=$(((from - at) / 512)) \
		count=$(((to - from) / 512)) conv=notrunc status=none
	cmp want back >>"$why" 2>&1
	echo "$from $((to - from))" >want
	spans >spans
	same want spans
}
if [ "$mode" = san ]; then
	skip "bad sectors" "a preloaded library and ASan do not mix"
else
	sectors 100000 100001
	tap "one bad sector"
	sectors 300000 500000
	tap "many bad sectors"
	unreadable 0 512
	walk=bad/bin/spill-walk
	rows disk.raw >got
	walk=$B/bin/spill-walk
	exits 1
	[ "$(spans)" = "0 512" ] || cat errors >>"$why"
	tap "a bad boot sector"
fi

# --- E01 ---

ewfacquire -q -u -c none -S 1048576 -t x disk.raw >/dev/null 2>&1
{ cat disk.raw; head -c 512 noise; } >odd.raw
ewfacquire -q -u -c none -S 1048576 -t y odd.raw >/dev/null 2>&1
mkdir set
per=$((1048576 / 32772 * 32768)) # bytes of the media in a segment
rows x.E01 >got
exits 0
same whole got
tap "E01, whole"

# again: the whole set, as set/x.E*.
again() {
	rm -f set/*
	cp x.E* set
}
# judge NAME FROM TO: FROM to TO cannot be had; the rest is right, the error
# records say exactly that, and the files that lie there are partial.
judge() {
	local f want
	rows set/"$(ls set | head -n 1)" >got
	exits 1
	echo "$2 $(($3 - $2))" >want
	spans >spans
	same want spans
	cp disk.raw want.raw
	dd if=/dev/zero of=want.raw bs=512 seek=$(($2 / 512)) \
		count=$((($3 - $2) / 512)) conv=notrunc status=none
	"$B/tests/image_bench" cat set/"$(ls set | head -n 1)" \
		>got.raw 2>/dev/null
	cmp want.raw got.raw >>"$why" 2>&1
	for i in 1 2 3 4 5 6 7 8 9; do
		mcopy -n -o -i got.raw ::/f$i back 2>/dev/null || continue
		want=complete
		cmp -s back f$i || want=partial
		f=$(awk -F'\t' -v p="/f$i" '$3 == p { print $8 }' got)
		[ "$f" = $want ] || echo "f$i is '$f', not $want" >>"$why"
	done
	tap "E01, $1"
}
again
rm set/x.E02
judge "a segment is missing" $per $((2 * per))
again
rm set/x.E01
rows set/x.E02 >got
exits 1
[ "$(spans)" = "0 $per" ] || spans >>"$why"
tap "E01, the first segment is missing"
again
rm set/x.E09
judge "the last segment is missing" $((8 * per)) "$size"
again
rm set/x.E04 set/x.E05
judge "two segments beside each other are missing" $((3 * per)) $((5 * per))
again
cp x.E04 set/x.E05
judge "a segment twice" $((4 * per)) $((5 * per))
again
cp y.E05 set/x.E05
judge "a segment of another set" $((4 * per)) $((5 * per))

# Cuts: in the header, in the first descriptor, in and between chunks, in the
# table and in its copy, before the last section. Chunks lie at the end of
# what was acquired in $start, found by their bytes.
len=$(stat -c %s x.E05)
start=$((len - 76 - 2 * (76 + 24 + 4 * (per / 32768) + 4) - per / 32768 * 32772))
for cut in 5 40 $start $((start + 32772 * 7)) \
    $((start + 32772 * 7 + 32771)) $((len - 76 - 90)) $((len - 76 - 300)) \
    $((len - 50)); do
	again
	head -c $cut x.E05 >set/x.E05
	whole_chunks=$(((cut - start) / 32772))
	[ $cut -ge $start ] || whole_chunks=0
	[ $whole_chunks -lt $((per / 32768)) ] || whole_chunks=$((per / 32768))
	if [ $whole_chunks -eq $((per / 32768)) ]; then
		rows set/x.E01 >got
		exits 1
		same whole got
		[ -z "$(spans)" ] || spans >>"$why"
		tap "E01, cut at $cut of $len"
	else
		judge "cut at $cut of $len" \
			$((4 * per + whole_chunks * 32768)) $((5 * per))
	fi
done

again
printf 'XYZ' | dd of=set/x.E05 bs=1 seek=$((start + 32772 * 7 + 99)) \
	conv=notrunc status=none
rows set/x.E01 >got
exits 0
id=$(awk -F'\t' -v at=$((4 * per + 7 * 32768)) '
    $11 == 850000 && $30 <= at && at < $30 + $11 { print $1 }' got)
"$B/bin/spill-cat" -e x=set/x.E01 --errors cat.errors "$id" >back 2>said
[ $? -eq 1 ] || { echo "exit status"; cat said; } >>"$why"
cp cat.errors errors
[ "$(spans)" = "$((4 * per + 7 * 32768)) 32768" ] || cat errors >>"$why"
tap "E01, a damaged chunk is told by who reads it"

# --- each range once ---

# once WANTED ARG...: spill-walk with these arguments tells these ranges.
once() {
	local want=$1
	shift
	rm -f errors
	"$walk" -q "$@" --errors errors >got 2>said
	status=$?
	exits 1
	printf '%s\n' $want | tr + ' ' >want
	spans | sort -n >spans
	same want spans
}
again
first=$(($(stat -c %s x.E01) - len + start))
printf 'XYZ' | dd of=set/x.E01 bs=1 seek=$((first + 32772 + 99)) \
	conv=notrunc status=none
once 32768+32768 --verify set/x.E01
tap "a damaged chunk that the walk meets, and the verification"
once 32768+32768 --verify --list set/x.E01
[ "$(grep -c 'chunk of the image' got)" -le 1 ] || cat got >>"$why"
tap "the same, with --list"
if [ "$mode" != san ]; then
	walk=bad/bin/spill-walk
	# Of two volumes the same sectors; a walk that reads more than the survey.
	head -c 1048576 /dev/zero >two.raw
	printf '\0\0\0\0\x01\0\0\0\x08\0\0\0\x08\0\0\0' |
		dd of=two.raw bs=1 seek=446 conv=notrunc status=none
	printf '\x55\xaa' | dd of=two.raw bs=1 seek=510 conv=notrunc status=none
	unreadable 524288 589824
	once 524288+65536 two.raw
	tap "a gap that the search for volumes cannot read"
	unreadable 0 65536
	once 0+65536 --verify disk.raw
	tap "where survey, walk and verification meet"
	walk=$B/bin/spill-walk
fi
tap_end
