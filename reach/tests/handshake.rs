//! TLS: each way a certificate or a handshake can be wrong.

use std::io::Write;
use std::process::Command;

use diagnosis::facts::{Ended, Phase, Reach};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, date_time_ymd};
use reach::{Net, Options, Request, Trust};
use rustls::ServerConfig;
use tokio::io::AsyncReadExt;

use crate::stand::{
    Ca, Said, answers_tls, listen, name_server, net, net_with, phases, say, server_config, soon,
};

const NAME: &str = "registry.example.com";
const NOWHERE: &str = "/nonexistent/ca.pem";
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// Asks a server with this configuration under `NAME`, trusting these PEM certificates only.
async fn ask(config: ServerConfig, trusted: &str) -> Reach {
    let to = answers_tls(config, OK).await;
    let (resolver, _) =
        name_server(|_, _| Said::Addresses(vec!["10.0.3.11".parse().unwrap()])).await;
    let request = Request::get(&format!("https://{NAME}/")).unwrap();
    let request = request.trust(Trust::Only(trusted.as_bytes().to_vec()));
    net_with(resolver, to).measure(&request, soon()).await.reach
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken_and_the_issuer_is_noted() {
    let ca = Ca::new("Example Root");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let reach = ask(ca.server(NAME, |_| {}, &[version]), &ca.pem).await;
        assert_eq!(reach.ended, Ended::Answered(200), "{}", reach.error);
        assert_eq!(phases(&reach), [Phase::Dns, Phase::Tcp, Phase::Tls, Phase::Http]);
        assert_eq!(reach.issuer.as_deref(), Some("CN=Example Root"));
    }
}

#[tokio::test]
async fn a_certificate_of_someone_else_is_untrusted_and_names_them() {
    let (proxy, ca) = (Ca::new("Inspecting Proxy"), Ca::new("Example Root"));
    let reach = ask(proxy.plain_server(NAME), &ca.pem).await;
    assert_eq!(reach.ended, Ended::TlsUntrusted, "{}", reach.error);
    assert_eq!(reach.issuer.as_deref(), Some("CN=Inspecting Proxy"));
    assert_eq!(phases(&reach).last(), Some(&Phase::Tls));
}

#[tokio::test]
async fn a_self_signed_certificate_is_untrusted_also_when_it_calls_itself_a_ca() {
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let mut params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "myself");
        params.is_ca = is_ca;
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let config = server_config(certificate.der().clone(), &key, rustls::ALL_VERSIONS);
        let reach = ask(config, &Ca::new("Example Root").pem).await;
        assert_eq!(reach.ended, Ended::TlsUntrusted, "{}", reach.error);
        assert_eq!(reach.issuer.as_deref(), Some("CN=myself"));
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_says_for_which() {
    let ca = Ca::new("Example Root");
    let reach = ask(ca.plain_server("other.example.com"), &ca.pem).await;
    assert_eq!(reach.ended, Ended::TlsWrongName);
    assert!(reach.error.contains("other.example.com"), "{}", reach.error);
}

#[tokio::test]
async fn a_certificate_outside_its_dates_is_expired() {
    let ca = Ca::new("Example Root");
    let past = |it: &mut CertificateParams| it.not_after = date_time_ymd(2001, 2, 3);
    let future = |it: &mut CertificateParams| it.not_before = date_time_ymd(2999, 2, 3);
    for config in
        [ca.server(NAME, past, rustls::ALL_VERSIONS), ca.server(NAME, future, rustls::ALL_VERSIONS)]
    {
        let reach = ask(config, &ca.pem).await;
        assert_eq!(reach.ended, Ended::TlsExpired, "{}", reach.error);
        assert_eq!(reach.issuer.as_deref(), Some("CN=Example Root"));
    }
}

#[tokio::test]
async fn a_certificate_for_an_address_serves_that_address() {
    let ca = Ca::new("Cluster CA");
    let address = answers_tls(ca.plain_server("127.0.0.1"), OK).await;
    let request = Request::get(&format!("https://{address}/")).unwrap();
    let request = request.trust(Trust::Only(ca.pem.into_bytes()));
    let reach = net().measure(&request, soon()).await.reach;
    assert_eq!(reach.ended, Ended::Answered(200), "{}", reach.error);
}

#[tokio::test]
async fn what_is_not_tls_fails() {
    let alert = b"\x15\x03\x03\x00\x02\x02\x28".as_slice();
    for answer in [b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(), alert, b"", &[0; 4096]] {
        let address = listen(move |mut stream| async move {
            let _ = stream.read(&mut [0; 4096]).await;
            say(&mut stream, answer).await;
        })
        .await;
        let request = Request::get(&format!("https://{address}/")).unwrap();
        let reach = net().measure(&request, soon()).await.reach;
        assert_eq!(reach.ended, Ended::TlsFailed, "{answer:?}");
        assert!(!reach.error.is_empty());
        assert_eq!(reach.issuer, None);
    }
}

#[tokio::test]
async fn a_ca_that_is_no_certificate_trusts_no_one_and_says_so() {
    let ca = Ca::new("Example Root");
    let reach = ask(ca.plain_server(NAME), "not a certificate").await;
    assert_eq!(reach.ended, Ended::TlsUntrusted);
    assert!(reach.error.contains("no usable PEM certificate"), "{}", reach.error);
    assert_eq!(reach.issuer.as_deref(), Some("CN=Example Root"));
}

async fn with_system_trust(ca: &Ca, bundle: Option<&str>) -> Reach {
    let to = answers_tls(ca.plain_server("127.0.0.1"), OK).await;
    let file = bundle.map(|pem| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(pem.as_bytes()).unwrap();
        file
    });
    let ca_bundle = file.as_ref().map(|it| it.path().to_owned());
    let net = Net::new(Options { ca_bundle, ..Options::default() }).unwrap();
    net.measure(&Request::get(&format!("https://{to}/")).unwrap(), soon()).await.reach
}

#[tokio::test]
async fn a_ca_bundle_is_trusted_beside_the_machines_own_roots() {
    let ca = Ca::new("Corporate Root");
    assert_eq!(with_system_trust(&ca, None).await.ended, Ended::TlsUntrusted);
    assert_eq!(with_system_trust(&ca, Some(&ca.pem)).await.ended, Ended::Answered(200));
}

/// The environment of a process cannot be changed safely, so this test runs itself in another.
#[tokio::test]
async fn a_machine_without_roots_is_told_which_variable_to_set() {
    if std::env::var_os("SSL_CERT_FILE").is_none_or(|it| it != NOWHERE) {
        let status = Command::new(std::env::current_exe().unwrap())
            .arg("a_machine_without_roots_is_told_which_variable_to_set")
            .env("SSL_CERT_FILE", NOWHERE)
            .env_remove("SSL_CERT_DIR")
            .status();
        assert!(status.unwrap().success());
        return;
    }
    let reach = with_system_trust(&Ca::new("Any"), None).await;
    assert_eq!(reach.ended, Ended::TlsUntrusted);
    assert!(reach.error.contains("set SSL_CERT_FILE"), "{}", reach.error);
    assert!(reach.error.contains(NOWHERE), "{}", reach.error);
}
