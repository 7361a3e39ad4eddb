# shellcheck shell=bash
# containerd, kubelet and kube-proxy: one real node.

start_node() {
	say "starting the node $NODE"
	write_containerd_config
	write_cni_config
	write_kubelet_config
	write_proxy_config
	# Registries are the lab's stand-ins, too.
	start containerd env SSL_CERT_FILE="$STATE/pki/aws/ca.crt" containerd --config "$STATE/etc/containerd.toml"
	wait_until 30 ctr version || die "containerd does not answer: $(tail -3 "$STATE/log/containerd.log")"
	load_pause
	start_kubelet
	start proxy kube-proxy --config="$STATE/etc/proxy.yaml"
	wait_until 60 node_is_ready || die "the node is not Ready: $(grep ' E' "$STATE/log/kubelet.log" | tail -5)"
}

# start_kubelet [KUBECONFIG]. What it runs, the maker of tokens, trusts the stand-ins.
start_kubelet() {
	start kubelet env SSL_CERT_FILE="$STATE/pki/aws/ca.crt" \
		kubelet --config="$STATE/etc/kubelet.yaml" --kubeconfig="${1:-$STATE/pki/kubelet.kubeconfig}" \
		--root-dir="$STATE/kubelet" --cert-dir="$STATE/kubelet/pki" --hostname-override="$NODE" --node-ip="$NODE_IP" \
		--node-labels=eks.amazonaws.com/nodegroup=ng-1,eks.amazonaws.com/compute-type=ec2
}

node_is_ready() {
	[[ $(kubectl get node "$NODE" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') == True ]]
}

ctr() { inside ctr --address "$STATE/run/containerd.sock" --namespace k8s.io "$@"; }

# oom scores: this machine may not be allowed to lower them, and every sandbox
# would then fail with an error of runc that does not say so.
write_containerd_config() {
	cat >"$STATE/etc/containerd.toml" <<-END
		version = 2
		root = "$STATE/containerd/root"
		state = "$STATE/containerd/state"
		disabled_plugins = ["io.containerd.internal.v1.opt"]
		[grpc]
		  address = "$STATE/run/containerd.sock"
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "localhost/kubernetes/pause:latest"
		  restrict_oom_score_adj = true
		  [plugins."io.containerd.grpc.v1.cri".containerd]
		    snapshotter = "$(snapshotter)"
		    default_runtime_name = "runc"
		    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
		      runtime_type = "io.containerd.runc.v2"
		  [plugins."io.containerd.grpc.v1.cri".cni]
		    bin_dir = "$CNI_BIN"
		    conf_dir = "$STATE/cni"
	END
}

# An overlay cannot lie on an overlay, which is what a container's disk is.
snapshotter() {
	case $(stat -f -c %T "$STATE") in
	overlayfs) echo native ;;
	*) echo overlayfs ;;
	esac
}

# Pods keep their addresses on the way to the node, as with the VPC CNI.
write_cni_config() {
	jq -n --arg range "$POD_RANGE" '{
		cniVersion: "0.4.0", name: "pods",
		plugins: [{
			type: "bridge", bridge: "pods0", isGateway: true, ipMasq: false,
			ipam: {type: "host-local", ranges: [[{subnet: $range}]], routes: [{dst: "0.0.0.0/0"}]}
		}]
	}' >"$STATE/cni/10-pods.conflist"
}

# Pods ask the resolver of the VPC directly: what the tests look up is AWS.
# Eviction is for machines that someone else needs; here it would only surprise.
write_kubelet_config() {
	cat >"$STATE/etc/kubelet.yaml" <<-END
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $STATE/pki/cluster-ca.crt}}
		authorization: {mode: Webhook}
		cgroupDriver: cgroupfs
		cgroupRoot: /$(<"$STATE/run/cgroup")
		providerID: aws:///$ZONE/$INSTANCE_ID
		maxPods: $MAX_PODS
		failSwapOn: false
		failCgroupV1: false
		containerRuntimeEndpoint: unix://$STATE/run/containerd.sock
		clusterDNS: [$RESOLVER_IP]
		clusterDomain: cluster.local
		resolvConf: $STATE/etc/resolv.conf
		healthzBindAddress: 127.0.0.1
		healthzPort: 10248
		volumePluginDir: $STATE/kubelet/plugins
		evictionHard: {memory.available: 50Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
		imageGCHighThresholdPercent: 100
		localStorageCapacityIsolation: false
	END
}

write_proxy_config() {
	cat >"$STATE/etc/proxy.yaml" <<-END
		apiVersion: kubeproxy.config.k8s.io/v1alpha1
		kind: KubeProxyConfiguration
		clientConnection: {kubeconfig: $STATE/pki/proxy.kubeconfig}
		mode: nftables
		clusterCIDR: $POD_RANGE
		conntrack: {maxPerCore: 0}
		hostnameOverride: $NODE
	END
}

# fake_node NAME LABEL: an object without a machine.
fake_node() {
	jq -n --arg name "$1" --arg tag "$2" '{
		apiVersion: "v1", kind: "Node",
		metadata: {name: $name, labels: ({"kubernetes.io/os": "linux"} + ($tag | split("=") | {(.[0]): .[1]}))}
	}' | kubectl apply -f - >/dev/null
}
