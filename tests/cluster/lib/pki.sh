# shellcheck shell=bash
# Keys, certificates and kubeconfigs of the control plane and the node.

make_pki() {
	say "issuing certificates"
	(
		cd "$STATE/pki"
		exec 2>"$STATE/log/pki.log"
		openssl ecparam -name prime256v1 -genkey -noout -out cluster-ca.key
		openssl req -x509 -new -key cluster-ca.key -out cluster-ca.crt -days 30 -subj /CN=kubernetes
		openssl genrsa -out service-account.key 2048
		openssl rsa -in service-account.key -pubout -out service-account.pub
		issue apiserver /CN=kube-apiserver "DNS:kubernetes.default.svc,DNS:kubernetes.default,DNS:$API_HOST,IP:$API_IP,IP:$SERVICE_API_IP"
		issue admin /O=system:masters/CN=admin
		issue controller-manager /CN=system:kube-controller-manager
		issue scheduler /CN=system:kube-scheduler
		issue proxy /CN=system:kube-proxy
		issue kubelet "/O=system:nodes/CN=system:node:$NODE"
	) || die "failed to issue certificates: $(tail -3 "$STATE/log/pki.log")"
	local user
	for user in admin controller-manager scheduler proxy kubelet; do
		write_kubeconfig "$user"
	done
}

# issue NAME SUBJECT [ALTERNATIVE NAMES]: by the cluster's authority, or by $CA.
issue() {
	local authority=${CA:-cluster-ca}
	openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
	openssl req -new -key "$1.key" -out "$1.csr" -subj "$2"
	printf 'extendedKeyUsage=serverAuth,clientAuth\n%s' "${3:+subjectAltName=$3}" >"$1.ext"
	openssl x509 -req -in "$1.csr" -CA "$authority.crt" -CAkey "$authority.key" -CAcreateserial -days 30 -extfile "$1.ext" -out "$1.crt"
	rm "$1.csr" "$1.ext"
}

write_kubeconfig() {
	cat >"$STATE/pki/$1.kubeconfig" <<-END
		apiVersion: v1
		kind: Config
		clusters:
		- name: cluster
		  cluster: {server: "https://$API_IP", certificate-authority: $STATE/pki/cluster-ca.crt}
		users:
		- name: $1
		  user: {client-certificate: $STATE/pki/$1.crt, client-key: $STATE/pki/$1.key}
		contexts:
		- name: $1
		  context: {cluster: cluster, user: $1}
		current-context: $1
	END
}
