use super::*;

fn user_data(body: &[u8]) -> UserData {
    read(body, |der| format!("digest of {} bytes", der.len()))
}

fn config(body: &[u8]) -> NodeConfig {
    match user_data(body) {
        UserData::NodeConfig(it) => it,
        other => panic!("{other:?}"),
    }
}

fn broken(body: &[u8]) -> String {
    match user_data(body) {
        UserData::Broken { why } => why,
        other => panic!("{other:?}"),
    }
}

/// The certificate's three bytes are none that anybody could use.
fn yaml() -> String {
    let pem = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
    format!(
        "---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  featureGates:\n    InstanceIdNodeName: true\n    Other: false\n  cluster:\n    name: prod\n    apiServerEndpoint: https://x.eks.amazonaws.com\n    certificateAuthority: {}\n    cidr: 10.100.0.0/16\n",
        STANDARD.encode(pem)
    )
}

fn mime(kind: &str, part: &str) -> String {
    format!(
        "Content-Type: multipart/mixed;\n boundary=\"==B==\"\nMIME-Version: 1.0\n\npreamble\n--==B==\nContent-Type: text/x-shellscript; charset=\"us-ascii\"\n\n#!/bin/bash\necho password=planted\n\n--==B==\nContent-Type: {kind}\n\n{part}\n--==B==--\nafterwards"
    )
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let header = [0x1f, 0x8b, 8, NAME_AND_EXTRA, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7, b'n', 0];
    [&header, &miniz_oxide::deflate::compress_to_vec(text, 6)[..], &[0; 8]].concat()
}

const NAME_AND_EXTRA: u8 = 8 | 4;

#[test]
fn a_node_config_is_read_whatever_is_wrapped_around_it() {
    let parts = mime("application/node.eks.aws", &yaml());
    let encoded = mime("application/node.eks.aws", &STANDARD.encode(yaml()));
    let zipped = gzip(parts.as_bytes());
    for body in [
        yaml().into_bytes(),
        parts.replace('\n', "\r\n").into_bytes(),
        parts.clone().into_bytes(),
        encoded.into_bytes(),
        zipped.clone(),
        STANDARD.encode(&zipped).into_bytes(),
        STANDARD.encode(&parts).into_bytes(),
    ] {
        let it = config(&body);
        assert_eq!(it.name.as_deref(), Some("prod"));
        assert_eq!(it.endpoint.as_deref(), Some("https://x.eks.amazonaws.com"));
        assert_eq!(it.ca_sha256.as_deref(), Some("digest of 3 bytes"));
        assert_eq!(it.cidr.as_deref(), Some("10.100.0.0/16"));
        assert_eq!(it.api_version, "node.eks.aws/v1alpha1");
        assert_eq!(it.gates, ["InstanceIdNodeName"]);
    }
}

#[test]
fn what_a_node_config_leaves_out_is_missing_and_later_parts_stand() {
    let text =
        "apiVersion: node.eks.aws/v1\nkind: NodeConfig\nspec:\n  cluster: {name: '', cidr: 1}\n";
    let it = config(text.as_bytes());
    assert_eq!((it.name, it.endpoint, it.ca_sha256), (None, None, None));
    assert_eq!((it.api_version.as_str(), it.cidr.as_deref()), ("node.eks.aws/v1", Some("1")));

    let two = yaml()
        + "\n--==B==\nContent-Type: application/node.eks.aws\n\nkind: NodeConfig\napiVersion: node.eks.aws/v1alpha1\nspec: {cluster: {name: other}}\n";
    let it = config(mime("application/node.eks.aws", &two).as_bytes());
    assert_eq!((it.name.as_deref(), it.cidr.as_deref()), (Some("other"), Some("10.100.0.0/16")));
}

#[test]
fn a_node_config_under_another_type_is_none_for_nodeadm() {
    for kind in ["text/cloud-config", "application/yaml", ""] {
        assert_eq!(user_data(mime(kind, &yaml()).as_bytes()), UserData::Other, "{kind}");
    }
}

