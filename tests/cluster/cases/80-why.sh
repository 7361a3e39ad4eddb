# shellcheck shell=bash
# What `eks-triage why` leaves behind, which is nothing, and whom it touches,
# which is nobody: the workload is a Deployment behind a Service.

case_why_says_of_a_healthy_workload_that_it_is_healthy() {
	local report
	served_workload why-healthy
	finally aws
	aws --trust "$(trust why-healthy)"
	report=$(why why-healthy "pod/$(pod_of_app why-healthy)")
	expect_healthy_report "$report"
	expect_json "the probe's own look" '[.chains[] | select(.id == "irsa").links[] | select(.state == "intact")] | length >= 12' "$report"
	expect_json "the node's view beside it" '[.chains[] | select(.id == "node-join").links[] | select(.state == "intact")] | length > 0' "$report"
}

# Text is what a person reads, with what to write and whom else it is about.
case_why_takes_a_deployment_and_prints_text() {
	local text
	served_workload why-text
	finally aws
	# shellcheck disable=SC2016  # The key is jq's.
	aws not-authorized --trust "$(trust why-text '.StringEquals[$sub] |= sub("why-text"; "prod")')"
	expect_why iam irsa/trust-conditions/other-namespace why-text deployment/api
	text=$(desk kubectl eks-triage why deployment/api -n why-text 2>"$STATE/log/why.stderr") || true
	expect "the corrected line in the text" "*system:serviceaccount:why-text:api*" "$text"
	expect "whom else it is about" "*also touched: pod api-*, ServiceAccount *" "$text"
	expect "the desk's key in the text" 0 "$(cat - "$STATE/log/why.stderr" <<<"$text" | grep -ciE canary || true)"
	expect "progress on stderr" "*runs the probe*" "$(<"$STATE/log/why.stderr")"
}

# The policy makes the probe carry the workload's label: neither the Service nor a
# ReplicaSet may take it for one of theirs, and nothing of it may stay.
case_why_is_interrupted_and_leaves_nothing() {
	local before endpoints replicas seen way
	served_workload why-interrupted
	network_policy why-interrupted '[{to: [{ipBlock: {cidr: "0.0.0.0/0"}}]}]'
	hungry_replicaset why-interrupted
	finally aws
	finally heal why_slow
	aws --trust "$(trust why-interrupted)"
	# The probe waits for STS, long enough to be looked at.
	drop_from_pods why_slow "ip daddr $AWS_IP tcp dport 443"
	before=$(everything)
	endpoints=$(endpoints_of why-interrupted)
	replicas=$(replicas_of why-interrupted)
	for way in INT TERM; do
		start_why why-interrupted deployment/api
		wait_until 30 probe_runs why-interrupted || fail "the probe's pod runs" "within 30 s" "$(tail -3 "$STATE/log/desk.log")"
		seen=$(kubectl get pod -n why-interrupted -l app.kubernetes.io/component=probe -o json | jq -c '.items[0]')
		expect_json "the label that the policy is about" '.metadata.labels.app == "api"' "$seen"
		expect_json "one owner, the workload's pod" '[.metadata.ownerReferences[].kind] == ["Pod"]' "$seen"
		expect "the Service's endpoints" "$endpoints" "$(endpoints_of why-interrupted)"
		expect "the ReplicaSets" "$replicas" "$(replicas_of why-interrupted)"
		signal desk "$way"
		wait_until 20 ended desk || fail "why ends" "within 20 s of SIG$way" "$(tail -3 "$STATE/log/desk.log")"
		expect "what \`kubectl get all -A\` names after SIG$way" "$before" "$(everything)"
		expect "its last word" "*interrupted*" "$(tail -1 "$STATE/log/desk.log")"
	done
	expect "the Service's endpoints" "$endpoints" "$(endpoints_of why-interrupted)"
}

# The registry answers; it has no such image, as the node's agent finds out.
case_why_takes_up_the_chain_of_a_pod_that_gets_no_image() {
	irsa_workload no-image
	finally aws
	aws --trust "$(trust no-image)"
	idle_pod api ".spec.containers[0] |= (.image = \"$ACCOUNT.dkr.ecr.us-west-2.amazonaws.com/gone:1\" | .imagePullPolicy = \"Always\")" |
		kubectl apply -n no-image -f - >/dev/null
	wait_until 30 waits_for no-image '@(ErrImagePull|ImagePullBackOff)' || fail "the pod gets no image" "ErrImagePull" "$(kubectl describe pod -n no-image api | tail -8)"
	expect_why image image-pull/manifest/not-found no-image pod/api
}

# served_workload NAMESPACE: the Deployment `api` of two pods, and its Service.
served_workload() {
	irsa_workload "$1"
	idle_pod api '{
		apiVersion: "v1", kind: "List", items: [
			{apiVersion: "apps/v1", kind: "Deployment", metadata: {name: "api"}, spec: {
				replicas: 2, selector: {matchLabels: {app: "api"}}, template: {metadata: {labels: .metadata.labels}, spec: .spec}}},
			{apiVersion: "v1", kind: "Service", metadata: {name: "api"}, spec: {selector: {app: "api"}, ports: [{port: 80}]}}
		]
	}' | kubectl apply -n "$1" -f - >/dev/null
	kubectl rollout status deployment -n "$1" api --timeout=30s >/dev/null
	# EndpointSlices follow the pods in their own time.
	wait_until 10 has_endpoints "$1"
}

# hungry_replicaset NAMESPACE: it would take every orphan with the label.
hungry_replicaset() {
	jq -n '{
		apiVersion: "apps/v1", kind: "ReplicaSet", metadata: {name: "hungry"},
		spec: {replicas: 0, selector: {matchLabels: {app: "api"}}, template: {
			metadata: {labels: {app: "api"}}, spec: {containers: [{name: "app", image: "none"}]}}}
	}' | kubectl apply -n "$1" -f - >/dev/null 2>&1
}

pod_of_app() { kubectl get pod -n "$1" -l app=api -o 'jsonpath={.items[0].metadata.name}'; }
has_endpoints() { [[ $(endpoints_of "$1" | wc -l) == 2 ]]; }

# Those that get traffic.
endpoints_of() {
	kubectl get endpointslice -n "$1" -l kubernetes.io/service-name=api -o json |
		jq -r '.items[].endpoints[]? | select(.conditions.ready) | .addresses[]' | sort
}

replicas_of() { kubectl get replicaset -n "$1" -o json | jq -r '.items[] | [.metadata.name, .spec.replicas, .status.replicas, .status.readyReplicas // 0] | join(" ")'; }

# start_why NAMESPACE TARGET: in the background; what it says is in log/desk.log.
start_why() {
	: >"$STATE/log/desk.log"
	start desk env KUBECONFIG="$STATE/pki/admin.kubeconfig" PATH="$CACHE/desk:$BIN:$PATH" kubectl eks-triage why "$2" -n "$1"
}

probe_runs() { [[ $(kubectl get pod -n "$1" -l app.kubernetes.io/component=probe -o 'jsonpath={.items[0].status.phase}') == Running ]]; }
