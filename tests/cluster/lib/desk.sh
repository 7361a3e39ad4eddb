# shellcheck shell=bash
# A desk: somebody on call, with a kubeconfig and AWS credentials, who types
# `kubectl eks-triage why`.

# What the agent of a node is built without, the desk's binary has.
build_desk() {
	say "building the desk's binary"
	(cd "$PROJECT_DIR" && cargo build --quiet --package eks-triage --features account) ||
		die "failed to build the desk's binary: cargo build --package eks-triage --features account"
	# Another build without the feature must not come in its place.
	install -D "$(target_directory)/debug/eks-triage" "$CACHE/desk/eks-triage"
	ln -sf eks-triage "$CACHE/desk/kubectl-eks_triage"
}

# What the lab's IAM and EKS accept, and what no report may show.
DESK_KEY=AKIACANARYDESK000001
DESK_SECRET=canary-desk-secret-wJalrXUtnFEMI

# desk COMMAND…
desk() {
	inside env KUBECONFIG="$STATE/pki/admin.kubeconfig" PATH="$CACHE/desk:$BIN:$PATH" \
		AWS_CA_BUNDLE="$STATE/pki/aws/ca.crt" AWS_ACCESS_KEY_ID="$DESK_KEY" AWS_SECRET_ACCESS_KEY="$DESK_SECRET" "$@"
}

# why NAMESPACE TARGET [OPTION…]: prints the report as JSON, and leaves its exit
# code in run/why.code. Whatever it finds, everything in the cluster is as before.
why() {
	local before report code=0
	before=$(everything)
	report=$(desk kubectl eks-triage why "$2" -n "$1" --output json "${@:3}" 2>>"$STATE/log/why.log") || code=$?
	printf '%s\n' "$code" >"$STATE/run/why.code"
	expect "what \`kubectl get all -A\` names afterwards" "$before" "$(everything)"
	expect "the desk's key in the report" 0 "$(grep -ciE 'canary' <<<"$report" || true)"
	printf '%s\n' "$report"
}

everything() { kubectl get all -A --no-headers -o custom-columns=KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name | sort; }

# expect_why PLANE CHAIN/LINK/FAULT NAMESPACE TARGET [OPTION…]
expect_why() {
	local report
	report=$(why "${@:3}")
	[[ -n $report ]] || fail "a report" "one" "$(tail -3 "$STATE/log/why.log")"
	expect_verdict "$1" "$2" "$report"
	expect "the exit code" 3 "$(<"$STATE/run/why.code")"
}

# expect_healthy_report REPORT: what `why` printed last.
expect_healthy_report() {
	expect_json "a healthy verdict" '.outcome == "healthy"' "$1"
	expect_json "nothing is broken" '[.chains[].links[] | select(.state == "broken")] | length == 0' "$1"
	expect "the exit code" 0 "$(<"$STATE/run/why.code")"
}
