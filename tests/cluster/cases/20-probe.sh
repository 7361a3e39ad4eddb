# shellcheck shell=bash
# A healthy workload, by each way in which a probe is started.

# The line stands in the README between two marks; it is run as it is printed.
case_the_kubectl_run_line_of_the_readme_reports_a_healthy_pod() {
	local line namespace account pod
	line=$(sed -n '/<!-- kubectl-run -->/,/<!-- \/kubectl-run -->/p' "$PROJECT_DIR/README.md" | grep -v -e '^<!--' -e '^```')
	namespace=$(grep -oP -- '--namespace[ =]\K[a-z0-9-]+' <<<"$line")
	account=$(grep -oP '"serviceAccountName":\s*"\K[a-z0-9-]+' <<<"$line")
	pod=$(grep -oP 'kubectl run \K[a-z0-9-]+' <<<"$line")
	# It names what every cluster has; here this becomes a workload with a role.
	expect "the namespace and the ServiceAccount of the line" "default default" "$namespace $account"
	finally kubectl delete pod -n default "$pod"
	finally kubectl annotate serviceaccount -n default default eks.amazonaws.com/role-arn-
	finally kubectl label namespace default pod-security.kubernetes.io/enforce-
	kubectl label namespace default pod-security.kubernetes.io/enforce=restricted >/dev/null
	kubectl annotate serviceaccount -n default default "eks.amazonaws.com/role-arn=$ROLE_ARN" >/dev/null
	sleep 1
	administrator bash -c "$line" >/dev/null
	wait_for_end default "$pod"
	expect_healthy default "$pod" default
}

# With the agent's own binary as a plugin of kubectl; the pod is removed.
case_the_kubectl_plugin_prints_a_verdict_and_removes_its_pod() {
	local report
	irsa_workload plugin
	report=$(administrator kubectl eks-triage probe -n plugin --serviceaccount api --output json 2>>"$STATE/log/exec.log")
	expect_json "a healthy verdict" '.outcome == "healthy"' "$report"
	expect "what is left in the namespace" "" "$(kubectl get pod -n plugin -o name)"
}

case_the_probe_job_reports_a_healthy_pod() {
	local pod
	irsa_workload healthy-job
	pod=$(probe_job healthy-job)
	expect_healthy healthy-job "$pod" api
}

# The Service leads to the agent of the probe's own node.
case_a_probe_without_host_ip_finds_the_agent_by_its_service() {
	local pod
	finally aws
	aws # it learns the Service's address
	irsa_workload by-service
	pod=$(probe_job by-service 's/name: HOST_IP/name: ANOTHER_NAME/')
	expect_healthy by-service "$pod" api
}

# expect_healthy NAMESPACE POD SERVICE_ACCOUNT
expect_healthy() {
	local held
	held=$(pod_report "$1" "$2")
	[[ -n $held ]] || fail "the summary holds the report of $1/$2" "one" "$(kubectl logs -n "$1" "$2")"
	expect_json "a healthy verdict" '.report.outcome == "healthy"' "$held"
	expect "the pod's uid, which the API server vouches for" "$(kubectl get pod -n "$1" "$2" -o 'jsonpath={.metadata.uid}')" "$(jq -r .uid <<<"$held")"
	expect "the pod's ServiceAccount" "$3" "$(jq -r .serviceAccount <<<"$held")"
	expect_json "intact links of irsa" '[.report.chains[] | select(.id == "irsa").links[] | select(.state == "intact")] | length >= 4' "$held"
	expect "the exit code" 0 "$(exit_code "$1" "$2")"
	expect "the termination message's outcome" healthy "$(termination_message "$1" "$2" | jq -r .outcome)"
	expect "a termination message that fits" true "$(termination_message "$1" "$2" | jq -Rs 'utf8bytelength <= 4096')"
}
