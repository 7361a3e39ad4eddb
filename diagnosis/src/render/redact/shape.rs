//! Documents of the AWS CLI and of kubectl that can be shown to others and still lead to the same
//! verdict: an id looks like an id, and an address is in the networks in which it was.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Map, Value};

use super::{Redaction, Redactor, Scope};

/// Words that the APIs define, and what is no text of anybody.
const KEPT: &[&str] = &[
    "Action",
    "AvailabilityZone",
    "Effect",
    "InstanceType",
    "LifecycleState",
    "State",
    "Status",
    "StatusCode",
    "action",
    "amiType",
    "apiVersion",
    "authenticationMode",
    "caSha256",
    "capacityType",
    "code",
    "data",
    "instanceTypes",
    "ipFamily",
    "kind",
    "status",
    "type",
];

/// Tags by which a resource is found; all others say what people like.
const TAGS: &[&str] = &[
    "Name",
    "alpha.eksctl.io/",
    "aws:",
    "eks.amazonaws.com/",
    "eks:",
    "eksctl.",
    "k8s.io/",
    "karpenter.",
    "kubernetes.io/",
];

/// What a Node says of its machine, and what anybody writes at objects.
const GONE: &[&str] = &["annotations", "bootID", "machineID", "systemUUID"];

const REMOVED: &str = "(removed)";

impl Redaction {
    /// For documents. Addresses are scattered by the seed, which nobody keeps.
    pub fn of_documents(scope: Scope, seed: u64) -> Self {
        Self(Redactor { seed: Some(seed), ..Redactor::new(scope) })
    }

    /// Each is read once before the first counts: a name in one is a name in all.
    pub fn document(&mut self, value: &Value) -> Value {
        self.0.value("", value)
    }
}

impl Redactor {
    fn value(&mut self, key: &str, value: &Value) -> Value {
        match value {
            _ if KEPT.contains(&key) && !value.is_object() => value.clone(),
            Value::String(it) if key == "UserId" && it.contains(':') => {
                let (id, _) = it.split_once(':').unwrap_or_default();
                Value::from(format!("{}:{REMOVED}", self.text(id)))
            }
            Value::String(it) => Value::from(self.text(it)),
            Value::Array(all) => all.iter().map(|it| self.value(key, it)).collect(),
            Value::Object(all) if key == "tags" => self.map(all),
            Value::Object(all) => match (all.get("Key"), all.get("Value")) {
                (Some(Value::String(name)), Some(_)) if !is_own(name) && all.len() <= 5 => {
                    self.object(all, Some("Value"))
                }
                _ => self.object(all, None),
            },
            other => other.clone(),
        }
    }

    fn object(&mut self, all: &Map<String, Value>, without: Option<&str>) -> Value {
        let mut object = Map::new();
        for (key, it) in all.iter().filter(|(key, _)| !GONE.contains(&&***key)) {
            let put = match without {
                Some(it) if it == key => Value::from(REMOVED),
                _ => self.value(key, it),
            };
            object.insert(key.clone(), put);
        }
        Value::Object(object)
    }

    /// Tags as EKS writes them.
    fn map(&mut self, all: &Map<String, Value>) -> Value {
        let mut object = Map::new();
        for (key, it) in all {
            let put = if is_own(key) { self.value("", it) } else { Value::from(REMOVED) };
            object.insert(self.text(key), put);
        }
        Value::Object(object)
    }

    /// What stands for a token, in front of what follows it.
    pub(super) fn shaped(&mut self, label: &'static str, found: &str, after: &str) -> String {
        let Some(seed) = self.seed else { return self.placeholder(label, found) };
        match (label, found.parse::<IpAddr>()) {
            ("address", Ok(it)) => network(it, after, seed),
            // The address in it is a private one.
            ("node", _) => found.to_owned(),
            ("account", _) => {
                self.numbered(label, found, |count| (100_000_000_000 + count).to_string())
            }
            ("unique-id", _) => {
                let (head, tail) = found.split_at(4);
                self.numbered(label, found, |count| format!("{head}{count:0>0$}", tail.len()))
            }
            ("association", _) => self.numbered(label, found, |count| format!("a-{count:0>17}")),
            _ => match found.rsplit_once('-') {
                Some((head, tail)) if tail.bytes().all(|it| it.is_ascii_hexdigit()) => {
                    self.numbered(label, found, |count| format!("{head}-{count:017x}"))
                }
                _ => self.placeholder(label, found),
            },
        }
    }

    fn numbered(
        &mut self,
        label: &'static str,
        found: &str,
        form: impl Fn(usize) -> String,
    ) -> String {
        if let Some(given) = self.given.get(found) {
            return given.clone();
        }
        let count = self.counted.entry(label).or_default();
        *count += 1;
        let given = form(*count);
        self.given.insert(found.to_owned(), given.clone());
        given
    }
}

fn is_own(tag: &str) -> bool {
    TAGS.iter().any(|it| tag.starts_with(it))
}

