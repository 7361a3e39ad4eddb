# shellcheck shell=bash
# Workloads whose role is not theirs, each by one thing, and the verdict at a
# desk: `eks-triage why` reads the pod, its ServiceAccount and the AWS account,
# and runs a probe beside the pod.

# It crashes and is started again; STS's refusal is in its log.
case_the_trust_policy_is_for_another_service_account() {
	irsa_workload wrong-subject
	finally aws
	# shellcheck disable=SC2016  # The keys are jq's.
	aws not-authorized --trust "$(trust wrong-subject '.StringEquals[$sub] |= sub("api$"; "web")')"
	crashing_pod wrong-subject
	expect_why iam irsa/trust-conditions/other-service-account wrong-subject pod/api
}

case_the_trust_policy_wants_another_audience() {
	irsa_workload wrong-trusted-audience
	finally aws
	# shellcheck disable=SC2016
	aws not-authorized --trust "$(trust wrong-trusted-audience '.StringEquals[$aud] = "sts.us-west-2.amazonaws.com"')"
	running_pod wrong-trusted-audience
	expect_why iam irsa/trust-conditions/audience-mismatch wrong-trusted-audience pod/api
}

case_the_trust_policy_has_a_wildcard_where_none_works() {
	irsa_workload wildcard
	finally aws
	# shellcheck disable=SC2016
	aws not-authorized --trust "$(trust wildcard '.StringEquals[$sub] |= sub("api$"; "*")')"
	running_pod wildcard
	expect_why iam irsa/trust-conditions/wildcard-under-equals wildcard sa/api
}

case_the_client_id_ends_with_a_space() {
	irsa_workload client-id
	finally aws
	aws --trust "$(trust client-id)" --client-id 'sts.amazonaws.com '
	running_pod client-id
	expect_why iam irsa/provider-audience/invisible-character client-id pod/api
}

case_the_role_s_account_does_not_know_the_cluster() {
	irsa_workload unknown-issuer
	finally aws
	aws oidc-provider-missing --trust "$(trust unknown-issuer)"
	running_pod unknown-issuer
	expect_why iam irsa/oidc-provider/missing unknown-issuer pod/api
}

case_the_pod_is_older_than_the_annotation() {
	workload too-old
	running_pod too-old
	# Kubernetes writes times in seconds.
	sleep 1
	annotate too-old api "eks.amazonaws.com/role-arn=$ROLE_ARN"
	finally aws
	aws --trust "$(trust too-old)"
	expect_why iam irsa/injection/predates-annotation too-old pod/api
}

# `kubectl create serviceaccount` sets no field, and of such an object Kubernetes
# never records who wrote what when: the time of the annotation is not to be had.
case_the_annotation_has_no_time() {
	restricted_namespace no-time
	kubectl create serviceaccount -n no-time api >/dev/null
	sleep 1
	running_pod no-time
	annotate no-time api "eks.amazonaws.com/role-arn=$ROLE_ARN"
	# The webhook injects the probe by what its cache has of the ServiceAccount.
	sleep 2
	finally aws
	aws --trust "$(trust no-time)"
	expect_why iam irsa/injection/missed-at-creation no-time pod/api
}

case_the_container_is_skipped() {
	irsa_workload skipped
	finally aws
	aws --trust "$(trust skipped)"
	running_pod skipped '.metadata.annotations = {"eks.amazonaws.com/skip-containers": "sidecar, app"}'
	expect_why iam irsa/injection/container-skipped skipped pod/api
}

case_the_pod_is_skipped() {
	irsa_workload skipped-pod
	finally aws
	aws --trust "$(trust skipped-pod)"
	running_pod skipped-pod '.metadata.labels["eks.amazonaws.com/skip-pod-identity-webhook"] = "true"'
	expect_why iam irsa/injection/pod-skipped skipped-pod pod/api
}

case_the_template_sets_half_of_the_identity_itself() {
	irsa_workload half
	finally aws
	aws --trust "$(trust half)"
	running_pod half ".spec.containers[0].env = [{name: \"AWS_ROLE_ARN\", value: \"$ROLE_ARN\"}]"
	expect_why iam irsa/injection/half-injected half pod/api
}

case_another_service_account_is_annotated() {
	workload elsewhere
	service_account elsewhere web "eks.amazonaws.com/role-arn=$ROLE_ARN"
	running_pod elsewhere
	expect_why iam irsa/role-arn/annotated-elsewhere elsewhere pod/api
}

case_the_pod_uses_the_default_service_account() {
	irsa_workload default-used
	running_pod default-used '.spec.serviceAccountName = "default"'
	expect_why iam irsa/pod-service-account/default-used default-used pod/api
}

# The VPC has an endpoint for the regional STS alone, and the template says legacy.
case_only_the_regional_sts_is_within_reach() {
	irsa_workload regional-only eks.amazonaws.com/sts-regional-endpoints=false
	finally aws
	finally heal sts_global
	aws --trust "$(trust regional-only)" --name "sts.amazonaws.com=$STS_GLOBAL_IP"
	drop_from_pods sts_global "ip daddr $STS_GLOBAL_IP"
	running_pod regional-only '.spec.containers[0].env = [{name: "AWS_STS_REGIONAL_ENDPOINTS", value: "legacy"}]'
	expect_why network irsa/sts-endpoint/global-host-chosen regional-only pod/api
}

# crashing_pod NAMESPACE: the pod `api` is the probe, so that it asks STS, says
# what it was told, and ends, over and over.
crashing_pod() {
	idle_pod api ".spec.containers[0].image = \"localhost/eks-triage-probe:$(project_version)\"" | kubectl apply -n "$1" -f - >/dev/null
	wait_until 40 has_crashed "$1" || fail "pod $1/api crashes" "within 40 s" "$(kubectl describe pod -n "$1" api | tail -8)"
}

has_crashed() {
	waits_for "$1" CrashLoopBackOff &&
		kubectl logs -n "$1" api --previous | grep -q 'Not authorized to perform sts:AssumeRoleWithWebIdentity'
}
