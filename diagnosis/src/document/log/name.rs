//! Whose log it is, where its begin tells.

/// What one of its first lines has, and whose it is then.
const KNOWN: [(&str, &str); 9] = [
    ("\"caller\":\"ipamd/", "ipamd log"),
    ("aws-k8s-agent", "ipamd log"),
    ("aws-vpc-cni/main.go", "log of aws-node"),
    ("kubelet[", "kubelet log"),
    ("kubelet.go:", "kubelet log"),
    ("containerd[", "containerd log"),
    ("nodeadm", "log of nodeadm"),
    ("CoreDNS-1.", "CoreDNS log"),
    ("eks-pod-identity-agent", "log of the Pod Identity agent"),
];

/// So much of it tells.
const HEAD: usize = 8 << 10;

pub fn name(head: &[u8]) -> &'static str {
    let head = String::from_utf8_lossy(&head[..head.len().min(HEAD)]);
    KNOWN.iter().find(|(mark, _)| head.contains(mark)).map_or("log", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_named_by_whoever_wrote_it() {
        for (head, expected) in [
            (r#"{"level":"info","caller":"ipamd/ipamd.go:485","msg":"x"}"#, "ipamd log"),
            ("Mar 01 10:05:00 ip-10-0-1-10 kubelet[3542]: E0301 x", "kubelet log"),
            ("GET /healthz 200", "log"),
            ("", "log"),
        ] {
            assert_eq!(name(head.as_bytes()), expected, "{head}");
        }
    }
}
