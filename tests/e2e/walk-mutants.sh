#!/bin/bash
# walk-mutants.sh [MODE]: damaged file systems, most of the damage in what the
# file system itself writes: spill-walk must survive, keep to its word, and
# list every (address, name) that fls still lists. TAP.
# SPILL_TEST_MUTANTS: of each file system; SPILL_TEST_FIRST: the first seed;
# SPILL_TEST_FS: these file systems alone; SPILL_TEST_KEEP: a folder for what
# was run and compared.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/fls-rows.sh
. tests/fls-rows.sh
suite=mutants
testdata=${TESTDATA:-$PWD/../shared/testdata}
count=${SPILL_TEST_MUTANTS:-100} first=${SPILL_TEST_FIRST:-1}
chosen=${SPILL_TEST_FS:-ntfs ext fat exfat iso ufs hfs apfs}
export LC_ALL=C TZ=UTC PATH="$B/bin:$PATH:/sbin:/usr/sbin" MTOOLSRC=/dev/null
export MKE2FS_CONFIG=/dev/null E2FSPROGS_FAKE_TIME=1717406430
unset SOURCE_DATE_EPOCH
for p in fls mke2fs debugfs genisoimage makefs; do
	command -v $p >/dev/null || skip_all "no $p"
done

for p in mutate apfs-make fat-slots ext-groups ntfs-wrong iso-records; do
	gcc -std=gnu17 -O1 -Wall -Wextra -Werror -Iinclude -o "$tmp/$p" \
	    tests/e2e/$p.c 2>"$tmp/log" || { cat "$tmp/log"; bail "no $p"; }
done
src=$tmp/src clean=$tmp/clean
mkdir "$clean"

# --- images ------------------------------------------------------------------

