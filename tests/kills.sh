#!/bin/bash
# kills.sh: what the suites share that kill workers of a tool. It is sourced.

# children PID...
children() {
	local p all
	for p; do
		all= # the file has no line end
		{ read -r all <"/proc/$p/task/$p/children"; } 2>/dev/null
		echo "$all"
	done
}
# kill_workers PID MOST: workers of it of any family, the children of its
# zygotes, at random moments while it is there; $hit is how many.
kill_workers() {
	local p
	hit=0
	while [ $hit -lt "$2" ] && kill -0 "$1" 2>/dev/null; do
		sleep 0.0$((RANDOM % 9 + 1))
		# shellcheck disable=SC2046 # words
		p=$(children $(children "$1") | tr ' ' '\n' | grep . | shuf -n 1)
		[ -z "$p" ] || { kill -KILL "$p" 2>/dev/null && hit=$((hit + 1)); }
	done
}
