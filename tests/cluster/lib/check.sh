# shellcheck shell=bash
# Cases and what they expect. A case is a function `case_…`; it ends at the
# first thing that is not as expected, and the next case runs.

PASSED=0
FAILED=0

# run_case FUNCTION
run_case() {
	local name=${1#case_} status started=$SECONDS
	name=${name//_/ }
	# Not in a condition: `set -e` would not hold inside.
	set +e
	(
		set -eE
		trap tidy_up EXIT
		# What fails in $(…) is judged by whoever uses what it printed.
		trap '((BASH_SUBSHELL > 1)) || printf "        failed: %s (%s:%s)\n" "$BASH_COMMAND" "${BASH_SOURCE[0]##*/}" "$LINENO" >&2' ERR
		"$1"
	)
	status=$?
	set -e
	if ((status == 0)); then
		PASSED=$((PASSED + 1))
		printf 'ok      %s (%d s)\n' "$name" "$((SECONDS - started))"
	else
		FAILED=$((FAILED + 1))
		printf 'FAILED  %s\n' "$name"
	fi
}

# A case registers what undoes its fault: finally COMMAND… To see what follows, it tidies up itself.
TIDY=()
finally() { TIDY+=("$*"); }
tidy_up() {
	local undo
	for undo in "${TIDY[@]}"; do $undo >/dev/null || true; done
	TIDY=()
}

# fail WHAT EXPECTED GOT
fail() {
	printf '        %s\n          expected  %s\n          got       %s\n' "$1" "$2" "${3:-nothing}" >&2
	exit 1
}

# expect WHAT EXPECTED GOT: EXPECTED is a pattern.
expect() {
	# shellcheck disable=SC2053  # A pattern on purpose.
	[[ $3 == $2 ]] || fail "$@"
}

# expect_json WHAT FILTER JSON: the filter must say true.
expect_json() {
	jq -e "$2" <<<"$3" >/dev/null 2>&1 || fail "$1" "$2" "$(jq -c . <<<"$3" 2>/dev/null | cut -c1-1500 || head -c 1500 <<<"$3")"
}

# expect_verdict PLANE CHAIN/LINK/FAULT REPORT: decided so, and proved by a quote.
expect_verdict() {
	local got
	got=$(jq -r '"\(.outcome) \(.plane) \(.chain)/\(.link)/\(.fault)"' <<<"$3") || fail "a report" JSON "$3"
	expect "the verdict" "decided $1 $2" "$got"
	expect_json "evidence that quotes" '.evidence | length > 0 and all(.quote | length > 0)' "$3"
	expect_json "a fix and how to verify it" '(.fix.change | length > 0) and (.verify.command | length > 0)' "$3"
	printf '        %s  ← %s\n' "$(jq -r .title <<<"$3")" "$(jq -r '.evidence[0] | "\(.source): \(.quote)"' <<<"$3")"
}
