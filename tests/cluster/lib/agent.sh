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

# in_agent ARGUMENT…: the agent's binary in the agent's own container, as the
# README says. The exit code is the verdict's, and the verdict is in the JSON.
in_agent() { kubectl exec -n eks-triage ds/eks-triage -- eks-triage "$@" --output json 2>>"$STATE/log/exec.log" || true; }

summary() { in_agent summary; }

# Also when the kubelet, and with it `kubectl exec`, does not answer.
summary_from_the_node() { inside curl -fsS --max-time 5 "$LOOPBACK/v1/summary"; }

# Judges the node now, as `serve` does once a period.
check_node() { in_agent check; }

# post_report TOKEN BODY: prints the HTTP status; the headers go to log/headers.
post_report() {
	local -a credentials=()
	[[ -z $1 ]] || credentials=(--header "Authorization: Bearer $1")
	inside curl -sS --max-time 30 --dump-header "$STATE/log/headers" --output /dev/null --write-out '%{http_code}' "${credentials[@]}" \
		--header 'Content-Type: application/json' --data "$2" "$AGENT/v1/reports"
}

# pod_report NAMESPACE POD: what the agent holds of this pod's probe.
pod_report() { summary | jq -c --arg namespace "$1" --arg name "$2" '.pods[] | select(.namespace == $namespace and .name == $name)'; }
