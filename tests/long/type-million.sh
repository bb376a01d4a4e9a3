#!/bin/bash
# type-million.sh [MODE]: 1,000,000 members, and 1,000 zips in one another. TAP.
SPILL_TEST_MEMBERS=1000000 SPILL_TEST_DEPTH=1000 \
    exec "$(dirname "$0")/../e2e/type-bombs.sh" "$@"
