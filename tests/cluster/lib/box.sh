# shellcheck shell=bash
# The box: network, mount and process namespaces of the cluster's own, held
# open by one process. When that process ends the kernel ends every process in
# the box and takes its mounts and links away, so nothing can be left behind.
#
# State is a folder: run/ process ids, log/, pki/, etc/, and the data folders.

# open_box STATE
open_box() {
	STATE=$1
	mkdir -p "$STATE"/{run,log,pki,etc,etcd,kubelet,containerd,cni}
	# The kubelet has a cgroup root of its own: it deletes what it does not know.
	printf 'eks-triage-%s\n' "$$" >"$STATE/run/cgroup"
	make_cgroups
	printf 'nameserver %s\n' "$RESOLVER_IP" >"$STATE/etc/resolv.conf"
	setsid unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private \
		bash "$CLUSTER_DIR/lib/box-init" "$STATE" >"$STATE/log/box.log" 2>&1 </dev/null &
	printf '%s\n' "$!" >"$STATE/run/unshare.pid"
	disown
	wait_until 10 test -e "$STATE/run/box.ready" || die "failed to open the namespaces: $(cat "$STATE/log/box.log")"
	local holder
	holder=$(<"$STATE/run/unshare.pid")
	holder=$(<"/proc/$holder/task/$holder/children")
	printf '%s\n' "${holder% }" >"$STATE/run/box.pid"
}

# use_box STATE: a cluster that another command started.
use_box() {
	STATE=$1
	[[ -e $STATE/run/box.pid ]] || die "no cluster in $STATE; start one with: tests/cluster/up --state $STATE"
}

# close_box STATE: also after a start that failed half-way.
close_box() {
	STATE=$1
	local recorded
	for recorded in box unshare; do
		[[ -e $STATE/run/$recorded.pid ]] && end_process "$(<"$STATE/run/$recorded.pid")"
	done
	remove_cgroups
	remove_made_folders
	rm -rf "$STATE"
}

# The init of a process namespace is gone only when all of it is gone.
end_process() {
	kill -KILL "$1" 2>/dev/null || return 0
	wait_until 20 bash -c "! kill -0 $1" || say "process $1 does not end"
}

# keep_logs STATE: what a cluster that is about to go said.
keep_logs() {
	rm -rf "$CACHE/log"
	cp -r "$1/log" "$CACHE/log"
}

# inside COMMAND…: runs in the box, with nothing of the caller's environment.
inside() {
	nsenter --target "$(<"$STATE/run/box.pid")" --net --mount --pid -- \
		env -i PATH="$BIN:$PATH" HOME="$STATE" LANG=C.UTF-8 "$@"
}

# start NAME COMMAND…: a process of the box, in the background. It is left to the
# box's first process, so nothing outside waits for it.
start() {
	# shellcheck disable=SC2016  # The inner shell expands it.
	inside bash -c 'setsid "${@:3}" >>"$1" 2>&1 </dev/null & echo $! >"$2"' start "$STATE/log/$1.log" "$STATE/run/$1.pid" "${@:2}"
}

# signal NAME SIGNAL: to a process that `start` started.
signal() { inside kill "-$2" "$(<"$STATE/run/$1.pid")"; }

runs() { [[ -e $STATE/run/$1.pid ]] && signal "$1" 0; }

# stop NAME: asked, waited for, then ended.
stop() {
	runs "$1" 2>/dev/null || return 0
	signal "$1" TERM
	wait_until 5 ended "$1" || signal "$1" KILL
	rm -f "$STATE/run/$1.pid"
}

ended() { ! runs "$1"; }

cgroup_roots() {
	if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
		echo /sys/fs/cgroup
	else
		local root
		for root in /sys/fs/cgroup/*/; do
			[[ -L ${root%/} ]] || echo "${root%/}"
		done
	fi
}

make_cgroups() {
	local root controller
	if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
		for controller in cpu cpuset memory pids io hugetlb; do
			echo "+$controller" 2>/dev/null >/sys/fs/cgroup/cgroup.subtree_control || true
		done
	fi
	for root in $(cgroup_roots); do mkdir -p "$root/$(<"$STATE/run/cgroup")"; done
}

remove_cgroups() {
	[[ -s $STATE/run/cgroup ]] || return 0
	local root
	for root in $(cgroup_roots); do
		find "$root/$(<"$STATE/run/cgroup")" -depth -type d -exec rmdir {} + 2>/dev/null || true
	done
}

# The folders that box-init had to make so that it could mount over them.
remove_made_folders() {
	[[ -e $STATE/run/made ]] || return 0
	local folder
	while read -r folder; do rmdir "$folder" 2>/dev/null || true; done <"$STATE/run/made"
}
