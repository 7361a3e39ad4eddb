# shellcheck shell=bash
# AWS as the box sees it: the lab's stand-ins at the real names and addresses.
# Nothing in the box is told of another endpoint.

build_lab() {
	say "building the lab"
	(cd "$PROJECT_DIR" && cargo build --quiet --package lab) || die "failed to build the lab: cargo build --package lab"
	LAB=$(target_directory)/debug/lab
}

target_directory() { (cd "$PROJECT_DIR" && cargo metadata --format-version 1 --no-deps | jq -r .target_directory); }

# aws [FAULT | --OPTION VALUE]…: (re)starts the stand-ins; without a fault
# everything works. The options are those of `lab serve`. They also know the
# names that only a cluster has: what they do not know, no one does.
aws() {
	local service
	local -a more=() names=(--name "$API_HOST=$API_IP" --name "$NODE=$NODE_IP" --name "$REGISTRY=$REGISTRY_IP")
	while (($# > 0)); do
		case $1 in
		--*) more+=("$1" "$2") && shift 2 ;;
		*) more+=(--fault "$1") && shift ;;
		esac
	done
	service=$(kubectl get service -n eks-triage eks-triage --ignore-not-found -o 'jsonpath={.spec.clusterIP}')
	[[ -z $service ]] || names+=(--name "eks-triage.eks-triage.svc.cluster.local=$service")
	stop lab
	: >"$STATE/log/lab.log"
	start lab "$LAB" serve --imds "$IMDS_IP:80" --pod-identity "$POD_IDENTITY_IP:80" --https "$AWS_IP:443" --dns "$RESOLVER_IP:53" \
		--pki "$STATE/pki/aws" --cluster-ca "$STATE/pki/cluster-ca.crt" "${names[@]}" "${more[@]}"
	wait_until 20 grep -qx ready "$STATE/log/lab.log" || die "the AWS stand-ins do not start: $(tail -3 "$STATE/log/lab.log")"
}

# trust NAMESPACE [JQ FILTER]: a trust policy that lets in the ServiceAccount
# `api` of this namespace, its conditions changed by the filter, in which $aud
# and $sub are their keys; prints its file. What IAM shows is not what STS does
# here: a policy that is wrong goes with the fault `not-authorized`.
trust() {
	local provider=${ISSUER#https://}
	jq -n --arg account "$ACCOUNT" --arg provider "$provider" --arg namespace "$1" --arg aud "$provider:aud" --arg sub "$provider:sub" '{
		Version: "2012-10-17",
		Statement: [{
			Effect: "Allow",
			Principal: {Federated: "arn:aws:iam::\($account):oidc-provider/\($provider)"},
			Action: "sts:AssumeRoleWithWebIdentity",
			Condition: ({StringEquals: {($aud): "sts.amazonaws.com", ($sub): "system:serviceaccount:\($namespace):api"}}'" | ${2:-.}"')
		}]
	}' >"$STATE/etc/trust-$1.json"
	echo "$STATE/etc/trust-$1.json"
}
