#!/bin/bash
# type-kills.sh [MODE]: 300 workers of spill-type are killed. TAP.
SPILL_TEST_KILLS=300 exec "$(dirname "$0")/../e2e/type-kills.sh" "$@"