#[test]
fn the_cluster_of_a_bootstrap_call_is_its_one_argument() {
    for (line, name) in [
        ("/etc/eks/bootstrap.sh prod", Some("prod")),
        ("/etc/eks/bootstrap.sh 'prod' --kubelet-extra-args '--node-labels=a=b,c=d'", Some("prod")),
        (
            "set -o xtrace; /etc/eks/bootstrap.sh --b64-cluster-ca AAA= \\\n  --dns-cluster-ip=10.0.0.10 prod",
            Some("prod"),
        ),
        ("/etc/eks/bootstrap.sh \"$CLUSTER\"", None),
        ("/etc/eks/bootstrap.sh --apiserver-endpoint https://x", None),
        ("/etc/eks/bootstrap.sh", None),
    ] {
        let text = format!("#!/bin/bash\n# /etc/eks/bootstrap.sh never\n{line}\n");
        let cluster = name.map(str::to_owned);
        let call = UserData::Bootstrap { cluster, with_endpoint: false };
        assert_eq!(user_data(text.as_bytes()), call, "{line}");
    }
    let text =
        "#!/bin/bash\n/etc/eks/bootstrap.sh prod --b64-cluster-ca A --apiserver-endpoint B\n";
    let call = UserData::Bootstrap { cluster: Some("prod".to_owned()), with_endpoint: true };
    assert_eq!(user_data(text.as_bytes()), call);
    for text in [
        "#!/bin/bash\n# /etc/eks/bootstrap.sh prod\n",
        "#!/bin/sh\ncat /etc/eks/bootstrap.sh.bak\n",
        "hello",
    ] {
        assert_eq!(user_data(text.as_bytes()), UserData::Other, "{text}");
    }
    assert_eq!(user_data(b" \n"), UserData::None);
}

#[test]
fn settings_of_bottlerocket_name_their_cluster() {
    for (text, name) in [
        ("[settings.kubernetes]\napi-server = \"x\"\ncluster-name = \"prod\"\n", Some("prod")),
        ("settings.kubernetes.cluster-name = 'prod'\n", Some("prod")),
        ("[settings.host-containers.admin]\ncluster-name = \"no\"\n", None),
    ] {
        let cluster = name.map(str::to_owned);
        assert_eq!(user_data(text.as_bytes()), UserData::Settings { cluster }, "{text}");
    }
}

#[test]
fn what_cannot_be_read_says_why_and_repeats_nothing() {
    let zipped = gzip(b"planted");
    let ca = yaml().replace("certificateAuthority: ", "certificateAuthority: '*planted*' #");
    let none = yaml().replace("certificateAuthority: ", "certificateAuthority: cGxhbnRlZA== #");
    let parts = mime("application/node.eks.aws", "planted");
    for (body, reason) in [
        (&zipped[..14], "cannot be unfolded"),
        (&zipped[..zipped.len() - 12], "cannot be unfolded"),
        (b"planted\xff\xfe", "neither text"),
        (b"Content-Type: multipart/mixed; boundary=x\n\nplanted", "no part begins"),
        (b"Content-Type: multipart/mixed\n\n--x\nplanted", "no boundary"),
        (b"kind: NodeConfig\nspec: [planted", "no YAML at line"),
        (ca.as_bytes(), "not base64"),
        (none.as_bytes(), "no certificate"),
        (parts.as_bytes(), "holds no NodeConfig"),
    ] {
        let why = broken(body);
        assert!(why.contains(reason) && !why.contains("planted"), "{why}");
    }
}

#[test]
fn hostile_user_data_costs_no_more_than_its_limit() {
    let bomb = gzip(&vec![b' '; LIMIT * 8]);
    assert!(bomb.len() < 64 * 1024);
    assert!(broken(&bomb).contains("unfolds into more than"));
    let nested = (0..6).fold(yaml().into_bytes(), |it, _| gzip(&it));
    assert!(broken(&nested).contains("neither text"));
    let aliases = (0..20).fold("kind: NodeConfig\na0: &a0 [x]\n".to_owned(), |text, at| {
        let next = at + 1;
        text + &format!("a{next}: &a{next} [*a{at}, *a{at}, *a{at}, *a{at}, *a{at}, *a{at}]\n")
    });
    assert!(broken(aliases.as_bytes()).contains("no YAML"));
    let deep = format!("kind: NodeConfig\nspec: {}", "[".repeat(60_000));
    assert!(broken(deep.as_bytes()).contains("no YAML"));
    let many = "--b\n".repeat(16_000);
    let text = format!("Content-Type: multipart/mixed; boundary=b\n\n{many}");
    assert_eq!(user_data(text.as_bytes()), UserData::Other);
}
