# shellcheck shell=bash
# Builds Kubernetes and etcd from the Go module proxy into the cache, once.

# The stamp names what the cached binaries were built from.
binaries_stamp() {
	cd "$CLUSTER_DIR/kubernetes" && { cat go.mod go.sum tools.go pause/main.go && go env GOARCH; } | sha256sum | cut -d' ' -f1
}

build_binaries() {
	local stamp
	stamp=$(binaries_stamp)
	if [[ $(cat "$BIN/stamp" 2>/dev/null) == "$stamp" ]]; then
		say "Kubernetes $KUBERNETES_VERSION is in $BIN"
		return
	fi
	say "building Kubernetes $KUBERNETES_VERSION and etcd into $BIN (about 8 minutes on 2 cores, once)"
	mkdir -p "$BIN"
	local command
	for command in "${COMMANDS[@]}"; do
		say "  $command"
		build_one "$command" || die "failed to build $command; is the Go module proxy ($(go env GOPROXY)) reachable?"
	done
	printf '%s\n' "$stamp" >"$BIN/stamp"
}

# Without the version flags the node would report v0.0.0.
build_one() {
	local package=k8s.io/kubernetes/cmd/$1 version=k8s.io/component-base/version
	case $1 in
	etcd) package=go.etcd.io/etcd/server/v3 ;;
	pause) package=./pause ;;
	esac
	local IFS=.
	local -a part
	read -ra part <<<"$KUBERNETES_VERSION"
	(
		cd "$CLUSTER_DIR/kubernetes" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false nice go build -trimpath -o "$BIN/$1" \
			-ldflags "-s -w -X $version.gitVersion=v$KUBERNETES_VERSION -X $version.gitMajor=${part[0]} -X $version.gitMinor=${part[1]}" \
			"$package"
	) >&2
}
