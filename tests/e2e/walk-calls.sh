#!/bin/bash
# walk-calls.sh [MODE]: the system calls of spill-walk and spill-cat. TAP.
#
# The rule, for every run (architecture, section 6):
#	the tool	opens evidence, read-only; looks at its size and times;
#			lends its descriptors to a worker. It reads none of it
#			and maps none of it.
#	the zygote	has nothing to do with evidence at all.
#	a worker	once the jail is shut opens nothing, starts nothing,
#			reaches nobody; it reads what it was lent with pread(2)
#			and lseek(2), and maps only memory of its own.
#	all of them	make no file but the output that was asked for.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=walk-calls
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
walk=$B/bin/spill-walk cat=$B/bin/spill-cat
[ "$mode" != san ] || skip_all "a sanitizer has calls of its own"
for p in strace mke2fs; do
	command -v $p >/dev/null || skip_all "no $p"
done
strace -f -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"
${CC:-cc} -std=gnu17 -O1 -D_GNU_SOURCE -o "$tmp/ewf" fixtures/ewf.c \
    fixtures/fix.c fixtures/key.c -lcrypto -lz 2>"$tmp/log" ||
	skip_all "fixtures/ewf.c does not compile here"
cd "$tmp" || exit 2
mkdir in evidence scratch
seq 1 500000 >in/large
truncate -s 8M evidence/c.raw
mke2fs -q -t ext2 -F -d in evidence/c.raw || bail "no evidence"
./ewf evidence/c.raw evidence/e
[ -e evidence/e.E02 ] || bail "the set has one segment only"
export TMPDIR=$tmp/scratch

# Calls that make, change or name files; descriptors that are open already
# cannot be written to where they are evidence, since they are read-only.
makes='creat|mkdir|mkdirat|mknod|mknodat|link|linkat|symlink|symlinkat|rename|renameat|renameat2|unlink|unlinkat|truncate|chmod|fchmodat|chown|lchown|fchownat|utime|utimes|utimensat|futimesat|setxattr|lsetxattr|removexattr|open_by_handle_at'
# What a worker must not even try.
shut='open|openat|openat2|socket|connect|bind|listen|accept|accept4|socketpair|execve|execveat|fork|vfork|clone|clone3|ptrace|kill|process_vm_readv|process_vm_writev|prctl|setrlimit|prlimit64|memfd_create|io_uring_setup|bpf|userfaultfd|shmget|dup|dup2|dup3|chdir|chroot|mount|setuid|setresuid|unshare'

# calls NAME...: of the lines of strace, those of these calls, "a|b".
calls() {
	grep -hE "^($1)\\("
}

# judge_tool FILE: the calls of the tool.
judge_tool() {
	# Opened by name: read-only, without a trace.
	calls 'open|openat|openat2' <"$1" | grep -F 'evidence/' >opened
	[ -s opened ] || echo "the tool opens no evidence"
	grep -v 'O_DIRECTORY' opened | grep -vE 'O_RDONLY\|[^)]*O_NOATIME' |
	    sed 's/^/opened otherwise: /'
	# Everything else that has to do with it.
	grep -F 'evidence/' "$1" |
	    grep -vE '^(execve|open|openat|stat|fstat|newfstatat|statx|fcntl|close|getdents64|sendmsg|write)\(' |
	    sed 's/^/the tool: /'
	# A message is about it (-e, errors), or lends it.
	calls write <"$1" | grep -E '^write\([0-9]+<[^>]*evidence/' |
	    sed 's/^/the tool writes: /'
	calls fcntl <"$1" | grep -F 'evidence/' |
	    grep -vE 'F_GETFL|F_SETFL, O_RDONLY|F_GET_SEALS' |
	    sed 's/^/the tool: /'
	grep -q '^sendmsg(.*SCM_RIGHTS' "$1" || echo "the tool lends nothing"
}

# judge_worker FILE: the calls of a worker, once the filter is in force.
judge_worker() {
	sed '1,/^seccomp(SECCOMP_SET_MODE_FILTER/d' "$1" >jailed
	calls "$shut|$makes" <jailed | sed 's/^/the worker: /'
	calls mmap <jailed | grep -v 'MAP_ANONYMOUS, -1' | sed 's/^/the worker: /'
	grep -E '^(--- SIGSYS|\+\+\+ killed by SIGSYS)' jailed | sed 's/^/the worker: /'
	calls 'pread64|preadv' <jailed >>reads
	# And before: no evidence.
	sed '/^seccomp(SECCOMP_SET_MODE_FILTER/q' "$1" | grep -F 'evidence/' |
	    sed 's/^/before the jail: /'
}

# judge [FILE...]: the run that was traced; FILEs that it may make.
judge() {
	local f tools=0 zygotes=0 workers=0
	: >reads
	for f in trace.*; do
		if grep -qE '^execve\(.*libexec/spillkit/worker-' "$f"; then
			zygotes=$((zygotes + 1))
			grep -F 'evidence/' "$f" | sed 's/^/the zygote: /'
		elif grep -q '^execve(' "$f"; then
			tools=$((tools + 1))
			judge_tool "$f"
		elif grep -q '^seccomp(SECCOMP_SET_MODE_FILTER' "$f"; then
			workers=$((workers + 1))
			judge_worker "$f"
		else
			echo "a process that is neither tool nor worker:"
			head -n 3 "$f"
		fi
	done
	[ "$tools:$zygotes" = 1:1 ] && [ $workers -ge 1 ] ||
		echo "$tools tools, $zygotes zygotes, $workers workers"
	[ -s reads ] || echo "no worker reads"
	cat trace.* >all
	calls 'open|openat|openat2' <all |
	    grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)' |
	    grep -v '"/dev/null"' >made
	calls "$makes" <all >>made
	: >mine
	for f; do
		grep -qF "$f" made || echo "it does not make $f"
		echo "$f" >>mine
	done
	grep -vFf mine made | sed 's/^/made: /'
	[ -z "$(ls -A scratch)" ] || echo "scratch is not empty"
}

# run ARG...: traced; its status is 0.
run() {
	rm -f trace.*
	strace -ff -y -s 64 -o trace "$@" >out 2>said ||
		{ echo "status $?: $*"; cat said; } >>"$why"
}

item=$("$walk" -q evidence/c.raw | grep -m 1 ',/large,' | cut -d , -f 1)
for f in c.raw e.E01; do
	run "$walk" -sra evidence/$f
	judge >>"$why"
	tap "spill-walk, $f"
	run "$cat" -e evidence/$f "${f%.*}${item#c}"
	cmp out in/large >>"$why" 2>&1
	judge >>"$why"
	tap "spill-cat, $f"
done
for o in --list --evidence-record; do
	run "$walk" $o evidence/e.E01
	judge >>"$why"
	tap "spill-walk $o"
done
run "$walk" -o made.csv --errors errors.csv evidence/c.raw
judge made.csv errors.csv >>"$why"
tap "spill-walk -o --errors makes these files alone"
tap_end
