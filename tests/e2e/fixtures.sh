#!/bin/bash
# fixtures.sh [MODE]: the evidence that fixtures/make-case makes is what its
# key says, by the file systems' own tools and, where these have none, by The
# Sleuth Kit's. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=fixtures
export LC_ALL=C.UTF-8 TZ=UTC PATH="$PATH:/sbin:/usr/sbin" MTOOLSRC=/dev/null
c=$tmp/case
# without PROGRAM NAME: true, and the test skipped by name, if it is absent.
without() {
	command -v "$1" >/dev/null && return 1
	skip "$2" "no $1"
}

[ "$mode" != san ] || skip_all "none of it is built with a mode"
for p in gcc mkntfs mkfs.vfat mkfs.exfat mke2fs mformat; do
	without "$p" "the case is made" && { echo "1..$n"; exit 0; }
done
if ! fixtures/make-case "$c" >"$why" 2>&1; then
	tap "the case is made"
	echo "1..$n"
	exit 1
fi
tap "the case is made"
(
	umask 077
	cd / && TZ=Asia/Kathmandu LC_ALL=C HOME=/nonexistent \
	    SOURCE_DATE_EPOCH=1 "$OLDPWD/fixtures/make-case" "$tmp/once more: again"
) >"$why" 2>&1
diff -r "$c" "$tmp/once more: again" >>"$why" 2>&1
rm -rf "$tmp/once more: again"
tap "two runs give the same bytes"
size=$(du -sm "$c" | cut -f1)
[ "$size" -lt 400 ] || echo "$size MiB" >"$why"
tap "it is small"
tail -c +1048577 "$c/ws0417.raw" | head -c 65011712 >"$tmp/ntfs"

# rows IMAGE [VOLUME]: of the key, without the header and lost volumes: number,
# meta, path, kind, alloc_name, size, sha256, modified, fn_modified; between
# 0x1f.
rows() {
	awk -v image="$1" -v volume="${2:-}" -v OFS=$'\037' '
	function cells(s,    n, c, quoted, i) {
		split("", cell); n = 1; cell[1] = ""
		for (i = 1; i <= length(s); i++) {
			c = substr(s, i, 1)
			if (c == "\"" && quoted && substr(s, i + 1, 1) == c)
				cell[n] = cell[n] substr(s, ++i, 1)
			else if (c == "\"")
				quoted = !quoted
			else if (c == "," && !quoted)
				cell[++n] = ""
			else
				cell[n] = cell[n] c
		}
		return n
	}
	NR == 1 {
		columns = cells($0)
		for (i = 1; i <= columns; i++)
			at[cell[i]] = i
		next
	}
	{
		k = $0 ~ /"/ ? cells($0) : split($0, cell, ",")
		if (k != columns)
			print "line " NR ": " k " cells" >"/dev/stderr"
		on = cell[at["volume"]]
		if (cell[1] == image &&
		    (on == volume || (volume == "" && on !~ /^x/)))
			print NR, cell[at["meta"]], cell[at["path"]],
			    cell[at["kind"]], cell[at["alloc_name"]],
			    cell[at["size"]], cell[at["sha256"]],
			    cell[at["modified"]],
			    cell[at["fn_modified"]]
	}' "$c/answers.csv"
}
# each COMMAND...: for every row of standard input that it wants, with the
# variables below; what it prints are complaints.
each() {
	while IFS=$'\037' read -r number meta path kind alloc size sum \
	    modified fn_modified; do
		raw=${path//\\/\\\\}
		printf -v raw '%b' "${raw//%/\\x}"
		"$@"
	done
}
# hashed FILE: it must be the row's.
hashed() {
	local got
	got=$(sha256sum <"$1")
	[ "${got%% *}" = "$sum" ] || echo "line $number: $path: other content"
}

sums() {
	local name size sum
	while IFS=, read -r name _ size sum _; do
		case $name in
		image) continue ;;
		*.E01) img_cat "$c/$name" >"$tmp/out" || echo "$name: img_cat" ;;
		*) cat "$c/$name" >"$tmp/out" ;;
		esac
		[ "$(stat -c %s "$tmp/out")" = "$size" ] || echo "$name: size"
		[ "$(sha256sum <"$tmp/out")" = "$sum  -" ] || echo "$name: hash"
	done <"$c/images.csv"
}
without img_cat "images are what images.csv says" || {
	sums >"$why" 2>&1
	tap "images are what images.csv says"
}
without ewfverify "E01 sets verify" || {
	for name in ws0417 mail; do
		ewfverify -q "$c/$name.E01" >"$tmp/out" 2>&1 || cat "$tmp/out"
		[ -e "$c/$name.E03" ] || echo "$name: not several segments"
	done >"$why"
	tap "E01 sets verify"
}
without mmls "both partition tables show the volume" || {
	for name in ws0417 ws0417-gpt; do
		mmls "$c/$name.raw" 2>&1 |
			grep -q '0000002048 *0000129023 *0000126976' ||
			echo "$name: no such partition"
	done >"$why"
	tap "both partition tables show the volume"
}

