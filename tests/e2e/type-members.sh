#!/bin/bash
# type-members.sh [MODE]: members through spill-type and spill-cat: of files and
# of images, at any depth, within limits; what the tool does to the system. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=members
export LC_ALL=C TZ=UTC PATH="$B/bin:$PATH" MTOOLSRC=/dev/null
for p in zip tar mformat strace; do
	command -v $p >/dev/null || skip_all "no $p"
done
mkdir "$tmp/scratch"
export TMPDIR=$tmp/scratch
cd "$tmp" || exit 2


mkdir -p tree/a
echo EXERCISE >tree/a/one.txt
printf 'NATO RESTRICTED\n' >"tree/two words.txt"
: >tree/empty
(cd tree && zip -q -X ../inner.zip a/one.txt "two words.txt" empty)
tar --sort=name --mtime=@1717406430 --owner=0 --group=0 -czf outer.tar.gz \
    inner.zip tree
spill-type -q --format tsv outer.tar.gz 2>said >rows
ended 0 $?
columns item path kind status size members <rows >got
cat >want <<ROWS
file:outer.tar.gz	outer.tar.gz	file	ok	$(stat -c %s outer.tar.gz)	6
file:outer.tar.gz:inner.zip	outer.tar.gz/inner.zip	member	ok	$(stat -c %s inner.zip)	3
file:outer.tar.gz:inner.zip:a/one.txt	outer.tar.gz/inner.zip/a/one.txt	member	ok	9	
file:outer.tar.gz:inner.zip:two%20words.txt	outer.tar.gz/inner.zip/two words.txt	member	ok	16	
file:outer.tar.gz:inner.zip:empty	outer.tar.gz/inner.zip/empty	member	ok	0	
file:outer.tar.gz:tree/	outer.tar.gz/tree/	dir	ok	0	
file:outer.tar.gz:tree/a/	outer.tar.gz/tree/a/	dir	ok	0	
file:outer.tar.gz:tree/a/one.txt	outer.tar.gz/tree/a/one.txt	member	ok	9	
file:outer.tar.gz:tree/empty	outer.tar.gz/tree/empty	member	ok	0	
file:outer.tar.gz:tree/two%20words.txt	outer.tar.gz/tree/two words.txt	member	ok	16	
ROWS
diff want got >>"$why"
tap "a zip in a packed tar"

# bytes_are ROWS ARG...: each item with a hash has the bytes of that hash.
bytes_are() {
	local rows=$1 item sha256
	shift
	columns item sha256 <"$rows" | awk -F'\t' '$2 != ""' |
	    while IFS=$'\t' read -r item sha256; do
		[ "$(spill-cat -q "$@" "$item" </dev/null | sha256sum)" = "$sha256  -" ] ||
			echo "$item"
	done >>"$why"
}
bytes_are rows
[ "$(spill-cat -r 5+4 file:outer.tar.gz:inner.zip:two%20words.txt)" = REST ] ||
	echo "another range" >>"$why"
tap "spill-cat gives their bytes"
spill-type -q --format tsv <rows >twice 2>said
ended 0 $?
cmp rows twice >>"$why"
tap "typed again, nothing is there twice"
spill-type -q --format tsv --no-members outer.tar.gz | columns item members >got
printf 'file:outer.tar.gz\t\n' | diff - got >>"$why"
spill-type -q --format tsv --no-members outer.tar.gz |
    spill-type -q --format tsv | diff rows - >>"$why"
tap "without members, and then with them"
columns item evidence path kind <rows |
    awk -F'\t' -v OFS='\t' 'BEGIN { print "item", "evidence", "path", "kind" }
	$1 ~ /:(inner.zip|tree\/a\/one.txt)$/' |
    spill-type -q --format tsv | columns item path sha256 | sort >got
columns item path sha256 <rows | grep -e inner.zip -e tree/a/one.txt |
    sort | diff - got >>"$why"
tap "records of members: what is in them, too"
spill-cat file:outer.tar.gz:no 2>said
ended 3 $?
grep -q 'there is no such member' said || cat said >>"$why"
printf 'item,kind\nfile:outer.tar.gz:no,member\n' | spill-type -q >rows2 2>said
ended 1 $?
grep -q 'there is no such member' said || cat said >>"$why"
tap "a member that is not there"

# --- in an image ------------------------------------------------------------------

mformat -C -i disk.raw -f 1440 -N 5eed0417 ::
mcopy -i disk.raw outer.tar.gz ::outer.tgz
mcopy -i disk.raw inner.zip ::gone.zip
mdel -i disk.raw ::gone.zip
spill-walk -q disk.raw >walk.csv
for j in 1 3; do
	spill-type -q -j $j --format tsv <walk.csv >image.$j 2>said
	ended 0 $?
done
cmp image.1 image.3 >>"$why"
columns path sha256 <image.1 | grep -e one.txt -e words | cut -f 2 | sort |
    uniq -c | awk '{ print $1 }' >got
printf '3\n3\n' | diff - got >>"$why"
awk -F'\t' '$4 ~ /one.txt$/ { print $7, $8 }' image.1 | sort | uniq -c |
    awk '{ print $1, $2, $3 }' >got