make_tree() {
	local i
	mkdir -p "$src/deep/2/3/4" "$src/many/more"
	seq 1 20000 | head -c 90000 >"$src/noise.bin"
	echo "NATO RESTRICTED" >"$src/A long name with blanks, 2nd draft.docx"
	echo EXERCISE >"$src/deep/2/3/4/paper.txt"
	: >"$src/empty.txt"
	for i in {1..120}; do echo "$i" >"$src/many/file-number-$i.txt"; done
	for i in {1..9}; do echo "$i" >"$src/many/more/N$i.TXT"; done
	ln -s ../deep/2 "$src/many/link"
	find "$src" -exec touch -h -d '2024-06-03 10:20:30' {} +
}
# A folder with a tree of hashes, extents, a journal, erased files. Not by
# mke2fs -d, whose order is that of the host's folder.
make_ext4() {
	local image=$clean/ext4.raw
	truncate -s 8M "$image"
	mke2fs -q -F -t ext4 -b 1024 -J size=1 -N 512 \
	    -O extents,dir_index,metadata_csum,64bit,has_journal \
	    -U 5eed0417-0000-4000-8000-000000000417 \
	    -E hash_seed=5eed0417-0000-4000-8000-000000000418,lazy_itable_init=0 \
	    "$image"
	(
		cd "$src" || exit
		find . -mindepth 1 -type d | sort | sed 's/^/mkdir /'
		find . -type f | sort | sed 's/.*/write "&" "&"/'
		echo 'symlink many/link ../deep/2'
		find many -name '*7.txt' | sort | sed 's/^/rm /'
		seq -f 'punch noise.bin %g %g' 1 2 40 |
		    awk '{ print $1, $2, $3, $3 }'
	) >"$tmp/script"
	(cd "$src" && debugfs -w -f "$tmp/script" "$image")
	e2fsck -fyD "$image"
}
# The same with blocks of a folder and of inodes in its journal, before some of
# the files were erased.
make_journal() {
	local image=$clean/ext4-journal.raw blocks table
	cp "$clean/ext4.raw" "$image"
	blocks=$(for i in 0 1 2 3 4; do
		debugfs -R "bmap many $i" "$image" 2>/dev/null
	done)
	table=$(debugfs -R 'imap many' "$image" 2>/dev/null | sed -n 's/.*located at block \([0-9]*\),.*/\1/p')
	for i in $blocks $((table + 4)) $((table + 5)); do
		dd if="$image" bs=1024 skip="$i" count=1 status=none \
		    of="$tmp/journal.$i"
		echo "jw -b $i $tmp/journal.$i"
	done >"$tmp/script"
	{
		echo 'jo -c'
		cat "$tmp/script"
		echo jc
		echo 'feature -needs_recovery'
		seq -f 'rm many/file-number-%g8.txt' 1 9
	} | debugfs -w -f - "$image"
}
# The volumes of the fixtures; exFAT without the name at which fls aborts.
make_fixtures() {
	local run
	fixtures/make-case "$tmp/case" || return
	mv "$tmp"/case/{ext2,ext3,inline,fat12,fat16,exfat}.raw "$clean"
	mv "$tmp/case/stick.raw" "$clean/fat32.raw"
	tail -c +1048577 "$tmp/case/ws0417.raw" | head -c 65011712 |
	    cp --sparse=always /dev/stdin "$clean/ntfs.raw"
	rm -rf "$tmp/case"
	run=$(spill-walk -q -r --format tsv "$clean/exfat.raw" |
	    awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
		$c["path"] == "/long 128" { print $c["runs"] }')
	dd if=/dev/zero of="$clean/exfat.raw" bs=1 seek="${run%+*}" \
	    count="${run#*+}" conv=notrunc status=none
}
# UFS1 with three groups. makefs puts the superblock of UFS2 where libtsk, and
# so fls, does not look: with blocks of that size, its first copy is there.
make_ufs() {
	local now=1717406430
	makefs -T $now -t ffs -B le -o version=1,maxbpcg=128 -s 4m \
	    "$clean/ufs1.raw" "$src"
	makefs -T $now -t ffs -B le -o version=2,bsize=65536,fsize=8192 -s 4m \
	    "$clean/ufs2.raw" "$src"
}
# The same bytes whenever they are made: times of access and of change of Rock
# Ridge, those of the volume, and what makefs does not clear in superblocks.
settle() {
	local f at
	for f in "$clean"/iso*.raw; do
		for at in $(grep -obUaP 'TF\x1a\x01\x0e' "$f" | cut -d: -f1); do
			dd if="$f" of="$tmp/stamp" bs=1 skip=$((at + 5)) count=7
			cat "$tmp/stamp" "$tmp/stamp" |
			    dd of="$f" bs=1 seek=$((at + 12)) conv=notrunc
		done
		for at in 16 17; do
			printf '2024060310203000\0%.0s' 1 2 3 4 |
			    dd of="$f" bs=1 seek=$((at * 2048 + 813)) conv=notrunc
		done
	done
	for f in "$clean"/ufs*.raw; do
		for at in $(grep -obUaP '\x54\x19\x01\0|\x19\x01\x54\x19' "$f" |
		    cut -d: -f1); do
			dd if=/dev/zero of="$f" bs=1 seek=$((at - 1372 + 832)) \
			    count=16 conv=notrunc
		done
	done
	# Of UFS2 makefs keeps times that it should not: of access, of change.
	f=$clean/ufs2.raw
	for at in {2..142}; do
		at=$((24 * 8192 + 256 * at))
		dd if="$f" of="$tmp/stamp" bs=1 skip=$((at + 40)) count=8
		cat "$tmp/stamp" "$tmp/stamp" "$tmp/stamp" "$tmp/stamp" |
		    dd of="$f" bs=1 seek=$((at + 32)) conv=notrunc
		dd if=/dev/zero of="$f" bs=1 seek=$((at + 64)) count=16 conv=notrunc
	done
}
make_images() {
	local f
	make_tree
	make_ext4
	make_journal
	make_fixtures
	genisoimage -quiet -R -J -V TREES -o "$clean/iso-rr.raw" "$src"
	genisoimage -quiet -D -J -o "$clean/iso-joliet.raw" "$src"
	make_ufs
	settle
	"$tmp/apfs-make" "$clean/apfs-made.raw"
	for f in apfs hfsplus; do
		[ ! -e "$testdata/images/dfvfs_$f.raw.gz" ] ||
			gunzip -c "$testdata/images/dfvfs_$f.raw.gz" \
			    >"$clean/$f.raw"
	done
}
# images_of FS: those that there are.
images_of() {
	local i
	case $1 in
	ext) set -- ext4 ext4-journal ext2 ext3 inline ;;
	fat) set -- fat12 fat16 fat32 ;;
	iso) set -- iso-rr iso-joliet ;;
	ufs) set -- ufs1 ufs2 ;;
	hfs) set -- hfsplus ;;
	apfs) set -- apfs apfs-made ;;
	esac
	for i; do [ ! -s "$clean/$i.raw" ] || echo "$i"; done
}
# What is neither zeros nor the content of a file.
places() {
	spill-walk -q -r --format tsv "$1" 2>/dev/null | awk -F'\t' '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["kind"] ~ /^(file|stream)$/ &&
	($c["path"] !~ /^\/\$/ || $c["path"] ~ /^\/\$(LogFile|UpCase)/) {
		gsub(";", "\n", $c["runs"]); print $c["runs"] }' |
	    "$tmp/mutate" -m "$1"
}

# --- the runs ----------------------------------------------------------------