# The file systems' checkers find what was put there to be found, no more.
without fsck.fat "FAT is clean" || {
	for name in stick fat16 fat12; do
		fsck.fat -n "$c/$name.raw" 2>&1 | grep -vE \
		    '^fsck.fat|files, .* clusters$|"Renamed later.txt"|NEWNAME|Not auto'
	done >"$why"
	tap "FAT is clean"
}
without fsck.exfat "exFAT is clean" || {
	fsck.exfat -n "$c/exfat.raw" 2>&1 |
		grep -vE '^exfatprogs|: clean\.' >"$why"
	tap "exFAT is clean"
}
without ntfsfix "NTFS is clean" || {
	cp "$tmp/ntfs" "$tmp/fix"
	ntfsfix -n "$tmp/fix" 2>&1 |
		grep -q 'was processed successfully' || echo "ntfsfix" >"$why"
	ntfsinfo -m "$tmp/ntfs" 2>&1 | grep -iE 'dirty|error|corrupt' >>"$why"
	tap "NTFS is clean"
}
orphan=$(rows mail.raw | awk -F'\037' '$3 ~ /still open/ { print $2 }')
without e2fsck "ext is clean" || {
	for name in mail inline ext2 ext3; do
		e2fsck -fn "$c/$name.raw" 2>&1 | grep -vE \
		    '^e2fsck|^Pass|files \(|^Fix\? no|beyond 2310|^$|still has err|^Deleted inode '"$orphan"' has zero|bitmap diff.*: +-[0-9]+$'
	done >"$why"
	tap "ext is clean"
}

# Contents by name.
by_ntfscat() {
	local file=$raw
	case $alloc,$kind,$sum in yes,file,?* | yes,stream,?*) ;; *) return ;; esac
	if [ "$kind" = stream ]; then
		file=${raw%%:*}
		ntfscat -n "${raw#*:}" "$tmp/ntfs" "$file"
	else
		ntfscat "$tmp/ntfs" "$file"
	fi >"$tmp/out" 2>"$tmp/err" || echo "line $number: $path: ntfscat"
	hashed "$tmp/out"
}
without ntfscat "live NTFS files are found by name, whole" || {
	rows ws0417.raw | each by_ntfscat >"$why"
	tap "live NTFS files are found by name, whole"
}
# mtools has no name for what is not of the Basic Multilingual Plane.
by_mcopy() {
	case $alloc,$kind,$sum in yes,file,?*) ;; *) return ;; esac
	case $path in *emoji* | *%ED%A0%80*) return ;; esac
	if [ -f "$tmp/copy$raw" ]; then
		hashed "$tmp/copy$raw"
	else
		echo "line $number: $path: not copied"
	fi
}
without mcopy "live FAT files are found by name, whole" || {
	for name in stick fat16 fat12; do
		mkdir "$tmp/copy"
		mcopy -s -n -i "$c/$name.raw" :: "$tmp/copy/" >"$tmp/out" 2>&1 \
		    </dev/null
		rows $name.raw | each by_mcopy
		rm -rf "$tmp/copy"
	done >"$why"
	tap "live FAT files are found by name, whole"
}
# debugfs takes a script, but a line of it cannot hold all bytes.
# Of an inline file debugfs gives the whole room, 60 bytes at least.
wanted() {
	[ "$name,$((size < 60))" != inline,1 ]
}
by_debugfs() {
	local cmd
	case $alloc,$kind,$sum in yes,file,?*) ;; *) return ;; esac
	wanted || return
	cmd="dump \"${raw//\"/\"\"}\" $tmp/dump/$number"
	if [[ $raw == *[$'\n\r']* ]]; then
		debugfs -R "$cmd" "$c/$name.raw" 2>/dev/null
	else
		printf '%s\n' "$cmd" >&3
	fi
}
dumped() {
	case $alloc,$kind,$sum in yes,file,?*) ;; *) return ;; esac
	wanted || return
	echo "$sum  $number"
}
without debugfs "live ext files are found by name, whole" || {
	for name in mail inline ext2 ext3; do
		mkdir "$tmp/dump"
		rows $name.raw | each by_debugfs 3>"$tmp/script"
		debugfs -f "$tmp/script" "$c/$name.raw" >/dev/null 2>&1
		rows $name.raw | each dumped >"$tmp/sums"
		[ -s "$tmp/sums" ] || echo "$name: no file"
		(cd "$tmp/dump" && sha256sum -c --quiet "$tmp/sums" 2>&1)
		rm -rf "$tmp/dump"
	done >"$why"
	tap "live ext files are found by name, whole"
}

