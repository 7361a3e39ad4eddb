# shellcheck shell=bash
# The real aws-iam-authenticator as the API server's token webhook, as on EKS:
# it asks STS, which here is the lab's stand-in, whose a token is, and looks his
# role up in the ConfigMap `aws-auth`.

CLUSTER_NAME=prod-cluster
NODE_ROLE_ARN=arn:aws:iam::$ACCOUNT:role/eks-node
AUTHENTICATOR=127.0.0.1:21362

# The API server reads this file when it starts; the authenticator comes later.
write_webhook_config() {
	(
		cd "$STATE/pki" || exit
		exec 2>>"$STATE/log/pki.log"
		issue authenticator /CN=aws-iam-authenticator "IP:${AUTHENTICATOR%:*}"
	)
	# These are the names under which the authenticator looks for its own.
	mkdir -p "$STATE/authenticator"
	cp "$STATE/pki/authenticator.crt" "$STATE/authenticator/cert.pem"
	cp "$STATE/pki/authenticator.key" "$STATE/authenticator/key.pem"
	cat >"$STATE/etc/webhook.kubeconfig" <<-END
		apiVersion: v1
		kind: Config
		clusters:
		- name: authenticator
		  cluster: {server: "https://$AUTHENTICATOR/authenticate", certificate-authority: $STATE/pki/cluster-ca.crt}
		users:
		- name: apiserver
		contexts:
		- name: webhook
		  context: {cluster: authenticator, user: apiserver}
		current-context: webhook
	END
}

start_authenticator() {
	start authenticator env SSL_CERT_FILE="$STATE/pki/aws/ca.crt" AWS_REGION=us-west-2 AWS_EC2_METADATA_DISABLED=true \
		AWS_ACCESS_KEY_ID="$DESK_KEY" AWS_SECRET_ACCESS_KEY="$DESK_SECRET" \
		aws-iam-authenticator server --cluster-id "$CLUSTER_NAME" --backend-mode EKSConfigMap \
		--kubeconfig "$STATE/pki/admin.kubeconfig" --state-dir "$STATE/authenticator" --kubeconfig-pregenerated \
		--address "${AUTHENTICATOR%:*}" --port "${AUTHENTICATOR#*:}"
	wait_until 30 inside curl -fsk "https://$AUTHENTICATOR/healthz" || die "the authenticator does not start: $(tail -3 "$STATE/log/authenticator.log")"
}

# map_role ROLE_ARN [GROUP…]: `aws-auth` maps this one role, to this node.
map_role() {
	local roles
	roles=$(jq -n --arg role "$1" --arg node "system:node:$NODE" '[{rolearn: $role, username: $node, groups: $ARGS.positional}]' --args "${@:2}")
	kubectl create configmap aws-auth -n kube-system --from-literal=mapRoles="$roles" --dry-run=client -o yaml | kubectl apply -f - >/dev/null
}

map_node_role() { map_role "$NODE_ROLE_ARN" system:bootstrappers system:nodes; }
