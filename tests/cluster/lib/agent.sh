# shellcheck shell=bash
# The agent as it is installed, and what it is asked.

AGENT=http://$NODE_IP:12610 # where pods reach it
LOOPBACK=http://127.0.0.1:12610

install_agent() {
	say "applying manifests/"
	kubectl apply -f "$PROJECT_DIR/manifests/" >/dev/null
}

# What an earlier run left in a cluster that stays up.
forget_earlier_run() {
	kubectl delete namespace -l eks-triage.test/case >/dev/null 2>&1
	kubectl delete pod -n eks-triage --all >/dev/null 2>&1 || true
}

agent_is_ready() {
	expect_json "one agent on one node" '.status | .desiredNumberScheduled == 1 and .numberReady == 1 and .updatedNumberScheduled == 1' \
		"$(kubectl get daemonset -n eks-triage eks-triage -o json)"
}

# As the README says it; its result is the agent's own.
summary() { kubectl exec -n eks-triage ds/eks-triage -- eks-triage summary --output json; }

# Also when the kubelet, and with it `kubectl exec`, does not answer.
summary_from_the_node() { inside curl -fsS --max-time 5 "$LOOPBACK/v1/summary"; }

# check_node: judges the node now, as `serve` does once a period. The verdict's
# exit code is kubectl's.
check_node() { kubectl exec -n eks-triage ds/eks-triage -- eks-triage check --output json || true; }

# post_report TOKEN BODY: prints the HTTP status.
post_report() {
	local -a credentials=()
	[[ -z $1 ]] || credentials=(--header "Authorization: Bearer $1")
	inside curl -sS --max-time 30 --output /dev/null --write-out '%{http_code}' "${credentials[@]}" \
		--header 'Content-Type: application/json' --data "$2" "$AGENT/v1/reports"
}

# pod_report NAMESPACE POD: what the agent holds of this pod's probe.
pod_report() { summary | jq -c --arg namespace "$1" --arg name "$2" '.pods[] | select(.namespace == $namespace and .name == $name)'; }
