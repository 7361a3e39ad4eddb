# shellcheck shell=bash
# The installation is `kubectl apply -f manifests/`, the first time and every time.

case_the_daemonset_is_ready_on_a_real_kubelet() {
	kubectl rollout status daemonset -n eks-triage eks-triage --timeout=90s >/dev/null ||
		fail "the DaemonSet is Ready" "within 90 s" "$(kubectl describe pod -n eks-triage | tail -12)"
	agent_is_ready
}

case_applying_the_manifests_again_changes_nothing() {
	expect "what the second apply changes" "" "$(kubectl apply -f "$PROJECT_DIR/manifests/" | grep -v ' unchanged$')"
}

# Without a privilege, as its manifest says; seen from the node, not asked of the agent.
case_the_agent_runs_without_any_capability() {
	local pod process
	pod=$(kubectl get pod -n eks-triage -o json | jq -r '.items[0].status.containerStatuses[0].containerID | ltrimstr("containerd://")')
	process=$(ctr task list | awk -v task="$pod" '$1 == task {print $2}')
	expect "its user" 65532 "$(inside grep ^Uid "/proc/$process/status" | cut -f3)"
	expect "its capabilities" "" "$(inside grep -E '^Cap(Prm|Eff|Bnd|Amb)' "/proc/$process/status" | grep -vE '\s0+$')"
}

# A Fargate node stays without an agent, and no pod waits for it for ever.
case_a_fargate_node_gets_no_agent() {
	fake_node fargate-node eks.amazonaws.com/compute-type=fargate
	finally kubectl delete node fargate-node --wait=false
	sleep 2
	agent_is_ready
}

case_the_healthy_node_is_healthy() {
	local report
	report=$(check_node)
	expect_json "healthy" '.outcome == "healthy"' "$report"
	expect_json "nothing is broken" '[.chains[].links[] | select(.state == "broken")] | length == 0' "$report"
	expect_json "the subject" ".subject == {kind: \"node\", name: \"$NODE\"} or .subject.name == \"$NODE\"" "$report"
}
