# shellcheck shell=bash
# What the machine must have. Packages are installed where that can be done;
# everything else that is missing is said in one go.

declare -A PACKAGE_OF=(
	[containerd]=containerd [ctr]=containerd [runc]=runc [buildah]=buildah [nft]=nftables
	[jq]=jq [openssl]=openssl [ip]=iproute2 [curl]=curl [nsenter]=util-linux [unshare]=util-linux
)
CNI_FOLDERS=(/usr/lib/cni /opt/cni/bin /usr/libexec/cni)

# Sets CNI_BIN to the folder that holds the plugins `bridge` and `host-local`.
find_cni() {
	for CNI_BIN in "${CNI_FOLDERS[@]}"; do
		[[ -x $CNI_BIN/bridge && -x $CNI_BIN/host-local && -x $CNI_BIN/loopback ]] && return
	done
	return 1
}

missing_packages() {
	local command
	for command in "${!PACKAGE_OF[@]}"; do
		command -v "$command" >/dev/null || echo "${PACKAGE_OF[$command]}"
	done | sort -u
	find_cni || echo containernetworking-plugins
}

check_needs() {
	PATH=$PATH:/usr/sbin:/sbin
	local -a lacking=() packages
	[[ $(uname -s) == Linux ]] || lacking+=("Linux; this is $(uname -s)")
	((EUID == 0)) || lacking+=("root, for network namespaces, mounts and cgroups; this is uid $EUID")
	[[ -e /sys/fs/cgroup/cgroup.controllers || -d /sys/fs/cgroup/memory ]] || lacking+=("cgroups, v1 or v2, mounted at /sys/fs/cgroup")
	go_is_new_enough || lacking+=("Go $GO_NEEDED or newer, to build Kubernetes and what goes with it: https://go.dev/dl")
	mapfile -t packages < <(missing_packages)
	if ((${#packages[@]} > 0 && EUID == 0)) && command -v apt-get >/dev/null; then
		install_packages "${packages[@]}"
		mapfile -t packages < <(missing_packages)
	fi
	((${#packages[@]} == 0)) || lacking+=("the packages (names of Debian): ${packages[*]}")
	((${#lacking[@]} == 0)) && find_cni && return
	say "this machine lacks what a Kubernetes of our own needs:"
	printf '  - %s\n' "${lacking[@]}" >&2
	exit 1
}

go_is_new_enough() {
	local have
	have=$(go env GOVERSION 2>/dev/null) && [[ $(printf '%s\n' "$GO_NEEDED" "${have#go}" | sort -V | head -1) == "$GO_NEEDED" ]]
}

install_packages() {
	say "installing $* with apt-get"
	local -a get=(apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -qq -y)
	DEBIAN_FRONTEND=noninteractive "${get[@]}" install --no-install-recommends "$@" >/dev/null && return
	"${get[@]}" update >/dev/null || true
	DEBIAN_FRONTEND=noninteractive "${get[@]}" install --no-install-recommends "$@" >/dev/null || true
}
