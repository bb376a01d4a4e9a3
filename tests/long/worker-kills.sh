#!/bin/bash
# worker-kills.sh [MODE]: the unit tests of the pool with 200 kills of random
# workers, three times over.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-$PWD/build/${1:-release}}
failed=0
for i in 1 2 3; do
	out=$(SPILL_TEST_KILLS=200 CMOCKA_MESSAGE_OUTPUT=TAP \
	    "$B/tests/pool_end_test" 2>&1)
	code=$?
	grep '^# .*crashed' <<<"$out"
	if [ $code -eq 0 ]; then
		echo "ok $i - 200 kills, round $i"
	else
		failed=$((failed + 1))
		echo "not ok $i - 200 kills, round $i: exit status $code"
		grep -A5 '^not ok' <<<"$out" | sed 's/^/# /'
	fi
done
echo "1..3"
[ $failed -eq 0 ]