# Contents by address, deleted ones too.
by_icat() {
	local options=()
	# The archive is too large for this. The Sleuth Kit knows nothing of
	# exFAT's valid length, and aborts at a name of 128 characters.
	case $sum,$path in
	,* | *,/srv/archive/* | *,'/Documents/valid data.bin' | \
	*,'/long 128/abc'*) return ;;
	esac
	[ "$kind" = range ] && return
	case $name in ws0417) options=(-o "${start:-2048}") ;; stick | fat1? | exfat) options=(-r) ;; esac
	icat "${options[@]}" "$c/$name.raw" "$meta" >"$tmp/out" 2>"$tmp/err" ||
		echo "line $number: $path: icat $meta"
	hashed "$tmp/out"
}
for name in ws0417 stick fat12 fat16 exfat mail ext2 ext3 inline; do
	t="$name: contents are found by address, deleted ones too"
	without icat "$t" || {
		rows $name.raw | each by_icat >"$why"
		tap "$t"
	}
done
in_gap() {
	[ "$kind" = range ] || return
	tail -c +$((${meta//[!0-9+]/} - size + 1)) "$c/ws0417.raw" |
		head -c "$size" >"$tmp/out"
	hashed "$tmp/out"
}

# Names and addresses, where The Sleuth Kit has both right.
listed() {
	case $name,$path in
	# Not shown as they are. In the slack of NTFS indices it drops times
	# after 2010; of FAT it cuts the longest name, and takes a long name
	# that is not the entry's own.
	*%[01]?* | *%7F* | *%ED* | *%C2* | mail,*%* | \
	*,*'record taken NATO'* | stick,*/abcdef* | fat16,*/abcdef* | \
	*/NEWNAME.TXT) return ;;
	esac
	[ "$kind" = range ] && return
	printf '%s\t%s\n' "$meta" "${raw#/}" >>"$tmp/want"
}
for name in ws0417 stick fat12 fat16 mail ext2 ext3 inline; do
	t="$name: names and addresses are The Sleuth Kit's"
	without fls "$t" || {
		: >"$tmp/want"
		options=()
		[ $name != ws0417 ] || options=(-o 2048)
		rows $name.raw | each listed
		fls -r -p "${options[@]}" "$c/$name.raw" 2>"$tmp/err" |
			sed -E 's/^[^\t]* ([0-9-]+)(\(realloc\))?:\t/\1\t/' |
			LC_ALL=C sort -u >"$tmp/have"
		# The root folder is not listed.
		grep -vP '^2\t$' "$tmp/want" | LC_ALL=C sort -u |
			LC_ALL=C comm -23 - "$tmp/have" >"$why"
		[ -s "$tmp/want" ] || echo "no row" >"$why"
		tap "$t"
	}
done

# Folder by folder, since one of them makes it abort.
exfat_folders() {
	[ "$kind" = dir ] && [ "$path" != '/long 128' ] || return
	fls "$c/exfat.raw" "$meta" 2>"$tmp/err" | sed "s|\t|&${path#/}/|"
}
without fls "exfat: names and addresses are The Sleuth Kit's" || {
	: >"$tmp/want"
	rows exfat.raw | each listed
	{ fls "$c/exfat.raw"; rows exfat.raw | each exfat_folders; } |
		sed -E 's/^[^\t]* ([0-9-]+)(\(realloc\))?:\t/\1\t/' |
		LC_ALL=C sort -u >"$tmp/have"
	grep -v '	long 128/' "$tmp/want" | LC_ALL=C sort -u |
		LC_ALL=C comm -23 - "$tmp/have" >"$why"
	[ -s "$tmp/want" ] || echo "no row" >"$why"
	tap "exfat: names and addresses are The Sleuth Kit's"
}
# block_list PATH: of a file of the key, by its inode.
block_list() {
	debugfs -R "blocks <$(rows mail.raw |
		awk -F'\037' -v path="$1" '$3 == path { print $2 }')>" \
	    "$c/mail.raw" 2>/dev/null
}
without debugfs "mail: blocks that were overwritten are the newer file's" || {
	old=$(block_list /home/rui/blocks/overwritten.txt)
	new=$(block_list '/srv/blocks taken.txt')
	[ -n "$old" ] && [ "$old" = "$new" ] || echo "$old, $new" >"$why"
	tap "mail: blocks that were overwritten are the newer file's"
}