# own FS: libtsk reads nothing of it but its head.
own() {
	case $1 in ext | fat | exfat | ntfs | iso) return 0 ;; esac
	return 1
}
# iso_places DIR SEED: of each name of fls that we have not, where its content
# begins, by istat, in fls.at: SEED|NAME|BLOCK|SIZE|TYPE; and of all of ours,
# in ours.at: SEED|BLOCK|SIZE.
iso_places() {
	local d=$1 seed=$2 addr name
	our_rows p0 "$d/$seed.ours" | cut -d'|' -f 4 >"$d/names"
	fls_rows "$d/$seed.fls" | awk -F'|' -v OFS='|' '
		NR == FNR { ours[$0]; next }
		!($4 in ours) { print $1, $4 }' "$d/names" - |
	    while IFS='|' read -r addr name; do
		istat "$d/m.raw" "$addr" | awk -v id="$seed|$name" '
			/^Size: / { size = $2 }
			/^Type: / { type = $2 }
			sectors == 1 { block = $1 }
			sectors { sectors++ }
			/^Sectors:/ { sectors = 1 }
			END { print id "|" block "|" size "|" type }'
	done >>"$d/fls.at"
	awk -F'\t' -v OFS='|' -v seed="$seed" '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	{ split($c["runs"], run, "+")
	  print seed, run[1] / 2048, $c["size"] }' "$d/$seed.ours" >>"$d/ours.at"
	# Of names with a NUL, what is before it.
	awk -F'\t' -v OFS='|' -v seed="$seed" '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	sub("%00.*", "", $c["path"]) {
		sub(".*/", "", $c["path"])
		print seed, $c["path"]
	}' \
	    "$d/$seed.ours" >>"$d/ours.cut"
}
# run_one DIR IMAGE SEED SECONDS: what the two say of it, as files SEED.*
run_one() {
	local d=$1 image=$2 seed=$3 seconds=$4 code options=()
	"$tmp/mutate" "$clean/$image.raw" "$d/m.raw" "$seed" - \
	    <"$clean/$image.places"
	(
		ulimit -t "$seconds"
		exec timeout -k 5 300 spill-walk -q -r -m 512M --format tsv \
		    --errors "$d/$seed.errors" "$d/m.raw"
	) >"$d/$seed.ours" 2>"$d/$seed.said"
	code=$?
	case $image in
	apfs*) options=(-P apfs -B 107) ;;
	ntfs) "$tmp/ntfs-wrong" "$d/m.raw" >"$d/$seed.names" ;;
	ext* | inline) "$tmp/ext-groups" "$d/m.raw" >"$d/$seed.groups" ;;
	esac
	(
		ulimit -v 2097152 -t 5
		exec timeout -k 1 60 fls -r -p -l -z UTC "${options[@]}" "$d/m.raw"
	) >"$d/$seed.fls"
	echo "$seed $code $? $image" >>"$d/codes"
	case $image in fat* | exfat)
		"$tmp/fat-slots" "$d/m.raw" | sed "s/^/$seed|/" >>"$d/slots" ;;
	esac
	case $image in iso*)
		iso_places "$d" "$seed"
		"$tmp/iso-records" "$d/m.raw" | sed "s/^/$seed|/" >>"$d/records"
		;;
	esac
}
# run_fs FS: each of its images in turn. Loops in libtsk cost all of the time
# that there is: less of UFS.
run_fs() {
	local d=$tmp/run/$1 images seed n=$count seconds=30
	mapfile -t images < <(images_of "$1")
	own "$1" || seconds=4
	[ "$1" != ufs ] || n=$(((count + 4) / 5))
	for ((seed = first; seed < first + n; seed++)); do
		run_one "$d" "${images[seed % ${#images[@]}]}" "$seed" "$seconds"
	done
	rm -f "$d/m.raw"
	compare "$1" "$d"
}

# --- what must be ------------------------------------------------------------

# Exit statuses; errors with all their cells; nothing that a terminal obeys.
check_words() {
	awk '$2 != 0 && $2 != 1 && $2 != 3 {
		print "seed " $1 ": exit status " $2 }' codes
	for f in *.errors; do echo "$f"; done | xargs awk -v own="$1" '
	FNR == 1 {
		seed = FILENAME; sub(/\.errors$/, "", seed)
		if ($0 != "id,step,evidence,item,path,code,img_offset,length," \
		    "bytes_affected,limit,parser,detail")
			print "seed " seed ": " $0
		next
	}
	{
		line = $0
		gsub(/"([^"]|"")*"/, "q", line)
		n = split(line, cell, ",")
		if (n != 12 || line ~ /"/ || cell[12] == "" || cell[6] !~ \
		    /^(unreadable|damaged|unsupported|encrypted|limit|memory|timeout|crash|anomaly)$/)
			print "seed " seed ": no error record: " $0
		if (cell[6] ~ /^(crash|timeout|memory)$/) {
			print seed >"died"
			if (own)
				print "seed " seed ": " $0
		}
	}'
	grep -lP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' ./*.ours ./*.errors \
	    ./*.said | sed 's/^/control bytes in /'
}

