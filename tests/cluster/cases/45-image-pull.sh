# shellcheck shell=bash
# A real kubelet and a real containerd pull from a real registry, and fail; what
# they say of it, the pod's own events, goes to `diagnose`, and the pod to `why`.
# Of the name that does not resolve `why` knows less: the node's agent has looked at
# ECR since, and a look that is newer has the last word on the link.

case_an_image_is_pulled_from_the_registry() {
	with_registry pulled
	push_image team/api:1 "$(go env GOARCH)"
	pulling_pod pulled "$REGISTRY/team/api:1"
	wait_until 30 has_phase pulled api Running || fail "pod pulled/api runs" "within 30 s" "$(kubectl describe pod -n pulled api | tail -6)"
}

case_the_registry_s_name_does_not_resolve() {
	irsa_workload pull-no-name
	pulling_pod pull-no-name registry.gone.test/team/api:1
	expect_diagnosis network image-pull/registry-endpoint/name-not-found pull-no-name "no such host"
}

case_the_pod_names_no_password_of_the_registry() {
	with_registry pull-anonymous
	kubectl delete secret -n pull-anonymous pull >/dev/null
	push_image team/api:1 "$(go env GOARCH)"
	pulling_pod pull-anonymous "$REGISTRY/team/api:1"
	expect_pull_failure image image-pull/registry-credentials/secret-missing pull-anonymous "401 Unauthorized"
}

case_the_registry_has_no_such_tag() {
	with_registry pull-no-tag
	push_image team/api:1 "$(go env GOARCH)"
	pulling_pod pull-no-tag "$REGISTRY/team/api:2"
	expect_pull_failure image image-pull/manifest/not-found pull-no-tag "team/api:2: not found"
}

case_the_image_is_for_another_architecture() {
	with_registry pull-arm
	push_image team/arm:1 "$(other_architecture)"
	pulling_pod pull-arm "$REGISTRY/team/arm:1"
	expect_pull_failure image image-pull/platform/no-match pull-arm "no match for platform"
}

# with_registry NAMESPACE: a workload there that knows the registry's password.
with_registry() {
	irsa_workload "$1"
	finally stop registry
	finally aws
	aws
	start_registry
	pull_secret "$1"
}

other_architecture() { [[ $(go env GOARCH) == arm64 ]] && echo amd64 || echo arm64; }

# expect_diagnosis PLANE CHAIN/LINK/FAULT NAMESPACE WORDS: containerd's words are in
# the event, and lead to the verdict.
expect_diagnosis() {
	wait_until 40 event_says "$3" "$4" || fail "an event that says: $4" "one" "$(events_of "$3")"
	expect_verdict "$1" "$2" "$(desk eks-triage diagnose --output json - <<<"$(events_of "$3")" 2>>"$STATE/log/desk.log" || true)"
}

# expect_pull_failure PLANE CHAIN/LINK/FAULT NAMESPACE WORDS: `why` says it as well.
expect_pull_failure() {
	expect_diagnosis "$@"
	expect_why "$1" "$2" "$3" pod/api
}

events_of() { kubectl get events -n "$1" --field-selector involvedObject.name=api -o yaml; }
event_says() { events_of "$1" | tr -s ' \n' ' ' | grep -qF -- "$2"; }
