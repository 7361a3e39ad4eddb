# shellcheck shell=bash
# What `eks-triage why` leaves behind, which is nothing, and whom it touches,
# which is nobody: the workload is a Deployment behind a Service.

case_why_says_of_a_healthy_workload_that_it_is_healthy() {
	served_workload why-healthy
	finally aws
	aws --trust "$(trust why-healthy)"
	expect_why_healthy why-healthy "pod/$(pod_of_app why-healthy)"
}

# Text is what a person sees, and it is said in the same words.
case_why_takes_a_deployment_and_prints_text() {
	local text
	served_workload why-text
	finally aws
	# shellcheck disable=SC2016  # The key is jq's.
	aws not-authorized --trust "$(trust why-text '.StringEquals[$sub] |= sub("why-text"; "prod")')"
	expect_why iam irsa/trust-conditions/other-namespace why-text deployment/api
	text=$(desk kubectl eks-triage why deployment/api -n why-text 2>"$STATE/log/why.stderr") || true
	expect "the corrected line in the text" "*system:serviceaccount:why-text:api*" "$text"
	expect "the desk's key in the text" 0 "$(cat - "$STATE/log/why.stderr" <<<"$text" | grep -ciE canary || true)"
	expect "progress on stderr" "*probe*" "$(<"$STATE/log/why.stderr")"
}

# The policy makes the probe carry the workload's label: neither the Service nor
# the ReplicaSet may take it for one of theirs, and nothing of it may stay.
case_why_is_interrupted_and_leaves_nothing() {
	local before endpoints replicas
	served_workload why-interrupted
	network_policy why-interrupted '[{to: [{ipBlock: {cidr: "0.0.0.0/0"}}]}]'
	finally aws
	finally heal why_slow
	aws --trust "$(trust why-interrupted)"
	# The probe waits for STS, long enough to be looked at.
	drop_from_pods why_slow "ip daddr $AWS_IP tcp dport 443"
	before=$(everything)
	endpoints=$(endpoints_of why-interrupted)
	replicas=$(replicas_of why-interrupted)
	start_why why-interrupted deployment/api
	wait_until 30 probe_runs why-interrupted || fail "the probe's pod runs" "within 30 s" "$(tail -3 "$STATE/log/desk.log")"
	expect "the label that the policy is about" api "$(probe_pod why-interrupted '{.items[0].metadata.labels.app}')"
	expect "who owns the probe's pod" Pod "$(probe_pod why-interrupted '{.items[0].metadata.ownerReferences[*].kind}')"
	expect "the Service's endpoints" "$endpoints" "$(endpoints_of why-interrupted)"
	expect "the ReplicaSet" "$replicas" "$(replicas_of why-interrupted)"
	signal desk INT
	wait_until 20 ended desk || fail "why ends" "within 20 s of SIGINT" "$(tail -3 "$STATE/log/desk.log")"
	expect "what \`kubectl get all -A\` names afterwards" "$before" "$(everything)"
	expect "its last word" "*interrupted*" "$(tail -1 "$STATE/log/desk.log")"
	expect "the Service's endpoints" "$endpoints" "$(endpoints_of why-interrupted)"
}

# The image is there, the registry answers, and nobody gave the kubelet a password.
case_why_takes_up_the_chain_of_a_pod_that_gets_no_image() {
	irsa_workload no-image
	finally aws
	aws --trust "$(trust no-image)"
	idle_pod api ".spec.containers[0] |= (.image = \"$ACCOUNT.dkr.ecr.us-west-2.amazonaws.com/app:1.0\" | .imagePullPolicy = \"Always\")" |
		kubectl apply -n no-image -f - >/dev/null
	wait_until 30 waits_for no-image '@(ErrImagePull|ImagePullBackOff)' || fail "the pod gets no image" "ErrImagePull" "$(kubectl describe pod -n no-image api | tail -8)"
	expect_why image image-pull/registry-credentials/anonymous no-image pod/api
}

# served_workload NAMESPACE: the Deployment `api` of one pod, and its Service.
served_workload() {
	irsa_workload "$1"
	idle_pod api '{
		apiVersion: "v1", kind: "List", items: [
			{apiVersion: "apps/v1", kind: "Deployment", metadata: {name: "api"}, spec: {
				replicas: 1, selector: {matchLabels: {app: "api"}}, template: {metadata: {labels: .metadata.labels}, spec: .spec}}},
			{apiVersion: "v1", kind: "Service", metadata: {name: "api"}, spec: {selector: {app: "api"}, ports: [{port: 80}]}}
		]
	}' | kubectl apply -n "$1" -f - >/dev/null
	kubectl rollout status deployment -n "$1" api --timeout=30s >/dev/null
	# EndpointSlices follow the pods in their own time.
	wait_until 10 has_endpoints "$1"
}

pod_of_app() { kubectl get pod -n "$1" -l app=api -o 'jsonpath={.items[0].metadata.name}'; }
has_endpoints() { [[ -n $(endpoints_of "$1") ]]; }

# Those that get traffic.
endpoints_of() {
	kubectl get endpointslice -n "$1" -l kubernetes.io/service-name=api -o json |
		jq -r '.items[].endpoints[]? | select(.conditions.ready) | .addresses[]'
}

replicas_of() { kubectl get replicaset -n "$1" -o 'jsonpath={range .items[*]}{.metadata.name} {.spec.replicas} {.status.replicas} {.status.readyReplicas}{"\n"}{end}'; }

# start_why NAMESPACE TARGET: in the background; what it says is in log/desk.log.
start_why() {
	: >"$STATE/log/desk.log"
	start desk env KUBECONFIG="$STATE/pki/admin.kubeconfig" PATH="$CACHE/desk:$BIN:$PATH" kubectl eks-triage why "$2" -n "$1"
}

# probe_pod NAMESPACE JSONPATH
probe_pod() { kubectl get pod -n "$1" -l app.kubernetes.io/component=probe -o "jsonpath=$2"; }
probe_runs() { [[ $(probe_pod "$1" '{.items[0].status.phase}') == Running ]]; }
