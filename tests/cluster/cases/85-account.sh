# shellcheck shell=bash
# `eks-triage cluster` with a kubeconfig: the account's answers come from a
# stand-in, the Nodes, aws-auth, NodePools and NodeClaims from this cluster.

NODE_ROLE=$NODE_ROLE_ARN # as the healthy account has it
TEMPLATED='system:node:{{EC2PrivateDNSName}}'

case_the_account_and_a_node_that_is_ready_are_healthy() {
	local report changes saved=$STATE/saved-healthy
	finally map_node_role
	finally rm -rf "$saved"
	map_roles "$NODE_ROLE" "$TEMPLATED" system:bootstrappers system:nodes
	mapfile -t changes < <(joined_node)
	account "${changes[@]}"
	report=$(look_at_account --save "$saved")
	expect_json "a healthy verdict" '.outcome == "healthy"' "$report"
	expect "the exit code" 0 "$(<"$STATE/run/account.code")"
	expect_link access intact "$report"
	expect_link path-to-cluster intact "$report"
	expect_json "the Node of the account's instance" '[.items[].spec.providerID] | any(endswith("'"$INSTANCE_ID"'"))' "$(<"$saved/nodes.json")"
	expect_json "aws-auth" '.data.mapRoles | contains("system:nodes")' "$(<"$saved/aws-auth.json")"
}

case_aws_auth_does_not_map_the_node_role() {
	local report
	finally map_node_role
	map_roles "arn:aws:iam::$ACCOUNT:role/another-node" "$TEMPLATED" system:nodes
	account "${BY_CONFIG_MAP[@]}"
	report=$(look_at_account)
	expect_account node-join/access/not-mapped "*another-node*" "$report"
	# An access entry would do as well, where the mode reads them.
	account "${NO_ENTRY[@]}"
	report=$(look_at_account)
	expect_account node-join/access/no-entry "*accessEntries*" "$report"
}

case_aws_auth_maps_the_node_role_without_groups() {
	local report
	finally map_node_role
	map_roles "$NODE_ROLE" "$TEMPLATED"
	account "${BY_CONFIG_MAP[@]}"
	report=$(look_at_account)
	expect_account node-join/access/mapped-without-nodes "*$NODE_ROLE*" "$report"
	expect "the group that is missing" "*system:nodes*" "$(jq -r .fix.change <<<"$report")"
}

case_aws_auth_maps_the_node_role_with_its_path() {
	local report saved=$STATE/saved-with-path
	finally map_node_role
	finally rm -rf "$saved"
	map_roles "arn:aws:iam::$ACCOUNT:role/team/eks-node" "$TEMPLATED" system:bootstrappers system:nodes
	account "${BY_CONFIG_MAP[@]}"
	report=$(look_at_account --save "$saved")
	expect_account node-join/access/mapped-with-path "*role/team/eks-node*" "$report"
	expect_account node-join/access/mapped-with-path "*role/team/eks-node*" "$(operator admin eks-triage diagnose "$saved" --output json || true)"
}

# Karpenter's own objects, with what its controllers would write there.
case_a_nodepool_and_a_nodeclaim_say_why_there_is_no_node() {
	local report
	define_karpenter
	finally kubectl delete crd nodepools.karpenter.sh nodeclaims.karpenter.sh
	account
	nodepool False "nodeclass \"default\" does not exist"
	report=$(look_at_account --group default)
	expect_account node-join/scaling/node-class-not-ready "*nodeclass*does not exist*" "$report"
	nodepool True ""
	nodeclaim FleetQuotaExceeded "Error creating fleet request: A fleet launch was requested but this would exceed your fleet request quota"
	report=$(look_at_account --group default)
	expect_account node-join/scaling/fleet-quota "*FleetQuotaExceeded*" "$report"
}

# Who may not read them is told which right it is; nothing is broken by it.
case_an_operator_who_may_read_nothing_of_the_cluster() {
	local report code=0
	new_user stranger
	account
	report=$(operator stranger eks-triage cluster prod --kubeconfig "$STATE/pki/stranger.operator.kubeconfig" --output json 2>>"$STATE/log/look.log") || code=$?
	expect_json "nothing is broken" '[.chains[].links[] | select(.state == "broken")] | length == 0' "$report"
	expect "the exit code" "[04]" "$code"
}

