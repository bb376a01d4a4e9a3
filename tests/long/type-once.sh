#!/bin/bash
# type-once.sh [MODE]: 10,000 members. TAP.
SPILL_TEST_MEMBERS=10000 exec "$(dirname "$0")/../e2e/type-once.sh" "$@"
