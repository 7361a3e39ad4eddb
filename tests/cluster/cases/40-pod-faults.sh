# shellcheck shell=bash
# Workloads that are really broken, each by one thing, and the verdict of a
# probe in their place.

# The probe alone sees that STS does not answer; the agent also sees that it does
# answer the node, and so where the packets are lost.
case_packets_to_sts_are_dropped_for_pods_only() {
	local pod
	irsa_workload sts-dropped
	finally heal sts_dropped
	drop_from_pods sts_dropped "ip daddr $AWS_IP tcp dport 443"
	pod=$(probe_job sts-dropped)
	expect_verdict network irsa/sts-endpoint/pods-cut-off "$(held_report sts-dropped "$pod")"
	expect_termination network irsa/sts-endpoint/connect-timed-out sts-dropped "$pod"
}

case_the_service_account_has_no_annotation() {
	workload not-annotated
	expect_probe iam irsa/injection/not-injected not-annotated
}

case_the_token_is_for_another_audience() {
	irsa_workload wrong-audience eks.amazonaws.com/audience=sts.amazonaws.com.cn
	expect_probe iam irsa/token-claims/audience wrong-audience
}

# The workload seems to work, as the node: the missing binding is the fault.
case_the_node_role_is_within_reach() {
	workload node-role
	finally hop_limit_one
	hop_limit_two
	expect_probe iam irsa/injection/hidden-by-node-role node-role
}

case_the_oidc_provider_is_missing() {
	irsa_workload no-provider
	finally aws
	aws oidc-provider-missing
	expect_probe iam irsa/oidc-provider/missing no-provider
}

# Two containers of two users, and a template that projects the token for root.
case_the_token_is_not_readable_for_the_container_s_user() {
	irsa_workload unreadable
	expect_probe iam irsa/token-file/unreadable unreadable '' ".spec.template |= (
		$OWN_TOKEN_VOLUME
		| .spec.volumes[-1].projected.defaultMode = 256
		| .spec.containers += [.spec.containers[0] | .name = \"second\" | .securityContext.runAsUser = 65533])"
}
