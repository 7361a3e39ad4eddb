//! Three authorities: one that plays the public ones, the cluster's own, and one that nobody
//! trusts, such as a proxy has that reads along.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::Error;
use crate::config::Door;
use crate::world::Standin;

const PUBLIC: &str = "eks-triage lab, stand-in for public authorities";
const CLUSTER: &str = "kubernetes";
const STRANGER: &str = "Example Corp TLS inspection";

pub(crate) struct Pki {
    public: Authority,
    cluster: Authority,
    stranger: Authority,
    /// All servers share it: what is tested is never the key.
    leaf: KeyPair,
}

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Pki {
    pub(crate) fn new() -> Result<Self, Error> {
        Self::with(Authority::new(PUBLIC, KeyPair::generate()?)?)
    }

    /// Keeps the public authority's `ca.crt` and `ca.key` in this folder, so that a later lab has
    /// the same; made when they are absent.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self, Error> {
        let (crt, key) = (folder.join("ca.crt"), folder.join("ca.key"));
        let failed = |what: &str, path: &Path, error: &dyn std::fmt::Display| {
            format!("failed to {what} `{}`: {error}", path.display())
        };
        if crt.exists() && key.exists() {
            let read = fs::read_to_string(&key).map_err(|it| failed("read", &key, &it))?;
            let pair = KeyPair::from_pem(&read).map_err(|it| failed("read the key", &key, &it))?;
            let mut authority = Authority::new(PUBLIC, pair)?;
            authority.pem = fs::read_to_string(&crt).map_err(|it| failed("read", &crt, &it))?;
            return Self::with(authority);
        }
        let pki = Self::new()?;
        fs::create_dir_all(folder).map_err(|it| failed("create", folder, &it))?;
        let secret = pki.public.issuer.key().serialize_pem();
        fs::write(&key, secret).map_err(|it| failed("write", &key, &it))?;
        fs::write(&crt, &pki.public.pem).map_err(|it| failed("write", &crt, &it))?;
        Ok(pki)
    }

    fn with(public: Authority) -> Result<Self, Error> {
        let authority = |name| Authority::new(name, KeyPair::generate()?);
        let (cluster, stranger) = (authority(CLUSTER)?, authority(STRANGER)?);
        Ok(Self { public, cluster, stranger, leaf: KeyPair::generate()? })
    }

    /// What a machine trusts that believes the stand-ins.
    pub(crate) fn public_pem(&self) -> &str {
        &self.public.pem
    }

    pub(crate) fn cluster_pem(&self) -> &str {
        &self.cluster.pem
    }

    /// What the kubelet serves with, key and all, from the first to the last of these years.
    pub(crate) fn serving(&self, from: i32, to: i32) -> Result<String, Error> {
        let mut params = CertificateParams::new(vec![crate::world::NODE.to_owned()])?;
        let name = format!("system:node:{}", crate::world::NODE);
        params.distinguished_name.push(DnType::OrganizationName, "system:nodes");
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let certificate = params.signed_by(&self.leaf, &self.cluster.issuer)?;
        Ok(format!("{}{}", certificate.pem(), self.leaf.serialize_pem()))
    }

    /// With the certificate that this door shows.
    pub(crate) fn server(&self, standin: Standin, door: Door) -> Result<Arc<ServerConfig>, Error> {
        let own = if standin == Standin::Cluster { &self.cluster } else { &self.public };
        let authority = if door == Door::Untrusted { &self.stranger } else { own };
        let names = match standin.host() {
            // The second name is for clients that cannot be sent here by the first.
            Some(host) if door != Door::WrongName => vec![host, "localhost".to_owned()],
            _ => vec!["another.example.com".to_owned()],
        };
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "eks-triage lab");
        params.use_authority_key_identifier_extension = true;
        if door == Door::Expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let certificate = params.signed_by(&self.leaf, &authority.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.leaf.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        Ok(Arc::new(config))
    }
}

impl Authority {
    /// Name and key are all that an issuer is, so that the same key is the same authority again.
    fn new(name: &str, key: KeyPair) -> Result<Self, Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = params.self_signed(&key)?.pem();
        Ok(Self { pem, issuer: Issuer::new(params, key) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_authority() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("pki");
        let first = Pki::in_folder(&inner).unwrap();
        let second = Pki::in_folder(&inner).unwrap();
        assert_eq!(first.public_pem(), second.public_pem());
        assert_eq!(
            first.public.issuer.key().serialize_pem(),
            second.public.issuer.key().serialize_pem()
        );
        assert_ne!(first.cluster_pem(), second.cluster_pem());
        assert!(second.server(Standin::StsRegional, Door::Open).is_ok());
    }

    #[test]
    fn a_key_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["ca.crt", "ca.key"] {
            fs::write(folder.path().join(name), "nonsense").unwrap();
        }
        let error = Pki::in_folder(folder.path()).err().unwrap().to_string();
        assert!(error.contains("ca.key"), "{error}");
    }
}
