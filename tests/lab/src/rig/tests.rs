//! A running lab as a client sees it, by the same ladder that the programs under test climb.

use std::time::Duration;

use diagnosis::facts::Ended;
use reach::{Measured, Net, Options, Request, Trust};
use tokio::time::Instant;

use super::*;
use crate::canary;
use crate::config::{Door, NameFault, Rule};
use crate::reply::Reply;

/// What answers does so at once; only what does not takes as long.
const LIMIT: Duration = Duration::from_secs(1);

fn net(lab: &Lab) -> Net {
    let connect_to = lab.connect_to().split(',').map(|it| it.parse().unwrap()).collect();
    Net::new(Options {
        resolver: Some(lab.resolver()),
        connect_to,
        phase_limit: LIMIT,
        ca_bundle: Some(lab.ca_file()),
    })
    .unwrap()
}

async fn measure(net: &Net, request: &Request) -> Measured {
    net.measure(request, Instant::now() + 10 * LIMIT).await
}

async fn ended(net: &Net, url: &str) -> Ended {
    measure(net, &Request::get(url).unwrap()).await.reach.ended
}

const STS: &str = "https://sts.us-west-2.amazonaws.com/";
const KUBELET: &str = "http://127.0.0.1:10248/healthz";

#[tokio::test]
async fn a_door_looks_from_outside_as_it_is_called() {
    let cases = [
        (Door::Open, Ended::Answered(302), Ended::Answered(200)),
        (Door::Refused, Ended::ConnectRefused, Ended::ConnectRefused),
        (Door::BlackHole, Ended::ConnectTimedOut, Ended::ConnectTimedOut),
        (Door::Silent, Ended::TlsTimedOut, Ended::HttpTimedOut),
        (Door::Mute, Ended::HttpTimedOut, Ended::HttpTimedOut),
        (Door::Garbage, Ended::TlsFailed, Ended::HttpFailed),
        (Door::Untrusted, Ended::TlsUntrusted, Ended::Answered(200)),
        (Door::WrongName, Ended::TlsWrongName, Ended::Answered(200)),
        (Door::Expired, Ended::TlsExpired, Ended::Answered(200)),
    ];
    let lab = Lab::start(Config::default()).unwrap();
    let net = net(&lab);
    for (door, sts, kubelet) in cases {
        lab.change(|it| _ = it.door(Standin::StsRegional, door).door(Standin::Kubelet, door))
            .unwrap();
        assert_eq!(ended(&net, STS).await, sts, "{door:?} of STS");
        assert_eq!(ended(&net, KUBELET).await, kubelet, "{door:?} of the kubelet");
    }
    lab.change(|it| _ = it.door(Standin::StsRegional, Door::Open)).unwrap();
    assert_eq!(ended(&net, STS).await, Ended::Answered(302));
    assert_eq!(lab.strays(), 0);
}

#[tokio::test]
async fn a_name_fails_as_it_is_told_to() {
    let cases = [
        (NameFault::NoSuchName, Ended::NameNotFound),
        (NameFault::NoAddress, Ended::NameNotFound),
        (NameFault::ServFail, Ended::NameRefused),
        (NameFault::Refused, Ended::NameRefused),
        (NameFault::Silent, Ended::NameUnanswered),
        (NameFault::Mismatched, Ended::NameUnanswered),
        (NameFault::Truncated, Ended::Answered(302)),
    ];
    let lab = Lab::start(Config::default()).unwrap();
    let net = net(&lab);
    for (fault, expected) in cases {
        let faults = vec![("sts.us-west-2.amazonaws.com".to_owned(), fault)];
        lab.change(|it| it.names.faults = faults).unwrap();
        assert_eq!(ended(&net, STS).await, expected, "{fault:?}");
    }
}

#[tokio::test]
async fn what_nobody_plays_ends_in_the_lab_and_is_counted() {
    let lab = Lab::start(Config::default()).unwrap();
    let net = net(&lab);
    for url in ["http://10.9.9.9/", "http://[fd00:ec2::23]:2703/", "http://169.254.169.254:8080/"] {
        ended(&net, url).await;
    }
    assert_eq!(lab.strays(), 3);
    assert!(lab.requests().is_empty() && lab.connections().is_empty());
}

#[tokio::test]
async fn imds_wants_a_token_and_says_what_it_was_asked() {
    let lab = Lab::start(Config::default()).unwrap();
    let net = net(&lab);
    let token = "http://169.254.169.254/latest/api/token";
    let role = "http://169.254.169.254/latest/meta-data/iam/security-credentials/eks-node";
    assert_eq!(ended(&net, role).await, Ended::Answered(401));
    for (ttl, status) in [("0", 400), ("21601", 400), ("60", 200)] {
        let put = Request::put(token).unwrap();
        let put = put.header("x-aws-ec2-metadata-token-ttl-seconds", ttl).unwrap();
        assert_eq!(measure(&net, &put).await.reach.status(), Some(status), "{ttl}");
    }
    let get = Request::get(role).unwrap().header("x-aws-ec2-metadata-token", canary::IMDS_TOKEN);
    let body = measure(&net, &get.unwrap()).await.body;
    assert!(String::from_utf8(body).unwrap().contains(canary::NODE_SECRET));
    let asked: Vec<_> =
        lab.requests().iter().map(|it| format!("{} {}", it.method, it.status)).collect();
    assert_eq!(asked, ["GET 401", "PUT 400", "PUT 400", "PUT 200", "GET 200"]);
}

