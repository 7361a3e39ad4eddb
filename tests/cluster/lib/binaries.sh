# shellcheck shell=bash
# Builds what the cluster consists of from the Go module proxy into the cache,
# once: Kubernetes with etcd, aws-iam-authenticator, a registry and another
# metadata service, each from a module of its own.

build_binaries() {
	build_module kubernetes "Kubernetes $KUBERNETES_VERSION and etcd (about 8 minutes on 2 cores, once)" "${COMMANDS[@]}"
	build_module authenticator "aws-iam-authenticator (about 3 minutes, once)" aws-iam-authenticator
	build_module registry "a registry (about a minute, once)" registry
	build_module imds-mock "amazon-ec2-metadata-mock (seconds, once)" ec2-metadata-mock
}

# build_module FOLDER WHAT COMMAND…: unless the cache has it from the same sources.
build_module() {
	local command stamp held=$BIN/$1.stamp
	stamp=$(module_stamp "$1")
	if [[ $(cat "$held" 2>/dev/null) == "$stamp" ]]; then
		say "$1 is in $BIN"
		return
	fi
	say "building $2 into $BIN"
	mkdir -p "$BIN"
	for command in "${@:3}"; do
		say "  $command"
		build_one "$1" "$command" || die "failed to build $command; is the Go module proxy ($(go env GOPROXY)) reachable?"
	done
	printf '%s\n' "$stamp" >"$held"
}

# The stamp names what the cached binaries were built from.
module_stamp() {
	(cd "$CLUSTER_DIR/$1" && { find . -type f | sort | xargs cat && go env GOARCH; } | sha256sum | cut -d' ' -f1)
}

# build_one MODULE COMMAND. Without the version flags the node would report v0.0.0.
build_one() {
	local package=k8s.io/kubernetes/cmd/$2 version=k8s.io/component-base/version
	case $2 in
	etcd) package=go.etcd.io/etcd/server/v3 ;;
	pause) package=./pause ;;
	aws-iam-authenticator) package=sigs.k8s.io/aws-iam-authenticator/cmd/$2 ;;
	registry) package=. ;;
	ec2-metadata-mock) package=github.com/aws/amazon-ec2-metadata-mock/cmd ;;
	esac
	local IFS=.
	local -a part
	read -ra part <<<"$KUBERNETES_VERSION"
	(
		cd "$CLUSTER_DIR/$1" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false nice go build -trimpath -o "$BIN/$2" \
			-ldflags "-s -w -X $version.gitVersion=v$KUBERNETES_VERSION -X $version.gitMajor=${part[0]} -X $version.gitMinor=${part[1]}" \
			"$package"
	) >&2
}