# The entries of the role are none of the cluster's that reads aws-auth alone.
BY_CONFIG_MAP=(
	'describe-cluster=.cluster.accessConfig.authenticationMode = "CONFIG_MAP"'
	'list-access-entries=.accessEntries = []'
	describe-access-entry-eks-node=gone
	describe-access-entry-admin=gone
)
NO_ENTRY=(
	'list-access-entries=.accessEntries |= map(select(endswith("/eks-node") | not))'
	describe-access-entry-eks-node=gone
)

# map_roles ROLE_ARN USERNAME [GROUP…]: as a person writes it.
map_roles() {
	local roles
	roles=$(jq -n --arg role "$1" --arg name "$2" '[{rolearn: $role, username: $name, groups: $ARGS.positional}]' --args "${@:3}")
	kubectl create configmap aws-auth -n kube-system --from-literal=mapRoles="$roles" --dry-run=client -o yaml | kubectl apply -f - >/dev/null
}

# expect_link LINK STATE REPORT
expect_link() {
	expect "the link $1" "$2" "$(jq -r --arg link "$1" '.chains[] | select(.id == "node-join").links[] | select(.id == $link).state' <<<"$3")"
}

# expect_account CHAIN/LINK/FAULT QUOTE REPORT: of the plane `node`, proved by this quote.
expect_account() {
	expect_verdict node "$1" "$3"
	expect "what is quoted" "$2" "$(jq -r '.evidence[].quote' <<<"$3")"
}

# Two kinds with the names of Karpenter's, which take anything.
define_karpenter() {
	local kind
	for kind in NodePool NodeClaim; do
		jq -n --arg kind "$kind" '($kind | ascii_downcase) as $name | {
			apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition",
			metadata: {name: "\($name)s.karpenter.sh"},
			spec: {
				group: "karpenter.sh", scope: "Cluster", names: {kind: $kind, singular: $name, plural: "\($name)s"},
				versions: [{
					name: "v1", served: true, storage: true, subresources: {status: {}},
					schema: {openAPIV3Schema: {type: "object", "x-kubernetes-preserve-unknown-fields": true}}
				}]
			}
		}' | kubectl apply -f - >/dev/null
	done
	kubectl wait --for=condition=Established --timeout=30s crd/nodepools.karpenter.sh crd/nodeclaims.karpenter.sh >/dev/null
	wait_until 20 kubectl get nodepools,nodeclaims || fail "the kinds of Karpenter" "served" "$(kubectl get nodepools,nodeclaims 2>&1)"
}

# nodepool READY MESSAGE
nodepool() {
	jq -n '{apiVersion: "karpenter.sh/v1", kind: "NodePool", metadata: {name: "default"}, spec: {template: {spec: {
		nodeClassRef: {group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "default"}}}}}' | kubectl apply -f - >/dev/null
	with_status nodepool default "$(jq -n --arg ready "$1" --arg message "$2" '{conditions: [
		{type: "ValidationSucceeded", status: "True", reason: "ValidationSucceeded", message: ""},
		{type: "NodeClassReady", status: $ready, reason: "NodeClassReady", message: $message},
		{type: "Ready", status: $ready, reason: "Ready", message: ""}]}')"
}

# nodeclaim REASON MESSAGE: it is not launched.
nodeclaim() {
	jq -n '{apiVersion: "karpenter.sh/v1", kind: "NodeClaim", metadata: {name: "default-x1", labels: {"karpenter.sh/nodepool": "default"}},
		spec: {nodeClassRef: {group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "default"}}}' | kubectl apply -f - >/dev/null
	with_status nodeclaim default-x1 "$(jq -n --arg reason "$1" --arg message "$2" '{conditions: [
		{type: "Launched", status: "Unknown", reason: $reason, message: $message},
		{type: "Registered", status: "Unknown", reason: "AwaitingReconciliation", message: "object is awaiting reconciliation"}]}')"
}

# with_status KIND NAME STATUS: through the subresource, as a controller does; since now.
with_status() {
	jq -n --argjson status "$3" '{status: ($status | .conditions[].lastTransitionTime = (now | todate))}' >"$STATE/run/status.json"
	kubectl patch "$1" "$2" --subresource=status --type=merge --patch-file "$STATE/run/status.json" >/dev/null
}
