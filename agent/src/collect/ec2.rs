//! What EC2 says of this instance, its interfaces and their subnets, asked with the node's own role.
//!
//! Only on demand, one call of each. A role may be without the right to ask; then what it would tell
//! stays unknown, and the right is named.

use std::time::Duration;

use diagnosis::aws::{Place, Service, Variant};
use diagnosis::chain::pod_network::knows_limits;
use diagnosis::facts::{DescribedInstance, Instance, InstanceLimits, Observed, Source, Subnet};
use reach::Net;
use roxmltree::Document;
use tokio::time::Instant;

use super::ask::{self, Found, Missed, observed};
use super::registry::{is_region, known};
use super::signed::{self, Credentials, Said, Scope};

mod xml;

/// Two calls, one after the other, at their worst.
const LIMIT: Duration = Duration::from_secs(12);

const VERSION: &str = "Version=2016-11-15";

#[derive(Default)]
pub(super) struct Ec2 {
    pub(super) described: Observed<DescribedInstance>,
    pub(super) subnets: Observed<Vec<Subnet>>,
    pub(super) limits: Observed<Vec<InstanceLimits>>,
}

struct Caller<'a> {
    net: &'a Net,
    credentials: Credentials,
    region: &'a str,
    deadline: Instant,
}

pub(super) async fn look(
    net: &Net,
    instance: &Observed<Instance>,
    credentials: Result<Credentials, String>,
    deadline: Instant,
) -> Ec2 {
    let (instance, credentials) = match (known(instance), credentials) {
        (Ok(instance), Ok(credentials)) => (instance, credentials),
        (Err(why), _) | (_, Err(why)) => return Ec2::missed(&why),
    };
    let good = is_region(&instance.region) && is_word(&instance.instance_id);
    if !good || !is_word(&instance.instance_type) {
        return Ec2::missed("what IMDS says of the instance cannot be asked about");
    }
    let region = &instance.region;
    let caller = Caller { net, credentials, region, deadline: ask::within(LIMIT, deadline) };
    let about = async {
        let (described, interfaces) = tokio::join!(
            caller.described(&instance.instance_id),
            caller.interfaces(&instance.instance_id),
        );
        let described = described.map(|it| xml::marked(it, interfaces.ok().as_ref()));
        let subnets = match &described {
            Ok((it, _)) => caller.subnets(it).await,
            Err(missed) => Err(Missed::new("ec2:DescribeSubnets", &*missed.why)),
        };
        (described, subnets)
    };
    let ((described, subnets), limits) = tokio::join!(about, caller.limits(&instance));
    Ec2 { described: observed(described), subnets: observed(subnets), limits }
}

impl Ec2 {
    fn missed(why: &str) -> Self {
        Self {
            described: observed(Err(Missed::new("ec2:DescribeInstances", why))),
            subnets: observed(Err(Missed::new("ec2:DescribeSubnets", why))),
            limits: Observed::Skipped,
        }
    }
}

impl Caller<'_> {
    /// The whole answer of one action; what is refused is missed.
    async fn ask(&self, action: &str, form: &str) -> Result<(String, String), Missed> {
        let region = self.region;
        let place = format!("ec2:{action} in {region}");
        let host = Service::Ec2.host(&Place::of_region(region), Variant::default());
        let scope = Scope { service: "ec2", region };
        let form = format!("Action={action}&{VERSION}&{form}");
        let request =
            signed::query(&host, &form).map_err(|error| Missed::new(&place, error.to_string()))?;
        let said = signed::call(self.net, &place, &self.credentials, scope, request, self.deadline)
            .await?;
        if !said.answer.accepted() {
            return Err(Missed::new(&place, refused(action, &said)));
        }
        match str::from_utf8(&said.body) {
            Ok(text) => Ok((place, text.to_owned())),
            Err(_) => Err(Missed::new(&place, "HTTP 200, but not in the words of EC2")),
        }
    }

    async fn read<T>(
        &self,
        action: &str,
        form: &str,
        read: impl FnOnce(&Document<'_>) -> Option<(T, String)>,
    ) -> Found<T> {
        let (place, text) = self.ask(action, form).await?;
        let document = Document::parse(&text).ok();
        match document.as_ref().and_then(read) {
            Some((value, text)) => Ok((value, Source::new(place, reach::now(), text))),
            None => Err(Missed::new(&place, "HTTP 200, but not in the words of EC2")),
        }
    }

    async fn described(&self, id: &str) -> Found<DescribedInstance> {
        self.read("DescribeInstances", &format!("InstanceId.1={id}"), xml::instance).await
    }

    /// Who made each interface, and its tags: of these an instance's own description says nothing.
    async fn interfaces(&self, id: &str) -> Found<Vec<xml::Marks>> {
        let form = format!("Filter.1.Name=attachment.instance-id&Filter.1.Value.1={id}");
        self.read("DescribeNetworkInterfaces", &form, xml::interfaces).await
    }

    async fn subnets(&self, described: &DescribedInstance) -> Found<Vec<Subnet>> {
        let mut ids: Vec<&str> = described.interfaces.iter().map(|it| &*it.subnet_id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|it| is_word(it));
        let ids: Vec<String> =
            ids.iter().zip(1..).map(|(id, at)| format!("SubnetId.{at}={id}")).collect();
        if ids.is_empty() {
            return Err(Missed::new("ec2:DescribeSubnets", "the interfaces name no subnet"));
        }
        self.read("DescribeSubnets", &ids.join("&"), xml::subnets).await
    }

    async fn limits(&self, instance: &Instance) -> Observed<Vec<InstanceLimits>> {
        let kind = &instance.instance_type;
        if knows_limits(kind) {
            return Observed::Skipped;
        }
        let form = format!("InstanceType.1={kind}");
        observed(self.read("DescribeInstanceTypes", &form, xml::limits).await)
    }
}

fn refused(action: &str, said: &Said) -> String {
    match &*said.answer.code {
        code @ ("UnauthorizedOperation" | "AccessDenied") => {
            format!(
                "{code}: the role of this node lacks ec2:{action}, without which this is not known"
            )
        }
        _ => said.text(),
    }
}

/// It becomes part of a form.
fn is_word(text: &str) -> bool {
    let plain = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'.';
    !text.is_empty() && text.len() <= 64 && text.bytes().all(plain)
}
