# shellcheck shell=bash
# Reports are believed only with a token of audience `eks-triage` that was
# issued to a pod of this node.

FACTS='{}' # nothing was observed: a report all the same

case_a_report_with_a_good_token_is_taken() {
	local token
	workload good-token && waiting_pod good-token "$NODE"
	token=$(token_of good-token eks-triage)
	expect "the answer" '20?' "$(post_report "$token" "$FACTS")"
	expect_json "its pod in the summary" '.name == "waiting" and .serviceAccount == "api"' "$(pod_report good-token waiting)"
}

case_a_report_without_a_token_is_refused() {
	expect "the answer" 401 "$(post_report "" "$FACTS")"
}

case_a_report_with_a_forged_token_is_refused() {
	local token before
	workload forged-token && waiting_pod forged-token "$NODE"
	token=$(token_of forged-token eks-triage)
	before=$(reviews)
	# The claims are right and the signature is another token's.
	expect "the answer" 401 "$(post_report "${token%.*}.$(token_of forged-token other | cut -d. -f3)" "$FACTS")"
	expect "what the summary holds of the pod" "" "$(pod_report forged-token waiting)"
	expect "reviews that the API server was asked for" $((before + 1)) "$(reviews)"
}

# The other node exists as an object only; the token is a real one all the same.
case_a_report_with_a_token_of_another_node_is_refused() {
	fake_node other-node eks.amazonaws.com/compute-type=fargate
	finally kubectl delete node other-node --wait=false
	workload other-node-token && waiting_pod other-node-token other-node
	expect "the answer" 403 "$(post_report "$(token_of other-node-token eks-triage)" "$FACTS")"
	expect "what the summary holds of the pod" "" "$(pod_report other-node-token waiting)"
}

case_a_report_with_a_token_of_no_pod_is_refused() {
	workload no-pod-token
	expect "the answer" '40[13]' "$(post_report "$(kubectl create token -n no-pod-token api --audience eks-triage)" "$FACTS")"
}

# They would open other doors, so they go nowhere: the audit log of the API
# server has no review of them, and the agent's log has nothing of them.
case_tokens_that_are_meant_for_others_are_refused_and_go_nowhere() {
	local audience token before
	workload other-audience && waiting_pod other-audience "$NODE"
	before=$(reviews)
	for audience in https://kubernetes.default.svc sts.amazonaws.com pods.eks.amazonaws.com; do
		token=$(token_of other-audience "$audience")
		expect "the answer to a token for $audience" '40[13]' "$(post_report "$token" "$FACTS")"
		expect "the token in the agent's log" 0 "$(kubectl logs -n eks-triage ds/eks-triage | grep -c "$(cut -d. -f3 <<<"$token")")"
	done
	expect "reviews that the API server was asked for" "$before" "$(reviews)"
	expect "what the summary holds of the pod" "" "$(pod_report other-audience waiting)"
}

case_a_token_cannot_be_reviewed_while_the_api_server_hangs() {
	local token
	workload hanging && waiting_pod hanging "$NODE"
	token=$(token_of hanging eks-triage)
	finally signal apiserver CONT
	signal apiserver STOP
	expect "the answer" 503 "$(post_report "$token" "$FACTS")"
	expect "when to come again" '[0-9]*' "$(tr -d '\r' <"$STATE/log/headers" | sed -n 's/^retry-after: //Ip')"
}

# waiting_pod NAMESPACE NODE: a pod that does nothing, placed by hand.
waiting_pod() { idle_pod waiting ".spec.nodeName = \"$2\"" | kubectl apply -n "$1" -f - >/dev/null; }

# token_of NAMESPACE AUDIENCE: as the kubelet would mount it into the pod.
token_of() { kubectl create token -n "$1" api --audience "$2" --bound-object-kind Pod --bound-object-name waiting; }

# How often the agent asked the API server whose token it was given.
reviews() {
	jq -s 'map(select(.user.username == "system:serviceaccount:eks-triage:eks-triage" and .objectRef.resource == "tokenreviews")) | length' \
		"$STATE/log/audit.jsonl"
}
