# shellcheck shell=bash
# The kubelet as a node of EKS runs it: its kubeconfig has no key, but a program
# that makes tokens of the instance's credentials.

KUBECONFIG_OF_EKS=/var/lib/kubelet/kubeconfig

# write_node_kubeconfig [CLUSTER NAME]: inside the box /var/lib/kubelet is private.
write_node_kubeconfig() {
	inside tee "$KUBECONFIG_OF_EKS" >/dev/null <<-END
		apiVersion: v1
		kind: Config
		clusters:
		- name: kubernetes
		  cluster: {server: "https://$API_HOST", certificate-authority: $STATE/pki/cluster-ca.crt}
		users:
		- name: kubelet
		  user:
		    exec:
		      apiVersion: client.authentication.k8s.io/v1beta1
		      command: $BIN/aws-iam-authenticator
		      args: [token, -i, ${1:-$CLUSTER_NAME}, --region, us-west-2]
		contexts:
		- name: kubelet
		  context: {cluster: kubernetes, user: kubelet}
		current-context: kubelet
	END
}

# restart_kubelet [CLUSTER NAME]: with that kubeconfig; what it and the
# authenticator said before is forgotten.
restart_kubelet() {
	write_node_kubeconfig "$@"
	stop kubelet
	: >"$STATE/log/kubelet.log"
	: >"$STATE/log/authenticator.log"
	start_kubelet "$KUBECONFIG_OF_EKS"
}

# What a case has to undo: the kubelet's own key again, and everything mapped.
kubelet_is_itself() {
	aws
	map_node_role
	stop kubelet
	inside rm -f "$KUBECONFIG_OF_EKS"
	: >"$STATE/log/kubelet.log"
	start_kubelet
	wait_until 60 kubelet_says "Successfully registered node"
	wait_until 60 node_is_ready
}

kubelet_says() { grep -qF -- "$1" "$STATE/log/kubelet.log"; }
kubelet_errors() { grep -E '^E' "$STATE/log/kubelet.log" | tail -2; }
authenticator_says() { grep -qF -- "$1" "$STATE/log/authenticator.log"; }
authenticator_errors() { grep -E 'level=(warn|error)' "$STATE/log/authenticator.log" | tail -2; }

# check_on_the_node [OPTION…]: as root, beside the kubelet.
check_on_the_node() {
	inside env SSL_CERT_FILE="$STATE/pki/aws/ca.crt" "$CACHE/desk/eks-triage" check --output json "$@" 2>>"$STATE/log/check.log" || true
}
