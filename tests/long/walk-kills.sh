#!/bin/bash
# walk-kills.sh [MODE]: 200 workers of spill-walk are killed. TAP.
SPILL_TEST_KILLS=200 exec "$(dirname "$0")/../e2e/walk-kills.sh" "$@"
