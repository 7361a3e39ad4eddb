//! The tokens that EKS mounts for AWS: each one's file, and its claims for display and comparison.

use std::path::Path;

use diagnosis::facts::{Claims, Observed, Source, TokenFile};
use reach::now;

use crate::environment::{Environment, Variable};
use crate::line::{MESSAGE, line};
use crate::permission;
use crate::secret::Secret;
use crate::token_file;

/// What was seen, and the token where the workload would use it.
pub(super) type Found = (Observed<TokenFile>, Option<Secret>);

pub(super) async fn web_identity(environment: &Environment) -> Found {
    mounted(
        &environment.token_file,
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
    )
    .await
}

pub(super) async fn pod_identity(environment: &Environment) -> Found {
    mounted(
        &environment.container_token_file,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token",
    )
    .await
}

/// `usual` is where the webhook of EKS mounts it.
async fn mounted(variable: &Variable, name: &str, usual: &str) -> Found {
    match variable.path() {
        Some(path) => look(&path, path.display().to_string()).await,
        // The webhook mounted it, but this container was not told.
        None if Path::new(usual).exists() => {
            let place = format!("{usual}, though {name} is not set");
            (look(Path::new(usual), place).await.0, None)
        }
        None => (Observed::Skipped, None),
    }
}

async fn look(path: &Path, place: String) -> Found {
    let place = line(&place, MESSAGE);
    match token_file::read(path).await {
        Ok((file, secret)) => {
            let source = Source::new(place, now(), text(&file, path));
            (Observed::seen(file, source), secret)
        }
        Err(error) => (Observed::failed(error.to_string(), Source::new(place, now(), "")), None),
    }
}

fn text(file: &TokenFile, path: &Path) -> String {
    match file {
        TokenFile::Claims(claims) => shown(claims),
        TokenFile::Denied => permission::denied(path),
        other => token_file::why_not(other).to_owned(),
    }
}

/// Why a call that needs the token was not made.
pub(super) fn not_asked(file: &Observed<TokenFile>) -> String {
    let why = file.value().map_or("failed to read it", token_file::why_not);
    format!("not asked, because the token file holds no token: {why}")
}

fn shown(claims: &Claims) -> String {
    let Claims { issuer, audience, subject, expires, .. } = claims;
    let [issuer, audience, subject] =
        [issuer, &audience.join(", "), subject].map(|it| line(it, MESSAGE));
    format!("iss {issuer}\naud {audience}\nsub {subject}\nexp {expires}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn the_claims_are_quoted_and_the_token_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, testing::token("api", "sts.amazonaws.com")).unwrap();
        let path = path.to_str().unwrap();
        let environment = Environment::of(&[("AWS_WEB_IDENTITY_TOKEN_FILE", path)]);
        let (Observed::Seen { source, .. }, Some(secret)) = web_identity(&environment).await else {
            panic!("not read");
        };
        assert_eq!(source.place, path);
        assert_eq!(
            source.text,
            "iss https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539\n\
             aud sts.amazonaws.com\n\
             sub system:serviceaccount:prod:api\n\
             exp 2026-03-02T10:00:00Z"
        );
        assert!(secret.expose().ends_with(b"UExBTlRFRA") && !source.text.contains("UExBTlRFRA"));
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_was_looked_for() {
        let environment = Environment::of(&[("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/t")]);
        let (observed, secret) = web_identity(&environment).await;
        assert_eq!(observed.value(), Some(&TokenFile::Missing));
        assert!(secret.is_none());
    }

    #[test]
    fn a_claim_can_forge_no_line() {
        let claims = Claims { issuer: "i\nexp 2999".to_owned(), ..Claims::default() };
        assert_eq!(shown(&claims).lines().count(), 4);
    }
}
