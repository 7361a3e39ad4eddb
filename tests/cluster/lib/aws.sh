# shellcheck shell=bash
# AWS as the box sees it: the lab's stand-ins at the real names and addresses.
# Nothing in the box is told of another endpoint.

build_lab() {
	say "building the lab"
	(cd "$PROJECT_DIR" && cargo build --quiet --package lab) || die "failed to build the lab: cargo build --package lab"
	LAB=$(cd "$PROJECT_DIR" && cargo metadata --format-version 1 --no-deps | jq -r .target_directory)/debug/lab
}

# aws [FAULT…]: (re)starts the stand-ins; without a fault everything works. They
# also know the names that only a cluster has: what they do not know, no one does.
aws() {
	local fault service
	local -a faults=() names=(--name "$API_HOST=$API_IP" --name "$NODE=$NODE_IP")
	for fault in "$@"; do faults+=(--fault "$fault"); done
	service=$(kubectl get service -n eks-triage eks-triage --ignore-not-found -o 'jsonpath={.spec.clusterIP}')
	[[ -z $service ]] || names+=(--name "eks-triage.eks-triage.svc.cluster.local=$service")
	stop lab
	: >"$STATE/log/lab.log"
	start lab "$LAB" serve --imds "$IMDS_IP:80" --https "$AWS_IP:443" --dns "$RESOLVER_IP:53" --pki "$STATE/pki/aws" "${names[@]}" "${faults[@]}"
	wait_until 20 grep -qx ready "$STATE/log/lab.log" || die "the AWS stand-ins do not start: $(tail -3 "$STATE/log/lab.log")"
}
