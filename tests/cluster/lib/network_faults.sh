# shellcheck shell=bash
# What breaks between pods and AWS, with real packets that do not arrive.
# `pods0` is the pods' bridge: the node itself is not touched.

# The instance's hop limit is 1, as EKS sets it: IMDS does not answer to pods.
hop_limit_one() { drop_from_pods hop_limit "ip daddr $IMDS_IP"; }
hop_limit_two() { heal hop_limit; }

# drop_from_pods NAME MATCH
drop_from_pods() {
	heal "$1"
	inside nft -f - <<-END
		table inet $1 {
			chain from_pods {
				type filter hook prerouting priority -300;
				iifname "pods0" $2 drop
			}
		}
	END
}

# heal NAME
heal() { inside nft delete table inet "$1" 2>/dev/null || true; }
