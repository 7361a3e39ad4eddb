//! Projected ServiceAccount tokens of the lab's own cluster: minted here, verified by the
//! stand-in of its API server, and read by that of STS.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    UnparsedPublicKey,
};
use serde_json::{Value, json};

use crate::{Error, canary, world};

/// What a token shall say.
#[derive(Clone, Debug)]
pub struct Token {
    pub issuer: String,
    pub namespace: String,
    pub service_account: String,
    pub audiences: Vec<String>,
    /// Seconds from now; negative for one that expired.
    pub expires_in: i64,
    pub pod: String,
    pub pod_uid: String,
    pub node: String,
    pub node_uid: String,
    /// Signed by a key that the cluster does not know.
    pub forged: bool,
}

impl Token {
    /// For this audience, as the pod `prod/api-7d9f` on this node has it.
    pub fn new(audience: &str) -> Self {
        Self {
            issuer: world::ISSUER.to_owned(),
            namespace: world::NAMESPACE.to_owned(),
            service_account: world::SERVICE_ACCOUNT.to_owned(),
            audiences: vec![audience.to_owned()],
            expires_in: 24 * 3600,
            pod: world::POD.to_owned(),
            pod_uid: world::POD_UID.to_owned(),
            node: world::NODE.to_owned(),
            node_uid: world::NODE_UID.to_owned(),
            forged: false,
        }
    }

    pub fn for_sts() -> Self {
        Self::new("sts.amazonaws.com")
    }

    /// With which a probe reports to the agent.
    pub fn for_reports() -> Self {
        Self { expires_in: 3600, ..Self::new("eks-triage") }
    }

    pub fn for_pod_identity() -> Self {
        Self::new("pods.eks.amazonaws.com")
    }

    /// The one that every pod has for the API server.
    pub fn for_the_api_server() -> Self {
        Self::new("https://kubernetes.default.svc")
    }

    fn claims(&self) -> Value {
        let now = now();
        let expires = now + self.expires_in;
        // Issued in the past also when it already expired.
        let issued = now.min(expires - 60);
        json!({
            "aud": self.audiences, "exp": expires, "iat": issued, "nbf": issued,
            "iss": self.issuer, "jti": "7b0cf3a0-2f5e-4a52-8d34-5a1c9a0a6f11",
            "sub": format!("system:serviceaccount:{}:{}", self.namespace, self.service_account),
            "kubernetes.io": {
                "namespace": self.namespace,
                "node": {"name": self.node, "uid": self.node_uid},
                "pod": {"name": self.pod, "uid": self.pod_uid},
                "serviceaccount": {
                    "name": self.service_account, "uid": world::SERVICE_ACCOUNT_UID,
                },
            },
        })
    }
}

/// The cluster's signing key, and one that is not the cluster's.
pub(crate) struct Mint {
    own: EcdsaKeyPair,
    stranger: EcdsaKeyPair,
    random: SystemRandom,
    signatures: Mutex<Vec<String>>,
}

impl Mint {
    pub(crate) fn new() -> Result<Self, Error> {
        let random = SystemRandom::new();
        let key = || {
            let failed = |error| format!("failed to make a key for tokens: {error}");
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random)
                .map_err(|error| failed(error.to_string()))?;
            EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random)
                .map_err(|error| failed(error.to_string()))
        };
        let (own, stranger) = (key()?, key()?);
        Ok(Self { own, stranger, random, signatures: Mutex::default() })
    }

    pub(crate) fn mint(&self, token: &Token) -> Result<String, Error> {
        let header = json!({"alg": "ES256", "kid": canary::TOKEN_KEY_ID, "typ": "JWT"});
        let encode = |it: &Value| URL_SAFE_NO_PAD.encode(it.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&token.claims()));
        let key = if token.forged { &self.stranger } else { &self.own };
        let signature = key
            .sign(&self.random, signed.as_bytes())
            .map_err(|error| format!("failed to sign a token: {error}"))?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        self.signatures().push(signature.clone());
        Ok(format!("{signed}.{signature}"))
    }

    /// Of all tokens so far: what of a token is secret and told apart from its claims.
    pub(crate) fn signatures(&self) -> MutexGuard<'_, Vec<String>> {
        self.signatures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The claims, if the cluster signed them.
    pub(crate) fn verify(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.own.public_key());
        key.verify(signed.as_bytes(), &signature).ok()?;
        claims(token)
    }
}

/// The claims of a token of whatever key, unverified: the lab plays in clusters of which it does
/// not hold the key, too.
pub(crate) fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, body, _) = (parts.next()?, parts.next()?, parts.next()?);
    let body = URL_SAFE_NO_PAD.decode(body).ok().filter(|_| parts.next().is_none())?;
    serde_json::from_slice(&body).ok().filter(Value::is_object)
}

/// `aud` is one text or a list of them.
pub(crate) fn audiences(claims: &Value) -> Vec<&str> {
    match &claims["aud"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cluster_s_own_signature_is_good() {
        let mint = Mint::new().unwrap();
        let good = mint.mint(&Token::for_reports()).unwrap();
        let verified = mint.verify(&good).unwrap();
        assert_eq!(audiences(&verified), ["eks-triage"]);
        assert_eq!(verified["kubernetes.io"]["pod"]["name"], world::POD);

        let forged = mint.mint(&Token { forged: true, ..Token::for_reports() }).unwrap();
        assert!(mint.verify(&forged).is_none() && claims(&forged).is_some());
        let (signed, _) = good.rsplit_once('.').unwrap();
        for broken in ["", "a.b", "a.b.c", &format!("{signed}."), &format!("{good}.x")] {
            assert!(mint.verify(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn an_expired_token_was_issued_before_it_expired() {
        let mint = Mint::new().unwrap();
        let old = mint.mint(&Token { expires_in: -10, ..Token::for_sts() }).unwrap();
        let claims = claims(&old).unwrap();
        assert!(claims["exp"].as_i64().unwrap() < now());
        assert!(claims["iat"].as_i64() < claims["exp"].as_i64());
    }
}
