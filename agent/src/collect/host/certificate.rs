//! The certificate that the kubelet serves with. Its file has the key, too, which is passed over.

use std::path::Path;

use diagnosis::document::certificate;
use diagnosis::facts::ServingCertificate;
use diagnosis::os::{self, Image};

use super::files;
use crate::collect::ask::{Found, Missed};

/// What the cluster issued, and what a kubelet makes for itself where it is not to ask.
const ISSUED: &str = "kubelet-server-current.pem";
const OWN: &str = "kubelet.crt";

pub(super) fn read(root: &Path, images: &[&'static Image]) -> Found<ServingCertificate> {
    let folders = os::places(images, |it| Some(it.kubelet_pki));
    let folder = folders.first().copied().unwrap_or_default();
    let place = format!("{folder}/{ISSUED}");
    if files::exists(root, &place) == Some(true) {
        let pem = files::read(root, &place)?;
        let der = certificate::first(&pem);
        let read = der.as_deref().and_then(certificate::read);
        let it = read.ok_or_else(|| Missed::new(&place, "it holds no certificate"))?;
        let text = format!(
            "subject: {}\nissuer: {}\nnotBefore: {}\nnotAfter: {}",
            it.subject, it.issuer, it.not_before, it.not_after
        );
        return Ok((ServingCertificate::Issued(it), files::source(&place, text)));
    }
    let own = format!("{folder}/{OWN}");
    if files::exists(root, &own) == Some(true) {
        return Ok((ServingCertificate::SelfSigned, files::source(&own, own.clone())));
    }
    let seen =
        files::exists(root, folder) == Some(true) && files::exists(root, &place) == Some(false);
    if !seen {
        return Err(Missed::new(&place, format!("{folder} is not seen here")));
    }
    let text = format!("no such file: {place}");
    Ok((ServingCertificate::Missing, files::source(&place, text)))
}
