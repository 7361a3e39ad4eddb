//! The instance metadata service, by IMDSv2 only: what this instance is, and whose role it has.
//!
//! Knows paths as constants and follows nothing that an answer names, but role names and MAC
//! addresses of the expected form. Credentials are read for their verdict and dropped.

use diagnosis::facts::{Instance, Interface, Observed, Profile, Reach, RoleDocument, UserData};
use reach::Net;
use tokio::sync::watch;
use tokio::time::Instant;

use super::ask::{Missed, observed};
use super::signed::Handed;

mod documents;
mod interfaces;
mod memory;
mod session;
mod user_data;
mod wait;

pub(crate) use wait::appears;

pub(crate) use memory::Memory;

/// What IMDS said.
pub(super) struct Imds {
    pub(super) token: Observed<Reach>,
    pub(super) token_ipv6: Observed<Reach>,
    /// The name that it gives this instance.
    pub(super) name: Observed<String>,
    pub(super) instance: Observed<Instance>,
    pub(super) profile: Observed<Profile>,
    pub(super) role: Observed<RoleDocument>,
    pub(super) interfaces: Observed<Vec<Interface>>,
    pub(super) user_data: Observed<UserData>,
}

/// Those who need to know which instance this is wait for it on a channel.
pub(super) type Identity = Option<Observed<Instance>>;

/// Tells `identity` as soon as the instance is known, or known to stay unknown, and hands on the
/// role's credentials likewise.
pub(super) async fn look(
    net: &Net,
    memory: &Memory,
    identity: watch::Sender<Identity>,
    credentials: watch::Sender<Handed>,
    deadline: Instant,
) -> Imds {
    let session::Opened { ipv4: token, ipv6: token_ipv6, session } =
        session::open(net, memory, deadline).await;
    let Some(session) = session else {
        identity.send_replace(Some(closed()));
        credentials
            .send_replace(Some(Err("the metadata service gave no session token".to_owned())));
        return Imds {
            token,
            token_ipv6,
            name: closed(),
            instance: closed(),
            profile: closed(),
            role: closed(),
            interfaces: closed(),
            user_data: closed(),
        };
    };
    let about = async {
        let (instance, name) = documents::instance(&session).await;
        let instance = observed(instance);
        identity.send_replace(Some(instance.clone()));
        (instance, observed(name))
    };
    let role = async {
        let (role, keys) = documents::role(&session).await;
        let none = || "the metadata service gave no credentials of a role".to_owned();
        credentials.send_replace(Some(keys.ok_or_else(none)));
        role
    };
    let ((instance, name), profile, role, interfaces, user_data) = tokio::join!(
        about,
        documents::profile(&session),
        role,
        interfaces::interfaces(&session),
        user_data::user_data(&session),
    );
    let user_data = observed(user_data);
    let (profile, role, interfaces) = (observed(profile), observed(role), observed(interfaces));
    Imds { token, token_ipv6, name, instance, profile, role, interfaces, user_data }
}

fn closed<T>() -> Observed<T> {
    observed(Err(Missed::new(session::PLACE, "the metadata service gave no session token")))
}