#[tokio::test]
async fn a_scripted_answer_may_be_given_only_at_first_or_never_end() {
    let mut config = Config::default();
    config.rule(Rule::new(Standin::Kubelet, "/healthz", Reply::html(404)).times(1));
    config.rule(Rule::new(Standin::Kubelet, "/endless", Reply::endless(200)));
    let lab = Lab::start(config).unwrap();
    let net = net(&lab);
    assert_eq!(ended(&net, KUBELET).await, Ended::Answered(404));
    assert_eq!(ended(&net, KUBELET).await, Ended::Answered(200));
    let endless = Request::get("http://127.0.0.1:10248/endless").unwrap().max_body(100_000);
    let measured = measure(&net, &endless).await;
    assert!(measured.truncated && measured.body.len() == 100_000);
}

#[tokio::test]
async fn a_review_binds_a_token_to_its_audience_and_its_pod() {
    let lab = Lab::start(Config::default()).unwrap();
    let net = net(&lab);
    let review = async |token: &str, audience: &str| {
        let body = serde_json::json!({"spec": {"token": token, "audiences": [audience]}});
        let url =
            format!("https://{}/apis/authentication.k8s.io/v1/tokenreviews", world::CLUSTER_HOST);
        let ca = std::fs::read(lab.folder().join("cluster-ca.crt")).unwrap();
        let request = Request::post(&url, body.to_string()).unwrap().trust(Trust::Only(ca));
        let key = format!("Bearer {}", canary::KUBE_TOKEN);
        let answer = measure(&net, &request.secret("authorization", &key).unwrap()).await;
        assert_eq!(answer.reach.status(), Some(201));
        serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap()["status"].clone()
    };
    let good = lab.mint(&Token::for_reports()).unwrap();
    let status = review(&good, "eks-triage").await;
    assert_eq!(status["audiences"][0], "eks-triage");
    assert_eq!(status["user"]["username"], "system:serviceaccount:prod:api");
    let extra = &status["user"]["extra"];
    assert_eq!(extra["authentication.kubernetes.io/node-name"][0], world::NODE);

    let forged = Token { forged: true, ..Token::for_reports() };
    let expired = Token { expires_in: -1, ..Token::for_reports() };
    let other = Token::for_sts();
    for token in [forged, expired, other] {
        let status = review(&lab.mint(&token).unwrap(), "eks-triage").await;
        assert!(status["error"].is_string() && status["authenticated"].is_null(), "{token:?}");
    }
    lab.change(|it| it.deleted_pods.push(world::POD_UID.to_owned())).unwrap();
    assert!(review(&good, "eks-triage").await["error"].is_string());
}

#[tokio::test]
async fn at_given_addresses_one_listener_plays_every_host_by_its_name() {
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let pki = tempfile::tempdir().unwrap();
    let (pod_identity, pki_folder) = (Some(any), pki.path().to_owned());
    let places = Places { imds: any, pod_identity, https: any, dns: vec![any], pki: pki_folder };
    let mut config = Config::default();
    config.door(Standin::Registry, Door::WrongName).door(Standin::EcrApi, Door::BlackHole);
    let (ready, waiting) = std_mpsc::channel();
    // It serves until the test's process ends.
    thread::spawn(move || places.serve(config, |_, https| ready.send(https).unwrap()).unwrap());
    let https = waiting.recv().unwrap();
    let lab = Lab::start(Config::default()).unwrap();
    let connect_to = vec![format!("*={https}").parse().unwrap()];
    let net = Net::new(Options {
        resolver: Some(lab.resolver()),
        connect_to,
        phase_limit: LIMIT,
        ca_bundle: Some(pki.path().join("ca.crt")),
    })
    .unwrap();
    let url = |it: Standin| format!("https://{}/v2/", it.host().unwrap());
    assert_eq!(ended(&net, &url(Standin::StsGlobal)).await, Ended::Answered(302));
    assert_eq!(ended(&net, &url(Standin::LayerHost)).await, Ended::Answered(403));
    assert_eq!(ended(&net, &url(Standin::Registry)).await, Ended::TlsWrongName);
    // A connection that was accepted cannot be refused any more.
    assert_eq!(ended(&net, &url(Standin::EcrApi)).await, Ended::TlsTimedOut);
}