printf '1 no no\n2 yes yes\n' | diff - got >>"$why"
bytes_are image.1 -e disk.raw
tap "members of files of an image, of an erased one, too"

for i in {1..40}; do ln -f disk.raw d$i.raw; done
spill-walk -q d[0-9]*.raw >many.csv 2>said
spill-type -q -j 1 <many.csv >rows 2>said
ended 0 $?
[ "$(grep -c '/two words.txt,' rows)" = 120 ] || wc -l <rows >>"$why"
tap "more images than a few"
printf 'item,evidence\ndisk:p0:hello,disk.raw\ndisk:p0:4,disk.raw\n' |
    spill-type -q --format tsv >rows 2>said
ended 1 $?
columns item sha256 <rows | awk -F'\t' '{ print ($2 != ""), $1 }' | head -n 2 >got
printf '0 disk:p0:hello\n1 disk:p0:4\n' | diff - got >>"$why"
tap "a record that names no object costs no other"
{
	printf 'item,kind\n'
	for i in 1 2 1 1; do
		echo "file:outer.tar.gz:inner.zip:$(sed -n ${i}p <<<$'a/one.txt\nempty'),member"
	done
} | spill-type -q --format tsv 2>said | columns item sha256 | cut -f 2 | cut -c 1-8 >got
h=$(sha256sum <tree/a/one.txt | cut -c 1-8)
printf '%s\n' "$h" e3b0c442 "$h" "$h" | diff - got >>"$why"
tap "the same members more than once"
head -c 400M /dev/zero >shrinks
(sleep 0.1; truncate -s 1000 shrinks) &
spill-type -q -j 1 --format tsv shrinks >rows 2>said
status=$?
wait
if [ $status -eq 1 ]; then
	columns status <rows | grep -qx partial || cat rows >>"$why"
	grep -q 'became shorter' said || cat said >>"$why"
elif [ "$(columns sha256 <rows)" != "$(head -c 400M /dev/zero | sha256sum | cut -c 1-64)" ]; then
	cat rows >>"$why" # it was faster, or it has said something else
fi
tap "a file that is cut while it is read"

# --- limits -----------------------------------------------------------------------

cp inner.zip n0
for i in {1..300}; do zip -q -X -0 n$i "n$((i - 1))" && mv n$i.zip n$i; done
spill-type -q --format tsv n300 >rows 2>said
ended 1 $?
[ "$(tail -n +2 rows | wc -l)" = 17 ] || echo "rows: $(wc -l <rows)" >>"$why"
tail -n 1 rows | grep -q $'\tlimit\t' || tail -n 1 rows >>"$why"
grep -q 'limit of depth: 16' said || cat said >>"$why"
tap "a zip in a zip, 300 times: 16 deep"
spill-type -q --depth 1000 --format tsv n300 >rows 2>said
ended 0 $?
[ "$(tail -n +2 rows | wc -l)" = 304 ] || echo "rows: $(wc -l <rows)" >>"$why"
item=$(columns item <rows | grep 'one.txt$')
[ "$(spill-cat "$item")" = EXERCISE ] || echo "not its bytes" >>"$why"
tap "all of them with --depth 1000"

head -c 1G /dev/zero | zip -q bomb.zip -
spill-type -q --format tsv bomb.zip >rows 2>said
ended 1 $?
columns item status size members <rows | cut -f 1,2 >got
printf 'file:bomb.zip\tok\nfile:bomb.zip:-\tlimit\n' | diff - got >>"$why"
grep -q 'limit of expansion: 250' said || cat said >>"$why"
spill-type -q --format tsv --max-ratio 5000 bomb.zip | columns status size >got
printf 'ok\t%s\nok\t1073741824\n' "$(stat -c %s bomb.zip)" | diff - got >>"$why"
tap "a GiB of zeros"
spill-type -q --max-members 2 inner.zip >rows 2>said
ended 1 $?
[ "$(wc -l <rows)" = 4 ] || cat rows >>"$why"
grep -q 'limit of members: 2' said || cat said >>"$why"
tap "more members than may be"

# --- the system ---------------------------------------------------------------------

strace -f -qq -o log -e trace=%network,openat,open,creat,execve,mkdir,unlink,rename \
    spill-type -q outer.tar.gz >rows 2>said
ended 0 $?
# The two ends of our own sockets; files that are read; the scratch folder.
grep -vE 'socketpair\(AF_UNIX|(send|recv)(msg|to|mmsg)?\(|shutdown\(|O_RDONLY|EACCES|\+\+\+|---|resumed|unfinished' log |
    grep -vE "$TMPDIR/|execve\(\"$B/|execve\(\"/proc/self/exe|O_(PATH|DIRECTORY)|/dev/null|setsockopt\([0-9]+, SOL_SOCKET, SO_SNDBUF|openat\([0-9]+, \"runs\"" \
    >>"$why"
find "$TMPDIR" -mindepth 1 >>"$why"
tap "no network, no program but the workers, no file but in the scratch folder"
tap_end