# Times, from the raw fields that the tools show.
ext_times() {
	local line low extra sec want
	case $path in */times/*) ;; *) return ;; esac
	[ -n "$modified" ] || return
	line=$(debugfs -R "stat <$meta>" "$c/$name.raw" 2>/dev/null |
		sed -nE 's/^ *mtime: 0x([0-9a-f]+)(:([0-9a-f]+))?.*/\1 \3/p')
	read -r low extra <<<"$line"
	low=$((0x$low)) extra=$((0x${extra:-0}))
	[ $low -lt 2147483648 ] || low=$((low - 4294967296))
	sec=$((low + ((extra & 3) << 32)))
	want=$(date -d "@$sec" +%Y-%m-%dT%H:%M:%S)
	case $name in mail) printf -v want '%s.%09d' "$want" $((extra >> 2)) ;; esac
	[ "${want}Z" = "$modified" ] ||
		echo "line $number: $path: $modified, by debugfs ${want}Z"
}
without debugfs "ext times are the raw fields'" || {
	for name in mail ext2 ext3; do
		rows $name.raw | each ext_times
	done >"$why"
	tap "ext times are the raw fields'"
}
ntfs_times() {
	local got want
	# ntfsinfo counts 100 ns with 64 bits and a sign, from 1970.
	case $path in
	*/9999.txt | */30828.txt) return ;;
	*/times/[1-9]*) ;;
	*) return ;;
	esac
	want=
	for t in "$modified" "$fn_modified"; do
		[ -z "$t" ] || want+="$(date -d "${t%.*}Z" +%s) "
	done
	got=$(ntfsinfo -i "${meta%%-*}" "$tmp/ntfs" 2>/dev/null |
		sed -nE 's/.*File Altered Time:\s*//p' |
		while read -r t; do
			case $t in *\ [0-9][0-9][0-9][0-9]\ UTC) date -d "$t" +%s ;; esac
		done | tr '\n' ' ')
	[ "$got" = "$want" ] ||
		echo "line $number: $path: $want, by ntfsinfo $got"
}
without ntfsinfo "NTFS times are ntfsinfo's, to the second" || {
	rows ws0417.raw | each ntfs_times >"$why"
	tap "NTFS times are ntfsinfo's, to the second"
}
fat_times() {
	local got
	# The Sleuth Kit has no times after 2037 for FAT.
	case $modified in '' | 2107*) return ;; esac
	got=$(istat -z UTC -o "${start:-0}" "$c/$name.raw" "$meta" 2>/dev/null |
		sed -nE 's/^Written:\s*([0-9-]+) ([0-9:]+).*/\1T\2/p')
	[ "$got" = "$modified" ] ||
		echo "line $number: $path: $modified, by istat $got"
}
without istat "FAT times are istat's" || {
	for name in stick fat12 fat16; do
		rows $name.raw | each fat_times
	done >"$why"
	tap "FAT times are istat's"
}
rows ws0417.raw | each in_gap >"$why"
tap "the document between the partitions is there"

# The volume whose entry was deleted, at its sector.
name=ws0417 start=129280
without fls "the deleted volume: The Sleuth Kit at its sector" || {
	: >"$tmp/want"
	rows ws0417.raw x$start | each listed >"$why"
	rows ws0417.raw x$start | each by_icat >>"$why"
	rows ws0417.raw x$start | each fat_times >>"$why"
	fls -r -p -o $start "$c/ws0417.raw" 2>"$tmp/err" |
		sed -E 's/^[^\t]* ([0-9-]+):\t/\1\t/' | LC_ALL=C sort >"$tmp/have"
	LC_ALL=C sort "$tmp/want" | LC_ALL=C comm -23 - "$tmp/have" >>"$why"
	[ "$(wc -l <"$tmp/want")" -eq 3 ] || echo "not its rows" >>"$why"
	tap "the deleted volume: The Sleuth Kit at its sector"
}
tap_end
