# shellcheck shell=bash
# `eks-triage why node/NAME`: the Node object, its Events and what its agent sees
# now, by exec, in one report.

case_why_of_a_healthy_node_holds_what_its_agent_sees() {
	local report
	finally aws
	aws
	report=$(why default "node/$NODE")
	expect_healthy_report "$report"
	expect "whom it is about" "node $NODE" "$(jq -r '.subject | "\(.kind) \(.name)"' <<<"$report")"
	expect_link node-ready intact "$report"
	expect_link imds intact "$report"
}

# The object and an event say it of the node; the agent still answers, because it
# needs no network of pods.
case_why_of_a_node_that_is_not_ready_joins_three_views() {
	local report
	finally aws
	aws
	finally kubectl delete event -n default cni
	finally cni_is_back
	rm "$STATE/cni/10-pods.conflist"
	wait_until 60 node_is_not_ready "cni plugin not initialized" || fail "the node" "cni plugin not initialized" "$(ready_message)"
	node_event cni NetworkNotReady "$(ready_message)"
	report=$(why default "node/$NODE")
	expect_verdict network node-join/node-ready/cni-not-initialized "$report"
	expect "the object's own words" "*cni plugin not initialized*" "$(jq -r '.evidence[].quote' <<<"$report")"
	expect_json "the event" '[.evidence[].source] | any(startswith("events of node "))' "$report"
	expect_link imds intact "$report"
	expect "the exit code" 3 "$(<"$STATE/run/why.code")"
}

case_why_of_a_node_without_the_right_to_exec_names_it() {
	local report said code=0
	new_user oncall --verb=get,list --resource=nodes,pods,events,leases.coordination.k8s.io
	report=$(operator oncall eks-triage why "node/$NODE" --output json 2>"$STATE/log/oncall.log") || code=$?
	said=$(<"$STATE/log/oncall.log")
	expect "the right that is missing" "*the agent of node $NODE was not asked: *pods/exec*" "$said"
	expect_link node-ready intact "$report"
	expect_json "what only the agent sees is unknown" '[.chains[].links[] | select(.id == "imds").state] | all(. == "unknown")' "$report"
	expect_json "nothing is broken" '[.chains[].links[] | select(.state == "broken")] | length == 0' "$report"
	expect "the exit code" "[04]" "$code"
}

# node_event NAME REASON MESSAGE: as the kubelet tells it, now.
node_event() {
	jq -n --arg name "$1" --arg node "$NODE" --arg reason "$2" --arg message "$3" '(now | todate) as $now | {
		apiVersion: "v1", kind: "Event", metadata: {name: $name, namespace: "default"}, type: "Warning",
		involvedObject: {apiVersion: "v1", kind: "Node", name: $node, uid: $node}, source: {component: "kubelet", host: $node},
		reason: $reason, message: $message, firstTimestamp: $now, lastTimestamp: $now, count: 1
	}' | kubectl apply -f - >/dev/null
}