# excuse FS <LACKING: those that are no loss, each as "reason<TAB>row".
excuse() {
	awk -F'|' -v fs="$1" '
	function last(path) { sub(/.*\//, "", path); return path }
	function dir(path) { sub(/\/?[^\/]*$/, "", path); return path }
	function printed(s) { gsub(/\^ ?/, "", s); return s }
	# Is there a folder on the way which fls enters by an entry ".."?
	function by_dot(seed, path) {
		while ((path = dir(path)) != "")
			if (has(dots, seed, path))
				return 1
		return 0
	}
	function has(set, seed, what) { return (seed SUBSEP what) in set }
	# Is that name the other one up to a NUL, or to half a character? Both
	# are "^" here.
	function ends_early(name, ours,    i, tail) {
		sub(/\^$/, "", name)
		sub(/\^:/, ":", name)
		tail = index(ours, ":") ? substr(ours, index(ours, ":")) : ""
		for (i = 1; i <= length(ours); i++)
			if (substr(ours, i, 1) == "^" &&
			    (name == substr(ours, 1, i - 1) ||
			    name == substr(ours, 1, i - 1) tail))
				return 1
		return 0
	}
	# Is it that one but for characters behind "^"?
	function takes_next(name, ours,    p, q) {
		for (p = q = 1; p <= length(name) && q <= length(ours); p++) {
			if (substr(name, p, 1) != substr(ours, q, 1))
				return 0
			q++
			if (substr(name, p, 1) == "^" &&
			    substr(name, p + 1, 1) != substr(ours, q, 1))
				q++
		}
		return p > length(name) && q >= length(ours)
	}
	# That name, less the stream that it has in common with the other one.
	function file_of(name, ours,    stream) {
		stream = index(ours, ":") ? substr(ours, index(ours, ":")) : ""
		if (stream != "" && substr(name,
		    length(name) - length(stream) + 1) == stream)
			return substr(ours, 1, length(ours) - length(stream))
		return ours
	}
	# Of NTFS, whose addresses have the attribute.
	function of_ntfs(seed, addr, full, path, name,    i, n, ours, record, as) {
		# Streams of a folder are those of its entry "." for fls.
		as = path
		if (sub(/\/\.:/, ":", as) && of_ntfs(seed, addr, full, as, last(as)) != "")
			return "dot"
		record = index(full, "-") == 0
		n = split(record ? all[seed, addr] : at[seed, full], ours, "|")
		# libtsk did not load its attributes, which we have; or it has
		# them by other numbers where the list of them is damaged.
		if (has(whole, seed, addr "|" path))
			return "attributes"
		for (i = 2; i <= n; i++) {
			if (ends_early(name, last(ours[i])))
				return "cut"
			if (takes_next(name, last(ours[i])))
				return "characters"
			# The name goes on behind its attribute: ours ends there.
			if (has(damaged, seed, addr "|beyond") &&
			    index(name, file_of(name, last(ours[i]))) == 1)
				return "beyond"
			# The entry of the index is damaged, and here is what
			# the record says.
			if ((has(damaged, seed, addr "|key") ||
			    has(damaged, seed, addr "|nul")) &&
			    dir(path) == dir(ours[i]))
				return "damaged"
			# libtsk has no room for more.
			if (length(name) > 200 && index(last(ours[i]), name) == 1)
				return "long"
		}
		if (name ~ "^OrphanFile-" addr "(:|$)" &&
		    (n > 1 || (record && has(known, seed, addr))))
			return "named"
		if (n > 1 && name ~ /^(:|$)/)
			return "no name"
		# The name that fls has begins outside of its attribute.
		if (n > 1 && has(damaged, seed, addr "|outside") &&
		    dir(path) == "$OrphanFiles")
			return "outside"
		# NTFS has no entry "..": libtsk makes one of the folder that a
		# name says it is in.
		if (name == "..")
			return "parent"
		# Streams of a folder are those of its entry "." for fls.
		if (sub(/\/\.:/, ":", path) &&
		    (has(row, seed, full "|" path) ||
		    has(object, seed, full "/" last(path)) ||
		    (n > 1 && last(path) ~ /^:/)))
			return "dot"
		if (sub(/\/\.$/, "", path) && has(row, seed, full "|" path))
			return "dot"
		# It is an extension record, or there is no such record: the
		# name has a row, which is said to lead nowhere.
		sub(/:[^:\/]*$/, "", path)
		if (has(row, seed, addr "|" path))
			return "another"
		return ""
	}
	FILENAME == "ours.keys" {
		at[$1, $2] = at[$1, $2] "|" $3
		row[$1, $2 "|" $3]
		number = $2; sub(/-.*/, "", number)
		whole[$1, number "|" $3]
		file = $3; sub(/:[^:\/]*$/, "", file)
		whole[$1, number "|" file]
		known[$1, number]
		all[$1, number] = all[$1, number] "|" $3
		object[$1, $2 "/" last($3)]
		if ($3 !~ /^\$Orphan/)
			placed[$1, $2 "/" last($3)]
		next
	}
	FILENAME == "died" { died[$1]; next }
	FILENAME == "told" && $2 ~ /^\// { folder[$1, $2]; next }
	FILENAME == "slots" { slot[$1, $2] = $3; room[$1, $2] = $4; next }
	FILENAME == "copies" { copied[$1]; next }
	FILENAME == "fls.keys" {
		if (slot[$1, $2] == "dot")
			dots[$1, $3]
		next
	}
	FILENAME == "told" && $4 ~ /^(beyond|outside|key|nul)$/ {
		damaged[$1, $2 "|" $4]
		next
	}
	FILENAME == "told" && $4 == "zeros" { zeros[$1, $2]; next }
	FILENAME == "told" { record[$1, $2] = $4 == "" ? "told" : $4; next }
	{
		name = last($3); why = ""
		addr = $2; sub(/-.*/, "", addr)
		cut = name; sub(/\^+$/, "", cut)
		n = split(at[$1, $2], ours, "|")
		# The object has that name, in a folder that has another one:
		# fls goes into folders in themselves, and by erased names.
		if (has(object, $1, $2 "/" name))
			why = "elsewhere"
		# FAT: not if here it is among the lost ones alone.
		# A label is no folder, which fls enters if it says so.
		if (why != "" && fs ~ /fat/ && $3 !~ /^\$Orphan/ &&
		    $3 !~ /\(Volume Label Entry\)\// && !has(placed, $1, $2 "/" name))
			why = ""
		if (why == "" && fs == "ntfs")
			why = of_ntfs($1, addr, $2, $3, name)
		# fls ends a name where it has a NUL.
		for (i = 2; why == "" && fs != "ntfs" && i <= n; i++)
			if (index(last(ours[i]), cut) == 1 &&
			    (fs !~ /fat/ || cut != last(ours[i])) &&
			    (fs != "ext" ||
			    substr(last(ours[i]), length(cut) + 1, 1) == "^"))
				why = "cut"
		# fls gives an entry the long name before it, whoever owns it;
		# "." and "..", too, which are the folders that they lead to.
		if (why == "" && fs == "fat" && (slot[$1, $2] == "dot" ||
		    (slot[$1, $2] ~ /^(other|first)$/ && n > 1)))
			why = "long name"
		if (why == "" && fs == "fat" && by_dot($1, $3) &&
		    has(object, $1, $2 "/" name))
			why = "dot"
		# What has neither name, date nor size, and what is no name: it
		# takes tables and boot sectors for folders.
		if (why == "" && fs == "fat" && slot[$1, $2] ~ /^no(thing|ise)$/)
			why = "no entry"
		if (why == "" && fs == "exfat" && n <= 1 &&
		    ((slot[$1, $2] == "nofile" && name == "OrphanFile-" addr) ||
		    (slot[$1, $2] == "noguid" && name == "$VOLUME_GUID") ||
		    (slot[$1, $2] == "texfat" && name == "$TEX_FAT")))
			why = "no entry"
		# exFAT: it takes names that are in use for an erased file.
		if (why == "" && fs == "exfat" && n > 1 &&
		    slot[$1, $2] == "foreign")
			why = "name of another"
		# It gathers parts of others to those of an erased one.
		if (why == "" && fs == "fat" && slot[$1, $2] == "long" &&
		    n > 1 && length(name) > room[$1, $2])
			why = "long name"
		# Of one that is in no folder it has the short name alone.
		if (why == "" && fs == "fat" && slot[$1, $2] == "long" &&
		    n > 1 && $3 ~ /^\$Orphan/)
			why = "short name"
		# A part of it that has "/" it leaves out, and all behind it.
		for (i = 2; why == "" && fs == "fat" && i <= n; i++)
			if (slot[$1, $2] == "long" && length(name) % 13 == 0 &&
			    index(ours[i], $3) == 1 &&
			    substr(ours[i], length($3) + 1, 13) ~ "/")
				why = "cut"
		# Of a name of which the number of a part is damaged it has the
		# parts before that: the end of it.
		for (i = 2; why == "" && fs == "fat" && i <= n; i++) {
			bare = last(ours[i])
			from = length(bare) - length(name)
			if (slot[$1, $2] == "long" && from > 0 && from % 13 == 0 &&
			    substr(bare, from + 1) == name)
				why = "end"
		}
		# What it cannot print it leaves out, with a character behind.
		for (i = 2; why == "" && fs == "fat" && i <= n; i++)
			if (last(ours[i]) != name &&
			    printed(last(ours[i])) == printed(name))
				why = "characters"
		# The dot before an extension, too, which it cannot print.
		for (i = 2; why == "" && fs == "fat" && i <= n; i++) {
			bare = last(ours[i])
			if (sub(/\.\^/, "^", bare) && printed(bare) == name)
				why = "characters"
		}
		# The text of a label, which has a NUL.
		for (i = 2; why == "" && fs == "exfat" && i <= n; i++) {
			label = " (Volume Label Entry)"
			bare = last(ours[i])
			if (substr(name, length(name) - length(label) + 1) == label &&
			    index(bare, substr(name, 1, length(name) - length(label)) "^") == 1)
				why = "cut"
		}
		# FAT32: fls believes a boot sector whose copy is sound.
		if (why == "" && fs == "fat" && $1 in copied)
			why = "boot"
		# UFS: it believes a superblock that leads to other bytes than
		# inodes, which the copies of it say.
		if (why == "" && fs == "ufs" && $1 in copied &&
		    name == "OrphanFile-" addr && n <= 1)
			why = "superblock"
		# exFAT: it garbles names of such a length there.
		if (why == "" && fs == "exfat" && $3 ~ /^\$Orphan/ &&
		    length(last(at[$1, $2])) >= 128)
			why = "length"
		# exFAT: entries that there are in the root alone ([EX] 7.1 to 7.5).
		if (why == "" && fs == "exfat" && $3 ~ \
		    /^.+\/(\$VOLUME_GUID|\$ALLOC_BITMAP|\$UPCASE_TABLE|.* \(Volume Label Entry\))$/)
			why = "root alone"
		# It has a name, which fls did not find.
		if (why == "" && fs != "ntfs" && n > 1 && name ~ /^OrphanFile-/ &&
		    (fs != "ext" || name == "OrphanFile-" addr))
			why = "named"
		# A lone surrogate takes the next character with it.
		if (why == "" && fs !~ /^(fat|ntfs)$/ && n > 1 && name ~ /\^/)
			why = "characters"
		# libtsk did not survive it here, or was slow.
		if (why == "" && $1 in died)
			why = "died"
		# NTFS: it is said that the record cannot be made sense of.
		if (why == "" && has(record, $1, addr) &&
		    (record[$1, addr] != "another place" ||
		    name == "OrphanFile-" addr))
			why = record[$1, addr]
		# ext: fls has another name of it, from bytes of the folder that
		# are said to be damaged.
		if (why == "" && fs == "ext" && n > 1 &&
		    has(folder, $1, "/" dir($3)))
			why = "damaged"
		# ext: inodes of the file system itself, by a damaged bitmap.
		if (why == "" && fs == "ext" && addr > 0 && addr < 11 &&
		    addr != 2 && name == "OrphanFile-" addr)
			why = "reserved"
		# ext: the root itself, of which fls says that no name leads
		# to it.
		if (why == "" && fs == "ext" && addr == 2 &&
		    name == "OrphanFile-2")
			why = "root"
		# ext: in a folder that was never used, or is none.
		if (why == "" && fs == "ext" &&
		    match($3, /^\$OrphanFiles\/OrphanFile-[0-9]+\//)) {
			made = substr($3, 25, RLENGTH - 25)
			if (has(record, $1, made) && !has(known, $1, made))
				why = record[$1, made]
		}
		# ext: no inode, or one of zeros, and of the name no more than
		# fls prints of it: bytes that are no entry, of a folder that is
		# said to be damaged or with characters that no name begins with.
		if (why == "" && fs == "ext" &&
		    (addr == 0 || has(zeros, $1, addr)) &&
		    (name ~ /^\^/ || has(folder, $1, "/" dir($3))))
			why = "bytes"
		# ext, UFS: a folder that fls makes up, whose number is that of
		# all inodes.
		if (why == "" && fs ~ /^(ext|ufs)$/ && $3 == "$OrphanFiles")
			why = "made up"
		# ext: neither an inode nor a name.
		if (why == "" && fs == "ext" && name == "" &&
		    (addr == 0 || has(zeros, $1, addr)))
			why = "nothing"
		if (why != "")
			print why "\t" $0
	}' slots copies fls.keys ours.keys died told -
}
# excuse_iso <LACKING: the same. The numbers of objects are libtsk's own, and of
# the records that lead to one place, of both trees, it takes one: so what
# counts is where the content is.
excuse_iso() {
	awk -F'|' '
	function last(path) { sub(/.*\//, "", path); return path }
	function dir(path) { sub(/\/?[^\/]*$/, "", path); return path }
	# Is it a name of that folder but for the character that is "^"?
	function is_near(s, path,    i, k, v, p, name) {
		name = last(path)
		p = index(name, "^")
		k = split(list[s, dir(path)], v, "|")
		for (i = 2; p > 0 && i <= k; i++)
			if (length(v[i]) == length(name) &&
			    substr(v[i], 1, p - 1) == substr(name, 1, p - 1) &&
			    substr(v[i], p + 1) == substr(name, p + 1))
				return 1
		return 0
	}
	FILENAME == "ours.keys" {
		ours[$1, $3]; object[$1, last($3)]
		list[$1, dir($3)] = list[$1, dir($3)] "|" last($3)
		whole[$1, toupper($3)]
		bare = toupper(last($3))
		upper[$1, bare]
		# Its version, which is damaged.
		if (sub(/;.$/, "", bare))
			upper[$1, bare]
		next
	}
	FILENAME == "ours.at" { content[$1, $2, $3]; begins[$1, $2]; next }
	FILENAME == "ours.cut" { cut[$1, $2]; next }
	FILENAME == "records" && $2 == "order" {
		if (($1, $5, $6) in content)
			order[$1, $3, $4]
		next
	}
	FILENAME == "records" && $2 == "dot" { dot[$1, $3, $4, $5]; next }
	FILENAME == "records" && $2 == "folder" { below[$1, $3]; next }
	FILENAME == "records" { none[$1, $3]; next }
	FILENAME == "fls.at" {
		k = $1 SUBSEP $2
		folder[k] = $5 == "Directory"
		# One that path tables have, by which way ever fls came there.
		if (folder[k] && ($1, $3) in below)
			real[k]
		if ($2 == "$OrphanFiles")
			w = "made up"
		else if (($1, $3, $4) in content)
			w = "content"
		# Sizes that are two in two orders: ours is the first.
		else if ($3 != "" && ($1, $3) in begins)
			w = "order"
		# Their places, too: of the two, the one that another record
		# knows.
		else if (($1, $3, $4) in order)
			w = "order"
		# A record of "." or ".." in UTF-16.
		else if (($1, last($2), $3, $4) in dot)
			w = "dot"
		# Other bytes, taken for a record.
		else if ($4 == 0 && ($1, last($2)) in none)
			w = "no record"
		# A folder that it takes for a file.
		else if ($5 == "File" && ($1, $3) in below)
			w = "folder"
		# Of the other tree, where a character is damaged.
		else if ($4 == 0 && is_near($1, $2))
			w = "character"
		# It ends names where they have a NUL.
		else if ($4 == 0 && ($1, last($2)) in cut)
			w = "cut"
		# Without bytes, a name is all that there is.
		else if ($4 == 0 && $2 ~ /^\$OrphanFiles\/OrphanFile-[0-9]+$/)
			w = "nothing"
		else if ($4 == 0 && ($1, last($2)) in object)
			w = "elsewhere"
		# The plain tree has names in capitals.
		else if ($4 == 0 && ($1, toupper(last($2))) in upper)
			w = "capitals"
		else
			w = ""
		if (!(k in why) || w == "")
			why[k] = w
		next
	}
	FILENAME == "fls.keys" { path[++n] = $3; seed[n] = $1; next }
	{ row[++m] = $0 }
	# A folder of the tree that libtsk has chosen: all that it leads to is
	# listed.
	function is_listed(s, name,    i, some) {
		for (i = 1; i <= n; i++) {
			if (seed[i] != s || index(path[i], name "/") != 1)
				continue
			some = 1
			if (!((s, path[i]) in ours) && why[s, path[i]] == "" &&
			    !folder[s, path[i]])
				return 0
		}
		return some
	}
	END {
		for (i = 1; i <= m; i++) {
			split(row[i], f, "|")
			w = why[f[1], f[3]]
			if (w == "" && folder[f[1], f[3]] && (is_listed(f[1], f[3]) ||
			    (f[1], toupper(f[3])) in whole))
				w = "folder"
			if (w == "" && (f[1], f[3]) in real &&
			    (f[1], last(f[3])) in object)
				w = "folder"
			if (w != "")
				print w "\t" row[i]
		}
	}' ours.keys ours.at ours.cut records fls.at fls.keys -
}
# told FS: which records are said to be damaged: seed|from|to; with why fls
# lists them nonetheless; seed|folder.
told() {
	local f
	for f in *.errors; do
		case $1 in
		ntfs)
			sed -nE 's/.*MFT records ([0-9]+) to ([0-9]+).*/\1|\2/p' "$f"
			cat "${f%.errors}.names"
			;;
		ext)
			sed -nE 's/^[^,]*,walk,[^,]*,[^,]*,([^",]+),damaged,.*folder is damaged.*/\1/p' "$f"
			# fls takes inodes of a group whose descriptor is damaged
			# from where it is said that they are not. Each of these
			# images has one group.
			! grep -q 'inodes of group 0 were found by' "$f" ||
				echo '1|4096|another place'
			cat "${f%.errors}.groups"
			;;
		esac | sed "s/^/${f%.errors}|/"
	done
}
# needed: what of it is about rows that are lacking: all of it would fill the
# memory. Of folders, all.
needed() {
	awk -F'|' -v OFS='|' '
	function need(seed, number) { numbers[seed] = numbers[seed] " " number }
	FILENAME == "lacking" {
		path = $3
		need($1, $2 + 0)
		while (match(path, /OrphanFile-[0-9]+/)) {
			need($1, substr(path, RSTART + 11, RLENGTH - 11))
			path = substr(path, RSTART + RLENGTH)
		}
		next
	}
	$2 !~ /^[0-9]/ { print; next }
	{
		n = split(numbers[$1], number, " ")
		for (i = 1; i <= n; i++)
			if (number[i] + 0 >= $2 + 0 && number[i] + 0 <= $3 + 0)
				print $1, number[i], number[i], $4
	}' lacking -
}
seeds() {
	awk -F'|' -v OFS='|' -v fs="$1" '
	{ sub(/\.(fls|ours)$/, "", $10); sub(/^\.\//, "", $10)
	  # ISO 9660: the numbers of objects are libtsk'"'"'s own.
	  print $10, fs == "iso" ? "" : $1, $4 }' | sort -u
}
# open_losses FS: rows of fls among the first 100 mutants, or those of the long
# run, that we may lack: none. Nothing is said of other runs.
open_losses() {
	case "$first $count:$1" in
	"1 100:"* | "1001 2000:"*) echo 0 ;;
	esac
}
# compare FS DIR: leaves why and counts.
compare() {
	local fs=$1 volume=p0 most
	cd "$2" || return
	[ "$fs" != apfs ] || volume=p0.v1
	: >died
	check_words "$(own "$fs" && echo 1)" >why
	# Where fls did not survive, nothing is compared.
	awk '$3 >= 124 { print $1 }' codes | tee fls-died |
	    while read -r seed; do : >"$seed.fls"; done
	fls_rows ./*.fls | seeds "$fs" >fls.keys
	our_rows "$volume" ./*.ours | seeds "$fs" >ours.keys
	comm -23 fls.keys ours.keys >lacking
	comm -13 fls.keys ours.keys >more
	told "$fs" | needed >told
	touch slots
	grep -l 'the copy at byte' ./*.errors | sed 's/[^0-9]//g' >copies
	sort -u -o died died
	case $fs in
	iso) excuse_iso <lacking ;;
	*) excuse "$fs" <lacking ;;
	esac >excused
	cut -f 2- excused | sort -u | comm -23 lacking - >lost
	most=$(open_losses "$fs")
	if [ -n "$most" ] && [ "$(wc -l <lost)" -gt "$most" ]; then
		sed 's/^/fls has, and we lack: /' lost >>why
	fi
	echo "$(wc -l <codes) mutants, fls died in $(wc -l <fls-died), a" \
	    "worker in $(wc -l <died); entries: $(wc -l <fls.keys) of fls, of" \
	    "which $(wc -l <excused) otherwise" \
	    "($(cut -f 1 excused | sort | uniq -c | awk '{
		n = $1; $1 = ""; printf "%s%d%s", s, n, $0; s = ", " }'))" \
	    "and $(wc -l <lost) are not," \
	    "$(wc -l <more) more of ours" >counts
}

make_images >"$tmp/log" 2>&1
for f in "$clean"/*.raw; do places "$f" >"${f%.raw}.places"; done
running=0
for fs in $chosen; do
	[ -n "$(images_of "$fs")" ] || continue
	mkdir -p "$tmp/run/$fs"
	[ $running -lt 2 ] || wait -n
	run_fs "$fs" >"$tmp/run/$fs.log" 2>&1 &
	running=$((running + 1))
done
wait
for fs in $chosen; do
	d=$tmp/run/$fs
	[ -d "$d" ] || { skip "$fs" "no image of it"; continue; }
	[ -s "$d/counts" ] || echo "it did not run to its end" >>"$why"
	# Of the APFS that is made by hand it can open nothing.
	[ -s "$d/fls.keys" ] || [ "$(images_of "$fs")" = apfs-made ] ||
		echo "fls lists nothing" >>"$why"
	cat "$d/why" >>"$why"
	tap "$fs: $(cat "$d/counts")"
done
[ -z "${SPILL_TEST_KEEP:-}" ] || cp -r "$clean" "$tmp/run" "$SPILL_TEST_KEEP"
tap_end
