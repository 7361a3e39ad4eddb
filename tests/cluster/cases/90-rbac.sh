# shellcheck shell=bash
# The real API server denies a call; from its sentence alone comes the rule, which
# the same server accepts, and with which the same call passes.

case_a_list_is_denied_in_a_namespace() {
	workload rbac-list
	expect_rule rbac/authorization/no-rule-in-namespace rbac-list get pods -n rbac-list
	expect "another verb" no "$(may rbac-list delete pods -n rbac-list)"
	expect "another namespace" no "$(may rbac-list list pods -n default)"
}

case_a_list_is_denied_at_the_cluster_scope() {
	workload rbac-nodes
	expect_rule rbac/authorization/no-rule-at-cluster-scope rbac-nodes get nodes
	expect "one node by its name" no "$(may rbac-nodes get nodes)"
}

case_a_subresource_of_a_named_group_is_denied() {
	workload rbac-scale
	kubectl create deployment web -n rbac-scale --image=localhost/kubernetes/pause:latest --replicas=0 >/dev/null 2>&1
	expect_rule rbac/authorization/no-rule-in-namespace rbac-scale get --raw /apis/apps/v1/namespaces/rbac-scale/deployments/web/scale
	expect "the deployment itself" no "$(may rbac-scale get deployments.apps -n rbac-scale)"
}

case_a_path_of_no_resource_is_denied() {
	workload rbac-path
	expect_rule rbac/authorization/no-rule-for-path rbac-path get --raw /metrics
	expect "another path" no "$(may rbac-path get /logs)"
}

case_the_making_of_a_lease_is_denied() {
	workload rbac-lease
	lease leader >"$STATE/run/lease.json"
	expect_rule rbac/authorization/no-rule-in-namespace rbac-lease create -n rbac-lease -f "$STATE/run/lease.json"
	expect "the lease of another" no "$(may rbac-lease update leases.coordination.k8s.io/other -n rbac-lease)"
}

# A client that goes on after a denial meets the next one: one rule for all of them.
case_all_calls_of_one_log_get_one_manifest() {
	local log report
	workload rbac-all
	log=$(
		denied rbac-all get secrets api -n rbac-all
		denied rbac-all get jobs.batch -n rbac-all
		denied rbac-all get persistentvolumes
	)
	report=$(diagnosed "$log")
	expect_json "three calls" '.plane == "rbac" and ([.fix.change | scan("- apiGroups:")] | length == 3)' "$report"
	apply_fix "$report"
	expect "the named secret" yes "$(may rbac-all get secrets/api -n rbac-all)"
	expect "every secret" no "$(may rbac-all list secrets -n rbac-all)"
	expect "the jobs" yes "$(may rbac-all list jobs.batch -n rbac-all)"
	expect "the volumes" yes "$(may rbac-all list persistentvolumes)"
}

# A session of a role has another name each time: rights are given to a group.
case_an_iam_principal_is_mapped_without_a_rule() {
	local session=arn:aws:sts::111122223333:assumed-role/rbac-devs/jane denial report
	denial=$(kubectl get configmaps -n default --as="$session" 2>&1 >/dev/null) && fail "the call" denied allowed
	report=$(diagnosed "$denial")
	expect_verdict rbac rbac/authorization/iam-principal-without-rule "$report"
	apply_fix "$report"
	kubectl get configmaps -n default --as="$session" --as-group=rbac-devs >/dev/null
}

# Kubernetes refuses to let a caller grant what it does not hold, whatever it may write.
case_a_role_grants_more_than_its_writer_holds() {
	local denial report
	workload rbac-escalation
	kubectl create role writer -n rbac-escalation --verb=create --resource=roles.rbac.authorization.k8s.io >/dev/null
	kubectl create rolebinding writer -n rbac-escalation --role=writer --serviceaccount=rbac-escalation:api >/dev/null
	denial=$(granting | denied rbac-escalation create -n rbac-escalation -f -)
	report=$(diagnosed "$denial")
	expect_verdict rbac rbac/escalation/lacks-what-it-grants "$report"
	apply_fix "$report" rbac-escalation
	granting | as_api rbac-escalation create -n rbac-escalation -f - >/dev/null
}

# expect_rule FAULT NAMESPACE KUBECTL-ARGUMENT…: the call of the ServiceAccount
# `api` is denied, its rule is written, and then the same call passes.
expect_rule() {
	local denial report
	denial=$(denied "${@:2}")
	report=$(diagnosed "$denial")
	expect_verdict rbac "$1" "$report"
	apply_fix "$report"
	as_api "${@:2}" >/dev/null
	expect "its own verification" yes "$(desk bash -c "$(jq -r .verify.command <<<"$report")")"
}

as_api() { kubectl "${@:2}" --as="system:serviceaccount:$1:api"; }

# denied NAMESPACE KUBECTL-ARGUMENT…: prints what the API server said.
denied() {
	local said
	if said=$(as_api "$@" 2>&1 >/dev/null); then
		fail "kubectl ${*:2}" denied allowed
	fi
	printf '%s\n' "$said"
}

# may NAMESPACE VERB RESOURCE [OPTION…]: yes or no.
may() { as_api "$1" auth can-i "${@:2}" 2>/dev/null || true; }

# diagnosed TEXT: the report on these lines alone, as somebody pastes them.
diagnosed() { desk eks-triage diagnose --output json - <<<"$1" 2>>"$STATE/log/desk.log" || true; }

# apply_fix REPORT [NAMESPACE]: the server accepts it without making it, then
# makes it. A refused escalation does not say which namespace it is about.
apply_fix() {
	jq -r .fix.change <<<"$1" | sed "s/\"NAMESPACE\"/\"${2:-NAMESPACE}\"/" >"$STATE/run/rbac.yaml"
	kubectl apply --dry-run=server -f - <"$STATE/run/rbac.yaml" >/dev/null
	finally kubectl delete -f "$STATE/run/rbac.yaml"
	kubectl apply -f - <"$STATE/run/rbac.yaml" >/dev/null
	# The authorizer reads rules from a cache.
	sleep 1
}

lease() { jq -n --arg name "$1" '{apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: {name: $name}}'; }

granting() {
	jq -n '{
		apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: {name: "granted"},
		rules: [{apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list"]}]
	}'
}
