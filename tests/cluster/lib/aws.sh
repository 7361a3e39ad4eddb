# shellcheck shell=bash
# AWS as the box sees it: the lab's stand-ins at the real names and addresses.
# Nothing in the box is told of another endpoint.

build_lab() {
	say "building the lab"
	(cd "$PROJECT_DIR" && cargo build --quiet --package lab) || die "failed to build the lab: cargo build --package lab"
	LAB=$(cd "$PROJECT_DIR" && cargo metadata --format-version 1 --no-deps | jq -r .target_directory)/debug/lab
}

# aws [FAULT…]: (re)starts the stand-ins; without a fault everything works.
aws() {
	local fault
	local -a faults=()
	for fault in "$@"; do faults+=(--fault "$fault"); done
	stop lab
	: >"$STATE/log/lab.log"
	start lab "$LAB" serve --imds "$IMDS_IP:80" --https "$AWS_IP:443" --dns "$RESOLVER_IP:53" --pki "$STATE/pki/aws" "${faults[@]}"
	wait_until 20 grep -qx ready "$STATE/log/lab.log" || die "the AWS stand-ins do not start: $(tail -3 "$STATE/log/lab.log")"
}
