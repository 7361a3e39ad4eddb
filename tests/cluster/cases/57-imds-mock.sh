# shellcheck shell=bash
# The verdicts do not hang on how the lab plays the metadata service: another one,
# that somebody else wrote, is given the same documents. It has no place for the
# message of a profile without a role, and none for user data.

case_another_metadata_service_leads_to_the_same_verdicts() {
	local situation
	finally aws
	finally stop imds-mock
	for situation in '' no-instance-profile profile-not-found role-trust-refuses-ec2 credentials-expired; do
		# shellcheck disable=SC2086  # None is no argument.
		aws $situation
		mirror_imds
		start_imds_mock
		expect_same "${situation:-healthy}" "$(check_on_the_node)" "$(check_on_the_node --connect-to "$IMDS_IP:80=$IMDS_MOCK")"
	done
}

# expect_same SITUATION REPORT REPORT: the verdict, and the state of every link up to
# the one that is broken; behind it the mock's empty keys are tried, and fail.
expect_same() {
	# shellcheck disable=SC2016  # The names are jq's.
	local filter='[.outcome, .plane, .chain, .link, .fault], (.chains[] | .id as $chain |
		.links[:(.links | map(.state == "broken") | index(true) // length) + 1][] | select(.id != "user-data") | [$chain, .id, .state]) | join(" ")'
	expect "the verdicts ($1)" "$(jq -r "$filter" <<<"$2")" "$(jq -r "$filter" <<<"$3")"
	printf '        %s: %s\n' "$1" "$(jq -r '[.outcome, .chain, .link, .fault] | map(. // empty) | join(" ")' <<<"$3")"
}
