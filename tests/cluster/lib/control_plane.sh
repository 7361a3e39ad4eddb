# shellcheck shell=bash
# etcd, API server, controller manager, scheduler: as EKS configures them where
# a pod or a node can tell the difference (issuer, audiences, Service range).

start_control_plane() {
	say "starting the control plane"
	start etcd etcd --data-dir "$STATE/etcd" --unsafe-no-fsync \
		--listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
		--listen-peer-urls http://127.0.0.1:2380
	start_apiserver
	wait_until 60 kubectl get --raw /readyz || die "the API server is not ready: $(tail -5 "$STATE/log/apiserver.log")"
	start controller-manager kube-controller-manager --kubeconfig="$STATE/pki/controller-manager.kubeconfig" \
		--service-account-private-key-file="$STATE/pki/service-account.key" --use-service-account-credentials \
		--root-ca-file="$STATE/pki/cluster-ca.crt" --leader-elect=false --bind-address=127.0.0.1
	start scheduler kube-scheduler --kubeconfig="$STATE/pki/scheduler.kubeconfig" --leader-elect=false --bind-address=127.0.0.1
}

# The audit log holds who asked for which TokenReview, and no token.
start_apiserver() {
	cat >"$STATE/etc/audit.yaml" <<-END
		apiVersion: audit.k8s.io/v1
		kind: Policy
		omitStages: [RequestReceived]
		rules:
		- level: Metadata
		  resources: [{group: authentication.k8s.io, resources: [tokenreviews]}]
		- level: None
	END
	start apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 \
		--bind-address="$API_IP" --advertise-address="$API_IP" --secure-port=443 \
		--tls-cert-file="$STATE/pki/apiserver.crt" --tls-private-key-file="$STATE/pki/apiserver.key" \
		--client-ca-file="$STATE/pki/cluster-ca.crt" \
		--kubelet-client-certificate="$STATE/pki/admin.crt" --kubelet-client-key="$STATE/pki/admin.key" \
		--kubelet-preferred-address-types=InternalIP \
		--authentication-token-webhook-config-file="$STATE/etc/webhook.kubeconfig" \
		--service-account-issuer="$ISSUER" --api-audiences=https://kubernetes.default.svc \
		--service-account-key-file="$STATE/pki/service-account.pub" \
		--service-account-signing-key-file="$STATE/pki/service-account.key" \
		--service-cluster-ip-range="$SERVICE_RANGE" --authorization-mode=Node,RBAC \
		--enable-admission-plugins=NodeRestriction --allow-privileged \
		--feature-gates=MutatingAdmissionPolicy=true --runtime-config=admissionregistration.k8s.io/v1beta1=true \
		--audit-policy-file="$STATE/etc/audit.yaml" --audit-log-path="$STATE/log/audit.jsonl"
}

kubectl() { inside kubectl --kubeconfig "$STATE/pki/admin.kubeconfig" "$@"; }

# administrator COMMAND…: what a person would type, with the plugin at hand.
administrator() {
	inside env KUBECONFIG="$STATE/pki/admin.kubeconfig" PATH="$STATE/bin:$BIN:$PATH" "$@"
}
