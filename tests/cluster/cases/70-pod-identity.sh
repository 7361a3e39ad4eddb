# shellcheck shell=bash
# Workloads with a Pod Identity association, whole and broken, at a desk.

case_a_workload_with_an_association_is_healthy() {
	associated_workload associated
	finally aws
	aws --association associated/api=api-pods
	running_pod associated
	expect_healthy_report "$(why associated pod/api)"
}

# The association was deleted; what it had injected is still there.
case_there_is_no_association() {
	associated_workload no-association
	finally aws
	aws pod-identity-no-association
	running_pod no-association
	expect_why iam pod-identity/association/missing no-association pod/api
}

# kube-proxy enforces no NetworkPolicy: its drop is made by hand.
case_a_network_policy_is_between_pod_and_agent() {
	associated_workload agent-blocked
	network_policy agent-blocked '[{to: [{ipBlock: {cidr: "10.0.0.0/8"}}]}]'
	finally aws
	finally heal agent_blocked
	aws --association agent-blocked/api=api-pods
	drop_from_pods agent_blocked "ip daddr $POD_IDENTITY_IP"
	running_pod agent-blocked
	expect_why network pod-identity/pod-identity-agent/blocked-by-policy agent-blocked pod/api
}

case_the_agent_is_out_of_reach_without_a_network_policy() {
	associated_workload agent-cut-off
	finally aws
	finally heal agent_cut_off
	aws --association agent-cut-off/api=api-pods
	drop_from_pods agent_cut_off "ip daddr $POD_IDENTITY_IP"
	running_pod agent-cut-off
	expect_why network pod-identity/pod-identity-agent/unreachable agent-cut-off pod/api
}

# The webhook injects the association alone; the other is the template's own.
case_web_identity_is_there_as_well() {
	associated_workload both-mechanisms
	finally aws
	aws --association both-mechanisms/api=api-pods --trust "$(trust both-mechanisms)"
	running_pod both-mechanisms "$OWN_TOKEN_VOLUME | .spec.containers[0] |= (
		.env = [
			{name: \"AWS_ROLE_ARN\", value: \"$ROLE_ARN\"},
			{name: \"AWS_WEB_IDENTITY_TOKEN_FILE\", value: \"/var/run/secrets/eks.amazonaws.com/serviceaccount/token\"}
		]
		| .volumeMounts = [{name: \"aws-iam-token\", mountPath: \"/var/run/secrets/eks.amazonaws.com/serviceaccount\"}])"
	expect_why iam pod-identity/one-mechanism/web-identity-first both-mechanisms pod/api
}
