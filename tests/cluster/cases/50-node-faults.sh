# shellcheck shell=bash
# A node that is really broken, and the verdict of its own agent.

case_the_instance_has_no_profile() {
	finally aws
	aws no-instance-profile
	expect_verdict node node-join/instance-profile/none-attached "$(check_node)"
}

case_the_names_of_ecr_do_not_resolve() {
	finally aws
	aws ecr-names-unresolvable
	expect_verdict network image-pull/ecr-api-endpoint/name-not-found "$(check_node)"
}

# `kubectl exec` needs the kubelet, so the node itself is asked, and `serve`
# finds it in its own time: what it holds first may be of an earlier case.
case_the_kubelet_is_stopped() {
	kubectl -n eks-triage rollout status daemonset eks-triage --timeout=60s >/dev/null
	finally kubelet_is_back
	stop kubelet
	wait_until 150 node_says kubelet || fail "the node's report blames the kubelet" "within 150 s" "$(summary_from_the_node | jq -c .node)"
	expect_verdict node node-join/kubelet/not-running "$(summary_from_the_node | jq -c .node)"
	wait_until 150 node_describes Warning KubeletNotRunning ||
		fail "kubectl describe node shows it" "within 150 s" "$(kubectl get events -n default)"
	tidy_up
	wait_until 150 node_describes Normal KubeletNotRunning ||
		fail "kubectl describe node shows its end" "within 150 s" "$(kubectl get events -n default)"
}

# node_describes TYPE REASON
node_describes() { kubectl describe node "$NODE" | grep -qE "$1 +$2 .* eks-triage "; }

# Pods that run go on; the kubelet says it of the node within seconds.
case_the_configuration_of_the_cni_is_gone() {
	finally cni_is_back
	rm "$STATE/cni/10-pods.conflist"
	wait_until 60 node_is_not_ready "cni plugin not initialized" || fail "the node" "cni plugin not initialized" "$(ready_message)"
	expect_verdict network node-join/node-ready/cni-not-initialized "$(check_node)"
}

# containerd reads the folder anew when a file is written, not when one is moved there.
cni_is_back() {
	write_cni_config
	wait_until 60 node_is_ready
}

ready_message() { kubectl get node "$NODE" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].message}'; }
node_is_not_ready() { ! node_is_ready && [[ $(ready_message) == *"$1"* ]]; }

# node_says LINK: the link that the node's own report blames.
node_says() { summary_from_the_node | jq -e --arg link "$1" '.node | .outcome == "decided" and .link == $link'; }

kubelet_is_back() {
	start_kubelet
	wait_until 60 node_is_ready
}
