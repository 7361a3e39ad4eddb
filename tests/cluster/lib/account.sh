# shellcheck shell=bash
# The account of this cluster: what the AWS CLI would print of it, behind the
# stand-in of tests/account, which reads it by botocore's models.

ACCOUNT_DIR=$PROJECT_DIR/tests/account
ACCOUNT_PORT=15999
ACCOUNT_NODE=i-0aaa # of the healthy account; it becomes this cluster's node

# build_account: the stand-in's Python, once.
build_account() { "$ACCOUNT_DIR/python" -c '' || die "the stand-in of the account lacks its Python: tests/account/python"; }

# account [FILE=JQ-FILTER]…: (re)starts the stand-in with the healthy account of
# this cluster, each of these files changed; `FILE=gone` leaves it out.
account() {
	local file name change folder=$STATE/account
	rm -rf "$folder"
	mkdir "$folder"
	for file in "$ACCOUNT_DIR"/healthy/*.json; do
		own_account <"$file" >"$folder/${file##*/}"
	done
	for change in "$@"; do
		name=${change%%=*}.json
		if [[ ${change#*=} == gone ]]; then
			rm "$folder/$name"
		else
			jq "${change#*=}" "$folder/$name" >"$folder/$name.new"
			mv "$folder/$name.new" "$folder/$name"
		fi
	done
	stop account
	: >"$STATE/log/account.log"
	start account "$ACCOUNT_DIR/python" "$ACCOUNT_DIR/standin.py" --folder "$folder" --port "$ACCOUNT_PORT"
	wait_until 20 grep -q AWS_ENDPOINT_URL "$STATE/log/account.log" || die "the stand-in of the account does not start: $(tail -3 "$STATE/log/account.log")"
}

# The healthy account's endpoint and CA are not this cluster's; the user data of
# its launch template names both, too.
own_account() {
	local healthy=$ACCOUNT_DIR/healthy/describe-cluster.json
	jq --slurpfile healthy "$healthy" --arg host "$API_HOST" --arg ca "$(base64 -w0 "$STATE/pki/cluster-ca.crt")" '
		def own: split($healthy[0].cluster.endpoint) | join("https://\($host)")
			| split($healthy[0].cluster.certificateAuthority.data) | join($ca);
		walk(if type == "object" and has("UserData") then .UserData |= (@base64d | own | @base64)
			elif type == "string" then own else . end)'
}

# The account's node is the real one, and its group has no other.
joined_node() {
	printf '%s\n' \
		"describe-instances=.Reservations |= .[:1] | $(renamed)" \
		"describe-instance-status=.InstanceStatuses |= .[:1] | $(renamed)" \
		"describe-auto-scaling-groups=.AutoScalingGroups[].Instances |= .[:1] | .AutoScalingGroups[].DesiredCapacity = 1 | $(renamed)" \
		"describe-nodegroup-workers=.nodegroup.scalingConfig.desiredSize = 1"
}

renamed() { printf 'walk(if . == "%s" then "%s" else . end)' "$ACCOUNT_NODE" "$INSTANCE_ID"; }

# write_operator_kubeconfig USER: the server tells which cluster it is of, which
# the administrator's, an address, does not.
write_operator_kubeconfig() {
	sed "s|https://$API_IP|https://$API_HOST|" "$STATE/pki/$1.kubeconfig" >"$STATE/pki/$1.operator.kubeconfig"
}

# operator USER COMMAND…: at a desk, as this user of the cluster, with AWS behind the stand-in.
operator() {
	write_operator_kubeconfig "$1"
	inside env KUBECONFIG="$STATE/pki/$1.operator.kubeconfig" PATH="$CACHE/desk:$BIN:$PATH" \
		AWS_ENDPOINT_URL="http://127.0.0.1:$ACCOUNT_PORT" AWS_EC2_METADATA_DISABLED=true AWS_REGION=us-west-2 \
		AWS_ACCESS_KEY_ID="$DESK_KEY" AWS_SECRET_ACCESS_KEY="$DESK_SECRET" "${@:2}"
}

# look_at_account [OPTION…]: the report on the cluster `prod`; its exit code is in run/account.code.
look_at_account() {
	local report code=0
	report=$(operator admin eks-triage cluster prod --kubeconfig "$STATE/pki/admin.operator.kubeconfig" --output json "$@" 2>>"$STATE/log/look.log") || code=$?
	printf '%s\n' "$code" >"$STATE/run/account.code"
	expect "the desk's key in the report" 0 "$(grep -ciE 'canary' <<<"$report" || true)"
	printf '%s\n' "$report"
}

# new_user NAME [KUBECTL-ARGUMENT…]: somebody whom the cluster knows, with a
# ClusterRole made of these arguments.
new_user() {
	(
		cd "$STATE/pki" || exit
		exec 2>>"$STATE/log/pki.log"
		issue "$1" "/CN=$1"
		write_kubeconfig "$1"
	)
	(($# > 1)) || return 0
	finally kubectl delete clusterrole,clusterrolebinding "$1"
	kubectl create clusterrole "$1" "${@:2}" >/dev/null
	kubectl create clusterrolebinding "$1" --clusterrole="$1" --user="$1" >/dev/null
	# The authorizer reads rules from a cache.
	sleep 1
}
