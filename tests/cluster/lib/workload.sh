# shellcheck shell=bash
# Workloads. Every case has a namespace of its own, so that nothing of one case
# can be taken for another's.

ACCOUNT=111122223333
ROLE_ARN=arn:aws:iam::$ACCOUNT:role/api-reader

# workload NAMESPACE [ANNOTATION=VALUE…]: a restricted namespace with the
# ServiceAccount `api`.
workload() {
	restricted_namespace "$1"
	service_account "$1" api "${@:2}"
}

irsa_workload() { workload "$1" "eks.amazonaws.com/role-arn=$ROLE_ARN" "${@:2}"; }

# For the stand-in of the webhook the annotation is the association.
associated_workload() { workload "$1" eks-triage.test/pod-identity=associated "${@:2}"; }

restricted_namespace() {
	finally empty_namespace "$1"
	kubectl create namespace "$1" >/dev/null
	kubectl label namespace "$1" pod-security.kubernetes.io/enforce=restricted eks-triage.test/case= >/dev/null
}

# empty_namespace NAMESPACE: its pods give back what the node has for 29 of them.
empty_namespace() {
	kubectl delete deployments,replicasets,jobs,pods --all -n "$1" --grace-period=0 --timeout=60s >/dev/null
}

# service_account NAMESPACE NAME [ANNOTATION=VALUE…]
service_account() {
	jq -n --arg name "$2" '{
		apiVersion: "v1", kind: "ServiceAccount",
		metadata: {name: $name, annotations: ($ARGS.positional | map(capture("(?<key>[^=]+)=(?<value>.*)")) | from_entries)}
	}' --args "${@:3}" | kubectl apply -n "$1" -f - >/dev/null
	# The stand-in of the webhook reads ServiceAccounts from a cache.
	sleep 1
}

# annotate NAMESPACE SERVICE_ACCOUNT ANNOTATION=VALUE…
annotate() {
	kubectl annotate serviceaccount -n "$1" "$2" "${@:3}" >/dev/null
	sleep 1
}

# idle_pod NAME [JQ FILTER]: prints a pod of the ServiceAccount `api` that does
# nothing, as the filter changes it. Its container is called `app`.
idle_pod() {
	jq -n --arg name "$1" '{
		apiVersion: "v1", kind: "Pod", metadata: {name: $name, labels: {app: "api"}},
		spec: {
			serviceAccountName: "api", terminationGracePeriodSeconds: 0,
			securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: "RuntimeDefault"}},
			containers: [{
				name: "app", image: "localhost/kubernetes/pause:latest", imagePullPolicy: "Never",
				securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ["ALL"]}}
			}]
		}
	}'" | ${2:-.}"
}

# running_pod NAMESPACE [JQ FILTER]: the pod `api`, which runs when this returns.
running_pod() {
	idle_pod api "${2-}" | kubectl apply -n "$1" -f - >/dev/null
	wait_until 30 has_phase "$1" api Running || fail "pod $1/api runs" "within 30 s" "$(kubectl describe pod -n "$1" api | tail -8)"
}

# has_phase NAMESPACE POD PATTERN
# shellcheck disable=SC2053  # A pattern on purpose.
has_phase() { [[ $(kubectl get pod -n "$1" "$2" -o 'jsonpath={.status.phase}') == $3 ]]; }

# waits_for NAMESPACE PATTERN: the container of the pod `api`.
# shellcheck disable=SC2053  # A pattern on purpose.
waits_for() { [[ $(kubectl get pod -n "$1" api -o 'jsonpath={.status.containerStatuses[0].state.waiting.reason}') == $2 ]]; }

# network_policy NAMESPACE EGRESS: of the pods with the label app=api.
network_policy() {
	jq -n '{
		apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: {name: "strict"},
		spec: {podSelector: {matchLabels: {app: "api"}}, policyTypes: ["Egress"], egress: '"$2"'}
	}' | kubectl apply -n "$1" -f - >/dev/null
}

# A JQ filter: the pod's template projects the token for STS by itself, into the
# volume of the webhook's name, which the webhook then leaves as it is.
# shellcheck disable=SC2034  # The cases use it.
OWN_TOKEN_VOLUME='.spec.volumes += [{name: "aws-iam-token", projected: {sources: [
	{serviceAccountToken: {audience: "sts.amazonaws.com", expirationSeconds: 86400, path: "token"}}]}}]'
