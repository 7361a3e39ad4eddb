# shellcheck shell=bash
# amazon-ec2-metadata-mock in the place of the lab's metadata service: it is given
# what that one says, and shapes it its own way.

IMDS_MOCK=127.0.0.1:1338

# The documents that it has a place for, by its own names for them.
declare -A IMDS_DOCUMENTS=(
	[hostname]=hostname [instance-id]=instance-id [instance-type]=instance-type
	[local-hostname]=local-hostname [local-ipv4]=local-ipv4 [mac]=mac
	[placement-availability-zone]=placement/availability-zone [placement-region]=placement/region
	[services-domain]=services/domain [services-partition]=services/partition
	[iam-info]=iam/info [iam-security-credentials-role]=iam/security-credentials
	[mac-device-number]=MAC/device-number [mac-local-hostname]=MAC/local-hostname [mac-local-ipv4s]=MAC/local-ipv4s
	[mac-mac]=MAC/mac [mac-network-interface-id]=MAC/interface-id [mac-network-interface-card-index]=MAC/network-card
	[mac-owner-id]=MAC/owner-id [mac-security-group-ids]=MAC/security-group-ids [mac-subnet-id]=MAC/subnet-id
	[mac-subnet-ipv4-cidr-block]=MAC/subnet-ipv4-cidr-block [mac-vpc-id]=MAC/vpc-id
	[mac-vpc-ipv4-cidr-block]=MAC/vpc-ipv4-cidr-block [mac-vpc-ipv4-cidr-blocks]=MAC/vpc-ipv4-cidr-blocks
)
# What it would make up where nobody says anything else.
IMDS_INVENTED=(mac-ipv4-associations mac-ipv6-associations mac-public-hostname mac-public-ipv4s mac-security-groups
	mac-subnet-ipv6-cidr-blocks mac-vpc-ipv6-cidr-blocks placement-availability-zone-id placement-group-name
	placement-host-id placement-partition-number public-hostname public-ipv4 spot spot-termination-time
	rebalance-rec-time events instance-action target-lifecycle-state)

# mirror_imds: what the lab's service says at this moment, as the mock's configuration.
mirror_imds() {
	local token mac role name path said paths values
	token=$(inside curl -fsS -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "http://$IMDS_IP/latest/api/token")
	mac=$(metadata meta-data/mac)
	role=$(metadata meta-data/iam/security-credentials)
	paths=$(printf '%s\n' "${IMDS_INVENTED[@]}" | jq -R . | jq -s 'map({(.): ""}) | add')
	values='{}'
	IMDS_DOCUMENTS[iam-security-credentials]=iam/security-credentials/$role
	for name in "${!IMDS_DOCUMENTS[@]}"; do
		path=meta-data/${IMDS_DOCUMENTS[$name]/#MAC/network/interfaces/macs/$mac}
		said=$(metadata "$path")
		paths=$(jq --arg name "$name" --arg path "${said:+/latest/$path}" '.[$name] = $path' <<<"$paths")
		[[ -z $said ]] || values=$(jq --arg name "$name" --arg said "$said" '.[$name] = ($said | if startswith("{") then fromjson else . end)' <<<"$values")
	done
	# A field that is not there would be one of its own.
	jq -n --argjson paths "$paths" --argjson values "$values" --argjson identity "$(metadata dynamic/instance-identity/document)" '{
		metadata: {$paths, values: ({
			"iam-info": {InstanceProfileArn: "", InstanceProfileId: ""},
			"iam-security-credentials": {Type: "", AccessKeyId: "", SecretAccessKey: "", Token: "", Expiration: ""}
		} * $values)},
		dynamic: {values: {"instance-identity-document": $identity}},
		userdata: {paths: {userdata: ""}}
	}' >"$STATE/etc/imds-mock.json"
}

# metadata PATH: nothing where there is no such document.
metadata() {
	inside curl -fsS -H "X-aws-ec2-metadata-token: $token" "http://$IMDS_IP/latest/$1" 2>/dev/null || true
}

# It keeps its answer in one variable for all requests, so that two at once get
# each other's: one thread serves one after the other.
start_imds_mock() {
	stop imds-mock
	start imds-mock env GOMAXPROCS=1 ec2-metadata-mock --imdsv2 --hostname "${IMDS_MOCK%:*}" --port "${IMDS_MOCK#*:}" --config-file "$STATE/etc/imds-mock.json"
	wait_until 10 inside curl -sS -o /dev/null "http://$IMDS_MOCK/" || fail "the mock starts" "within 10 s" "$(tail -3 "$STATE/log/imds-mock.log")"
}
