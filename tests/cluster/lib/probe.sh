# shellcheck shell=bash
# Workloads and probes. Every case has a namespace of its own, so that nothing
# of one case can be taken for another's.

ROLE_ARN=arn:aws:iam::111122223333:role/api-reader

# workload NAMESPACE [ANNOTATION=VALUE…]: a restricted namespace with the
# ServiceAccount `api`.
workload() {
	restricted_namespace "$1"
	service_account "$1" api "${@:2}"
}

restricted_namespace() {
	kubectl create namespace "$1" >/dev/null
	kubectl label namespace "$1" pod-security.kubernetes.io/enforce=restricted eks-triage.test/case= >/dev/null
}

# service_account NAMESPACE NAME [ANNOTATION=VALUE…]
service_account() {
	kubectl create serviceaccount -n "$1" "$2" >/dev/null
	(($# == 2)) || kubectl annotate serviceaccount -n "$1" "$2" "${@:3}" >/dev/null
	# The stand-in of the webhook reads ServiceAccounts from a cache.
	sleep 1
}

irsa_workload() { workload "$1" "eks.amazonaws.com/role-arn=$ROLE_ARN" "${@:2}"; }

# probe_job NAMESPACE [SED SCRIPT]: runs manifests/probe/job.yaml as the
# ServiceAccount `api`, which is the one change that the file asks for, and prints
# its pod. The script changes more.
probe_job() {
	sed -e 's/serviceAccountName: default\b/serviceAccountName: api/' -e "${2-}" "$PROJECT_DIR/manifests/probe/job.yaml" |
		kubectl apply -n "$1" -f - >/dev/null
	wait_until 10 pod_of_job "$1" || fail "a pod of the Job" "one" "$(kubectl get events -n "$1" -o 'jsonpath={.items[*].message}')"
	local pod
	pod=$(pod_of_job "$1")
	wait_for_end "$1" "$pod"
	echo "$pod"
}

pod_of_job() { kubectl get pod -n "$1" -l app.kubernetes.io/component=probe -o 'jsonpath={.items[0].metadata.name}'; }

wait_for_end() {
	wait_until 60 has_ended "$1" "$2" ||
		fail "pod $2 ends" "Succeeded or Failed within 60 s" "$(kubectl get pod -n "$1" "$2" -o json | jq -c .status)"
}

has_ended() { [[ $(kubectl get pod -n "$1" "$2" -o 'jsonpath={.status.phase}') == @(Succeeded|Failed) ]]; }

# exit_code NAMESPACE POD, termination_message NAMESPACE POD
exit_code() { kubectl get pod -n "$1" "$2" -o 'jsonpath={.status.containerStatuses[0].state.terminated.exitCode}'; }
termination_message() { kubectl get pod -n "$1" "$2" -o 'jsonpath={.status.containerStatuses[0].state.terminated.message}'; }

# expect_probe PLANE CHAIN/LINK/FAULT NAMESPACE: starts a probe there; the same
# verdict in the agent's summary, in the termination message and on stdout, and
# its exit code.
expect_probe() {
	local pod held title
	pod=$(probe_job "$3")
	held=$(pod_report "$3" "$pod")
	[[ -n $held ]] || fail "the summary holds the report of $3/$pod" "one" "$(kubectl logs -n "$3" "$pod")"
	expect_verdict "$1" "$2" "$(jq -c .report <<<"$held")"
	expect "the termination message's verdict" "$1 $2" \
		"$(termination_message "$3" "$pod" | jq -r '"\(.plane) \(.chain)/\(.link)/\(.fault)"')"
	expect "the probe's exit code" 3 "$(exit_code "$3" "$pod")"
	title=$(jq -r .report.title <<<"$held")
	expect "the verdict on stdout" "*$title*" "$(kubectl logs -n "$3" "$pod")"
}
