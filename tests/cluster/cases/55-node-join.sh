# shellcheck shell=bash
# The kubelet comes to the API server with a token of aws-iam-authenticator that
# the credentials of its instance signed, and is let in or not; the verdict is
# that of `eks-triage check`, run as root on that node.

# What the refused kubelet says; why is known to the authenticator alone.
UNAUTHORIZED='"Unable to register node with API server" err="Unauthorized"'
FORBIDDEN='"Unable to register node with API server, error getting existing node" err="nodes \"'"$NODE"'\" is forbidden: User \"system:node:'"$NODE"'\" cannot get resource'

case_a_node_joins_with_a_token_of_its_role() {
	finally kubelet_is_itself
	aws
	map_node_role
	restart_kubelet
	wait_until 30 kubelet_says "Successfully registered node" || fail "the kubelet registers" "within 30 s" "$(kubelet_errors)"
	wait_until 30 authenticator_says "access granted" || fail "the authenticator" "access granted" "$(authenticator_errors)"
	expect_joined "$(check_on_the_node)"
}

case_the_node_s_role_is_not_mapped() {
	finally kubelet_is_itself
	aws
	map_role "arn:aws:iam::$ACCOUNT:role/another-node" system:bootstrappers system:nodes
	restart_kubelet
	expect_refused "identity is not mapped"
	expect_verdict node node-join/access/role-not-known "$(check_on_the_node)"
}

case_the_kubeconfig_names_another_cluster() {
	finally kubelet_is_itself
	aws
	map_node_role
	restart_kubelet staging-cluster
	expect_refused "SignatureDoesNotMatch"
	expect_verdict node node-join/cluster-config/no-such-cluster "$(check_on_the_node)"
}

# The clocks of AWS go before this machine's, and with it before the authenticator's,
# which therefore leaves it to STS to refuse the token.
case_the_node_s_clock_is_twenty_minutes_late() {
	finally kubelet_is_itself
	aws clock-skew-unnoticed
	map_node_role
	restart_kubelet
	expect_refused "Signature expired"
	expect_verdict node node-join/clock/breaks-tokens "$(check_on_the_node)"
}

case_the_credentials_of_the_instance_are_expired() {
	finally kubelet_is_itself
	aws credentials-expired
	map_node_role
	restart_kubelet
	expect_refused "ExpiredToken"
	expect_verdict node node-join/credential-expiry/expired "$(check_on_the_node)"
}

# Who is in no group is somebody, whom the API server lets do nothing.
case_the_node_s_role_is_mapped_without_groups() {
	finally kubelet_is_itself
	aws
	map_role "$NODE_ROLE_ARN"
	restart_kubelet
	wait_until 30 kubelet_says "$FORBIDDEN" || fail "the kubelet" "$FORBIDDEN" "$(kubelet_errors)"
	expect_verdict node node-join/access/not-in-group-nodes "$(check_on_the_node)"
}

# expect_refused WHY: the kubelet got the one word, the authenticator knew why.
expect_refused() {
	wait_until 30 kubelet_says "$UNAUTHORIZED" || fail "the kubelet" "$UNAUTHORIZED" "$(kubelet_errors)"
	printf '        %s\n' "$(grep -oF "$UNAUTHORIZED" "$STATE/log/kubelet.log" | head -1)"
	authenticator_says "$1" || fail "the authenticator" "$1" "$(authenticator_errors)"
}

expect_joined() {
	expect_json "nothing of node-join is broken" '[.chains[] | select(.id == "node-join").links[] | select(.state == "broken")] | length == 0' "$1"
}
