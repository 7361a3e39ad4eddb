# shellcheck shell=bash
# `kubectl eks-triage why`: one report from a desk, and nothing left behind.

# api_deployment NAMESPACE [JQ FILTER]: two pods of a workload that does nothing,
# as the ServiceAccount `api`, in a restricted namespace; the filter changes it.
api_deployment() {
	jq --null-input '{apiVersion: "apps/v1", kind: "Deployment", metadata: {name: "api"}, spec: {
		replicas: 2, selector: {matchLabels: {app: "api"}}, template: {
			metadata: {labels: {app: "api"}},
			spec: {
				serviceAccountName: "api",
				securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: "RuntimeDefault"}},
				containers: [{name: "app", image: "localhost/kubernetes/pause:latest", imagePullPolicy: "Never",
					securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ["ALL"]}}}]}}}} | '"${2-.}" |
		kubectl apply -n "$1" -f - >/dev/null
}

api_is_ready() { [[ $(kubectl get deployment -n "$1" api -o 'jsonpath={.status.readyReplicas}') == 2 ]]; }
pod_of_api() { kubectl get pod -n "$1" -l app=api -o 'jsonpath={.items[0].metadata.name}'; }

# why TARGET -n NAMESPACE ARGUMENT…: the exit code is the verdict's.
why() { administrator kubectl eks-triage why "$@" --output json 2>>"$STATE/log/exec.log" || true; }

# everything NAMESPACE: each object with what would change if something adopted
# the probe or sent it traffic.
everything() {
	kubectl get all,endpointslices -n "$1" -o json |
		jq -r '.items[] | [.kind, .metadata.name, .metadata.uid, (.metadata.ownerReferences[]? | .uid), (.endpoints[]?.targetRef.name)] | join(" ")' | sort
}

case_why_finds_nothing_wrong_with_a_healthy_pod_and_leaves_nothing() {
	local pod report before
	irsa_workload why-healthy
	api_deployment why-healthy
	wait_until 60 api_is_ready why-healthy || fail "the workload runs" 2 "$(kubectl get pod -n why-healthy)"
	pod=$(pod_of_api why-healthy)
	before=$(everything why-healthy)
	report=$(why "pod/$pod" -n why-healthy)
	expect_json "no fault" '.outcome != "decided"' "$report"
	expect_json "about the pod" ".subject.kind == \"pod\" and .subject.name == \"$pod\"" "$report"
	expect_json "the probe's own look" '[.chains[] | select(.id == "irsa").links[] | select(.state == "intact")] | length >= 5' "$report"
	expect_json "the node's view beside it" '[.chains[] | select(.id == "node-join")] | length == 1' "$report"
	expect "what is there afterwards" "$before" "$(everything why-healthy)"
}

case_why_says_that_a_pod_predates_its_annotation() {
	local report
	workload why-old
	api_deployment why-old
	wait_until 60 api_is_ready why-old || fail "the workload runs" 2 "$(kubectl get pod -n why-old)"
	sleep 1
	kubectl annotate serviceaccount -n why-old api "eks.amazonaws.com/role-arn=$ROLE_ARN" >/dev/null
	report=$(why deployment/api -n why-old)
	expect_json "an injection fault of irsa" '.outcome == "decided" and .plane == "iam" and .chain == "irsa" and .link == "injection"' "$report"
}

# A policy selects the workload by its labels, so the probe gets these; and yet
# no ReplicaSet, StatefulSet, DaemonSet or Job adopts it, and no Service knows it.
case_why_shares_labels_with_the_workload_and_nothing_adopts_the_probe() {
	local before pod seen
	irsa_workload why-labels
	api_deployment why-labels
	kubectl create service clusterip api -n why-labels --tcp=80 >/dev/null
	kubectl apply -n why-labels -f - >/dev/null <<-'END'
		apiVersion: networking.k8s.io/v1
		kind: NetworkPolicy
		metadata: {name: strict}
		spec: {podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{}]}
	END
	wait_until 60 api_is_ready why-labels || fail "the workload runs" 2 "$(kubectl get pod -n why-labels)"
	# Controllers that would take an orphan with these labels at once.
	kubectl create -n why-labels -f - >/dev/null <<-'END'
		apiVersion: apps/v1
		kind: ReplicaSet
		metadata: {name: hungry}
		spec:
		  replicas: 0
		  selector: {matchLabels: {app: api}}
		  template:
		    metadata: {labels: {app: api}}
		    spec: {containers: [{name: app, image: none}]}
	END
	pod=$(pod_of_api why-labels)
	before=$(everything why-labels)
	why "pod/$pod" -n why-labels >"$STATE/log/why.json" &
	wait_until 20 probe_of why-labels || fail "a probe" one none
	seen=$(kubectl get pod -n why-labels -l app.kubernetes.io/component=probe -o json | jq -c '.items[0]')
	expect_json "the workload's label" '.metadata.labels.app == "api"' "$seen"
	expect_json "one controller, the workload's pod" ".metadata.ownerReferences | length == 1 and .[0].kind == \"Pod\" and .[0].name == \"$pod\"" "$seen"
	expect_json "never ready" '[.status.conditions[]? | select(.type == "Ready" and .status == "True")] | length == 0' "$seen"
	wait
	expect_json "no fault" '.outcome != "decided"' "$(<"$STATE/log/why.json")"
	expect "what is there afterwards" "$before" "$(everything why-labels)"
}

probe_of() { [[ -n $(kubectl get pod -n "$1" -l app.kubernetes.io/component=probe -o name) ]]; }
no_probe_of() { ! probe_of "$1"; }

case_why_removes_its_probe_when_it_is_interrupted() {
	local pod signal before
	irsa_workload why-stop
	api_deployment why-stop
	wait_until 60 api_is_ready why-stop || fail "the workload runs" 2 "$(kubectl get pod -n why-stop)"
	pod=$(pod_of_api why-stop)
	before=$(everything why-stop)
	for signal in INT TERM; do
		# An image that is nowhere: the probe waits.
		administrator timeout --preserve-status --signal "$signal" 6 \
			kubectl-eks_triage why "pod/$pod" -n why-stop --image localhost/nowhere:1 --timeout 60s >/dev/null 2>>"$STATE/log/exec.log" &
		wait_until 20 probe_of why-stop || fail "a probe before SIG$signal" one none
		wait $! || true
		wait_until 5 no_probe_of why-stop || fail "what is left after SIG$signal" none "$(kubectl get pod -n why-stop -o name)"
		expect "what is there after SIG$signal" "$before" "$(everything why-stop)"
	done
}

case_why_names_the_image_of_a_pod_that_cannot_pull_it() {
	local report pod
	irsa_workload why-image
	api_deployment why-image '.spec.template.spec.containers[0] += {image: "111122223333.dkr.ecr.us-west-2.amazonaws.com/gone:1", imagePullPolicy: "Always"}'
	wait_until 60 waits_for_image why-image || fail "a pod that waits for its image" one "$(kubectl get pod -n why-image)"
	pod=$(pod_of_api why-image)
	report=$(why "pod/$pod" -n why-image)
	expect_json "the chain of images" '.chain == "image-pull"' "$report"
}

waits_for_image() { kubectl get pod -n "$1" -o json | jq -e '[.items[].status.containerStatuses[]?.state.waiting.reason // ""] | any(test("ImagePull"))' >/dev/null; }
