# shellcheck shell=bash
# The whole harness, in the order in which it is used.

shopt -s inherit_errexit # a check that fails in $(…) ends its case too

lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=say.sh
. "$lib/say.sh"
# shellcheck source=settings.sh
. "$lib/settings.sh"
# shellcheck source=needs.sh
. "$lib/needs.sh"
# shellcheck source=binaries.sh
. "$lib/binaries.sh"
# shellcheck source=box.sh
. "$lib/box.sh"
# shellcheck source=pki.sh
. "$lib/pki.sh"
# shellcheck source=control_plane.sh
. "$lib/control_plane.sh"
# shellcheck source=node.sh
. "$lib/node.sh"
# shellcheck source=images.sh
. "$lib/images.sh"
# shellcheck source=aws.sh
. "$lib/aws.sh"
# shellcheck source=network_faults.sh
. "$lib/network_faults.sh"
# shellcheck source=agent.sh
. "$lib/agent.sh"
# shellcheck source=workload.sh
. "$lib/workload.sh"
# shellcheck source=probe.sh
. "$lib/probe.sh"
# shellcheck source=desk.sh
. "$lib/desk.sh"
# shellcheck source=account.sh
. "$lib/account.sh"
# shellcheck source=authenticator.sh
. "$lib/authenticator.sh"
# shellcheck source=node_join.sh
. "$lib/node_join.sh"
# shellcheck source=registry.sh
. "$lib/registry.sh"
# shellcheck source=imds_mock.sh
. "$lib/imds_mock.sh"
# shellcheck source=check.sh
. "$lib/check.sh"

# state_option [--state DIR]: prints the folder.
state_option() {
	case $# in
	0) echo "$DEFAULT_STATE" ;;
	2) [[ $1 == --state ]] && realpath -m "$2" ;;
	*) die "usage: $(basename "$0") [--state DIR]" ;;
	esac
}

start_cluster() {
	open_box "$1"
	make_pki
	write_webhook_config
	start_control_plane
	start_authenticator
	start_node
}
