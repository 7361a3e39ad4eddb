# shellcheck shell=bash
# Talk goes to stderr with one prefix; stdout belongs to results.

say() { printf 'cluster: %s\n' "$*" >&2; }

die() {
	say "$*"
	exit 1
}

# wait_until SECONDS COMMAND…: asks four times a second until COMMAND succeeds.
wait_until() {
	local tries=$(($1 * 4))
	shift
	while ((tries-- > 0)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.25
	done
	return 1
}
