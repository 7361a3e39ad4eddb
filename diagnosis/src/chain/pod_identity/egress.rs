//! Whether a NetworkPolicy or a proxy stands between a pod and a literal address.

use std::net::IpAddr;

use crate::facts::{EgressPolicy, EgressRule, IdentityEnv};

/// Policies add up: one that allows the address is enough, and without any policy all is allowed.
pub(in crate::chain) fn blocked(policies: &[EgressPolicy], address: &str, port: u16) -> bool {
    let mut rules = policies.iter().flat_map(|it| &it.allows);
    !policies.is_empty() && !rules.any(|it| allows(it, address, port))
}

fn allows(rule: &EgressRule, address: &str, port: u16) -> bool {
    let holds = |blocks: &[String]| blocks.iter().any(|it| contains(it, address));
    (rule.ports.is_empty() || rule.ports.contains(&port))
        && (rule.blocks.is_empty() || holds(&rule.blocks))
        && !holds(&rule.except)
}

/// The proxy to which an SDK that follows `HTTP_PROXY` sends a request for this address.
pub(in crate::chain) fn proxied<'a>(env: &'a IdentityEnv, address: &str) -> Option<&'a str> {
    env.http_proxy.as_deref().filter(|_| !exempt(env, |it| contains(it, address)))
}

/// The proxy through which an SDK that follows `HTTPS_PROXY` asks this host.
pub(in crate::chain) fn proxied_name<'a>(env: &'a IdentityEnv, host: &str) -> Option<&'a str> {
    let below = |domain: &str| {
        let domain = domain.trim_start_matches('*').trim_start_matches('.');
        let rest = host.strip_suffix(domain).filter(|_| !domain.is_empty());
        rest.is_some_and(|it| it.is_empty() || it.ends_with('.'))
    };
    env.https_proxy.as_deref().filter(|_| !exempt(env, below))
}

/// Whether one of the entries of `NO_PROXY` is for it.
fn exempt(env: &IdentityEnv, is_for: impl Fn(&str) -> bool) -> bool {
    let entries = env.no_proxy.as_deref().unwrap_or_default().split([',', ' ']).map(str::trim);
    entries.into_iter().any(|it| it == "*" || is_for(it))
}

/// A block in CIDR form, or one address, in brackets or not.
fn contains(block: &str, address: &str) -> bool {
    let (base, length) = block.split_once('/').unwrap_or((block, ""));
    let base = base.trim_start_matches('[').trim_end_matches(']');
    let (Ok(base), Ok(address)) = (base.parse::<IpAddr>(), address.parse::<IpAddr>()) else {
        return false;
    };
    let (base, address, width) = match (base, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return false,
    };
    let length = if length.is_empty() { Ok(width) } else { length.parse::<u32>() };
    let Some(rest) = length.ok().and_then(|it| u32::checked_sub(width, it)) else { return false };
    (base ^ address).checked_shr(rest).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: &str = "169.254.170.23";

    fn rule(blocks: &[&str], except: &[&str], ports: &[u16]) -> EgressRule {
        let own = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect();
        EgressRule { blocks: own(blocks), except: own(except), ports: ports.to_vec() }
    }

    fn policy(allows: Vec<EgressRule>) -> EgressPolicy {
        EgressPolicy { name: "p".into(), allows }
    }

    #[test]
    fn one_policy_that_allows_the_address_is_enough() {
        assert!(!blocked(&[], AGENT, 80));
        assert!(blocked(&[policy(vec![])], AGENT, 80));
        let to_dns = policy(vec![rule(&["10.100.0.10/32"], &[], &[53])]);
        assert!(blocked(std::slice::from_ref(&to_dns), AGENT, 80));
        for open in [
            rule(&[], &[], &[]),
            rule(&[], &[], &[80]),
            rule(&["169.254.170.23/32"], &[], &[80]),
            rule(&["169.254.0.0/16"], &["169.254.169.254/32"], &[]),
            rule(&["0.0.0.0/0"], &[], &[]),
        ] {
            assert!(!blocked(&[to_dns.clone(), policy(vec![open.clone()])], AGENT, 80), "{open:?}");
        }
        for shut in [
            rule(&[], &[], &[443]),
            rule(&["0.0.0.0/0"], &["169.254.0.0/16"], &[]),
            rule(&["::/0"], &[], &[]),
            rule(&["169.254.170.22"], &[], &[]),
            rule(&["169.254.170.23/33"], &[], &[]),
        ] {
            assert!(blocked(&[policy(vec![shut.clone()])], AGENT, 80), "{shut:?}");
        }
        assert!(!blocked(&[policy(vec![rule(&["fd00:ec2::/32"], &[], &[])])], "fd00:ec2::23", 80));
    }

    #[test]
    fn an_exempt_domain_is_asked_without_the_proxy() {
        let host = "sts.us-west-2.amazonaws.com";
        for (no, through) in [
            (None, true),
            (Some("10.0.0.0/8,.svc"), true),
            (Some("mazonaws.com"), true),
            (Some(","), true),
            (Some(".svc, .amazonaws.com"), false),
            (Some("amazonaws.com"), false),
            (Some("*.us-west-2.amazonaws.com"), false),
            (Some("sts.us-west-2.amazonaws.com"), false),
            (Some("*"), false),
        ] {
            let env = IdentityEnv {
                https_proxy: Some("proxy:3128".into()),
                no_proxy: no.map(str::to_owned),
                ..IdentityEnv::default()
            };
            assert_eq!(proxied_name(&env, host).is_some(), through, "{no:?}");
        }
    }

    #[test]
    fn an_exempt_address_goes_through_no_proxy() {
        let env = |no: Option<&str>| IdentityEnv {
            http_proxy: Some("proxy.internal:3128".into()),
            no_proxy: no.map(str::to_owned),
            ..IdentityEnv::default()
        };
        for exempt in ["169.254.170.23", "localhost, 169.254.170.23", "169.254.0.0/16", "*"] {
            assert_eq!(proxied(&env(Some(exempt)), AGENT), None, "{exempt}");
        }
        assert_eq!(proxied(&env(Some("[fd00:ec2::23]")), "fd00:ec2::23"), None);
        for not in [None, Some(""), Some("169.254.169.254"), Some(".internal")] {
            assert_eq!(proxied(&env(not), AGENT), Some("proxy.internal:3128"), "{not:?}");
        }
        assert_eq!(proxied(&IdentityEnv::default(), AGENT), None);
    }
}