/// An address of everybody's private networks tells nobody. Of another one the bits are exchanged so
/// that those that began alike still do.
fn network(address: IpAddr, after: &str, seed: u64) -> String {
    let length = after.strip_prefix('/').map(|it| {
        let end = it.find(|it: char| !it.is_ascii_digit()).unwrap_or(it.len());
        it[..end].parse::<u32>().ok()
    });
    let length = length.flatten();
    match address {
        IpAddr::V4(it) => {
            let [first, second, ..] = it.octets();
            let shared = first == 100 && second & 0xc0 == 64;
            if it.is_private() || shared {
                return it.to_string();
            }
            // Where private and public networks are neighbours, they are told apart by more.
            let mixed = matches!(first, 100 | 169 | 172 | 192 | 198 | 203);
            let bits = u128::from(it.to_bits());
            let bits = scatter(bits, 32, if mixed { 16 } else { 8 }, length.unwrap_or(32), seed);
            u32::try_from(bits).map_or(it, Ipv4Addr::from_bits).to_string()
        }
        IpAddr::V6(it) => {
            let own = it.segments()[0] & 0xfe00 == 0xfc00;
            if own {
                return it.to_string();
            }
            let bits = scatter(it.to_bits(), 128, 32, length.unwrap_or(128), seed);
            Ipv6Addr::from_bits(bits).to_string()
        }
    }
}

/// Each bit by the bits before it; those behind the network's length are none. The first always, so
/// that none stays what it was.
fn scatter(bits: u128, width: u32, keep: u32, length: u32, seed: u64) -> u128 {
    let mut out = 0;
    for at in 0..length.min(width) {
        let before = bits >> (width - at - 1) >> 1;
        let bit = bits >> (width - at - 1) & 1;
        let mut hasher = DefaultHasher::new();
        (seed, width, at, before).hash(&mut hasher);
        let flip = match at.cmp(&keep) {
            Ordering::Less => 0,
            Ordering::Equal => 1,
            Ordering::Greater => u128::from(hasher.finish() & 1),
        };
        out |= (bit ^ flip) << (width - at - 1);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(all: &[Value]) -> Vec<Value> {
        let mut redaction = Redaction::of_documents(Scope::Account, 7);
        for it in all {
            redaction.document(it);
        }
        all.iter().map(|it| redaction.document(it)).collect()
    }

    #[test]
    fn what_is_the_same_stays_the_same_and_looks_like_before() {
        let all = shown(&[
            json!({"Subnets": [{"SubnetId": "subnet-0a1b2c3d", "State": "available", "Tags": [
                {"Key": "team", "Value": "secret-team"},
                {"Key": "kubernetes.io/cluster/shop-1", "Value": "owned"}]}]}),
            json!({"cluster": {"arn": "arn:aws:eks:us-west-2:111122223333:cluster/shop-1",
                "name": "shop-1", "roleArn": "arn:aws:iam::111122223333:role/team/cp-1",
                "certificateAuthority": {"data": "LS0tLS1111222233334444"},
                "tags": {"team": "secret-team"},
                "resourcesVpcConfig": {"subnetIds": ["subnet-0a1b2c3d"]}}}),
            json!({"Account": "111122223333", "UserId": "AROAEXAMPLEEXAMPLE:alice"}),
        ]);
        let subnet = "subnet-00000000000000001";
        assert_eq!(all[0]["Subnets"][0]["SubnetId"], subnet);
        assert_eq!(all[1]["cluster"]["resourcesVpcConfig"]["subnetIds"][0], subnet);
        assert_eq!(all[0]["Subnets"][0]["Tags"][1]["Key"], "kubernetes.io/cluster/cluster-1");
        assert_eq!(all[1]["cluster"]["name"], "cluster-1");
        let arn = "arn:aws:eks:us-west-2:100000000001:cluster/cluster-1";
        assert_eq!(all[1]["cluster"]["arn"], arn);
        assert_eq!(all[2]["Account"], "100000000001");
        assert_eq!(all[1]["cluster"]["certificateAuthority"]["data"], "LS0tLS1111222233334444");
        let text = format!("{all:?}");
        for own in ["secret-team", "alice", "111122223333\"", "shop-1", "0a1b2c3d", "cp-1"] {
            assert!(!text.contains(own), "{own}: {text}");
        }
    }

    #[test]
    fn an_address_stays_in_its_networks() {
        let all = shown(&[json!([
            "52.94.7.33",
            "52.94.7.0/24",
            "52.94.0.0/16",
            "0.0.0.0/0",
            "10.0.1.7",
            "18.1.2.3",
            "2600:1f14:abc:1200::/56",
            "2600:1f14:abc:12ff::1",
            "203.0.113.10"
        ])]);
        let text: Vec<_> =
            all[0].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        assert!(text[0] != "52.94.7.33" && text[0].starts_with("52."), "{text:?}");
        assert!(!text[8].starts_with("203.0.113.") && text[8].starts_with("203.0."), "{text:?}");
        let parts = |it: &str| it.split(['.', '/']).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(parts(text[0])[..3], parts(text[1])[..3]);
        assert_eq!(parts(text[0])[..2], parts(text[2])[..2]);
        assert!(text[1].ends_with(".0/24") && text[2].ends_with(".0.0/16"), "{text:?}");
        assert_eq!((text[3], text[4]), ("0.0.0.0/0", "10.0.1.7"));
        let six =
            |it: &str| it.split('/').next().unwrap().parse::<Ipv6Addr>().unwrap().to_bits() >> 72;
        assert_eq!(six(text[6]), six(text[7]));
        assert!(text[6].ends_with("/56") && text[6] != "2600:1f14:abc:1200::/56");
    }
}
