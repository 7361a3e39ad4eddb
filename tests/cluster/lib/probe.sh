# shellcheck shell=bash
# Probes, started by hand as manifests/probe/ has them.

# probe_job NAMESPACE [SED SCRIPT [JQ FILTER]]: runs manifests/probe/job.yaml as
# the ServiceAccount `api`, which is the one change that the file asks for, and
# prints its pod. Script and filter change more.
probe_job() {
	sed -e 's/serviceAccountName: default\b/serviceAccountName: api/' -e "${2-}" "$PROJECT_DIR/manifests/probe/job.yaml" |
		kubectl create -n "$1" -f - --dry-run=client -o json | jq "${3:-.}" | kubectl apply -n "$1" -f - >/dev/null
	wait_until 10 pod_of_job "$1" || fail "a pod of the Job" "one" "$(kubectl get events -n "$1" -o 'jsonpath={.items[*].message}')"
	local pod
	pod=$(pod_of_job "$1")
	wait_for_end "$1" "$pod"
	echo "$pod"
}

pod_of_job() { kubectl get pod -n "$1" -l app.kubernetes.io/component=probe -o 'jsonpath={.items[0].metadata.name}'; }

wait_for_end() {
	wait_until 60 has_phase "$1" "$2" '@(Succeeded|Failed)' ||
		fail "pod $2 ends" "Succeeded or Failed within 60 s" "$(kubectl get pod -n "$1" "$2" -o json | jq -c .status)"
}

# exit_code NAMESPACE POD, termination_message NAMESPACE POD
exit_code() { kubectl get pod -n "$1" "$2" -o 'jsonpath={.status.containerStatuses[0].state.terminated.exitCode}'; }
termination_message() { kubectl get pod -n "$1" "$2" -o 'jsonpath={.status.containerStatuses[0].state.terminated.message}'; }

# expect_probe PLANE CHAIN/LINK/FAULT NAMESPACE [SED SCRIPT [JQ FILTER]]: starts a
# probe there; the same verdict in the agent's summary, in the termination
# message and on stdout, and its exit code.
expect_probe() {
	local pod report
	pod=$(probe_job "${@:3}")
	report=$(held_report "$3" "$pod")
	expect_verdict "$1" "$2" "$report"
	expect_termination "$1" "$2" "$3" "$pod"
	expect "the verdict on stdout" "*$(jq -r .title <<<"$report")*" "$(kubectl logs -n "$3" "$pod" -c probe)"
}

# held_report NAMESPACE POD: what the agent made of the probe's facts.
held_report() {
	local held
	held=$(pod_report "$1" "$2")
	[[ -n $held ]] || fail "the summary holds the report of $1/$2" "one" "$(kubectl logs -n "$1" "$2")"
	jq -c .report <<<"$held"
}

# expect_termination PLANE CHAIN/LINK/FAULT NAMESPACE POD
expect_termination() {
	expect "the termination message's verdict" "$1 $2" "$(termination_message "$3" "$4" | jq -r '"\(.plane) \(.chain)/\(.link)/\(.fault)"')"
	expect "the probe's exit code" 3 "$(exit_code "$3" "$4")"
}
