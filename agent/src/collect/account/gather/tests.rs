//! A whole account is collected, with an AWS inside the process.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_smithy_types::retry::RetryConfig;
use diagnosis::facts::aws::{autoscaling, cloudformation, ec2, eks, iam};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::{Answered, Wanted, credentials, with};
use crate::collect::account::tests::fixture::{Asked, Said, config};

mod wire;

use wire::all;

const LONG: Duration = Duration::from_mins(1);

fn wanted() -> Wanted {
    Wanted { cluster: "prod".to_owned(), ..Wanted::default() }
}

/// What was collected, and the calls that were made.
async fn gather(
    retry: RetryConfig,
    limit: Duration,
    say: impl Fn(&Asked) -> Said + Send + Sync + 'static,
) -> (Result<Vec<Answered>, String>, Vec<String>) {
    let (config, asked) = config(retry, say);
    let deadline = Instant::now() + limit;
    let found = with(&config, None, &wanted(), deadline, &|_| ()).await;
    let asked = asked.lock().unwrap().clone();
    (found, asked)
}

async fn healthy() -> (Vec<Answered>, Vec<String>) {
    let (found, asked) = gather(RetryConfig::disabled(), LONG, all).await;
    (found.unwrap(), asked)
}

fn document(all: &[Answered], file: &str) -> Value {
    let found = all.iter().find(|it| it.file == file).unwrap_or_else(|| panic!("no {file}"));
    serde_json::from_str(found.text.as_ref().unwrap()).unwrap()
}

/// Every field of the type is in the document, and nothing else is.
fn whole<T: DeserializeOwned + Serialize + Default>(value: &Value, but: &[&str]) {
    let read: T = serde_json::from_value(value.clone()).unwrap();
    let again = super::document::value(&read);
    let [mut said, mut read] = [value.clone(), again];
    for it in [&mut said, &mut read] {
        it.as_object_mut().unwrap().remove("certificateAuthority");
        if let Some(it) = it.get_mut("LaunchTemplateData") {
            it.as_object_mut().unwrap().remove("UserData");
        }
    }
    assert_eq!(said, read);
    let all = serde_json::to_value(T::default()).unwrap();
    for key in all.as_object().unwrap().keys().filter(|it| !but.contains(&&***it)) {
        let it = value.get(key).unwrap_or_else(|| panic!("{key} is lost of {value}"));
        assert_ne!(it, &Value::Array(Vec::new()), "{key} is lost of {value}");
    }
}

#[tokio::test]
async fn every_field_that_is_read_comes_through() {
    let (all, _) = healthy().await;
    let of = |file: &str, path: &str| document(&all, file).pointer(path).cloned().unwrap();
    whole::<eks::Cluster>(&of("describe-cluster.json", "/cluster"), &[]);
    assert_eq!(of("describe-cluster.json", "/cluster/certificateAuthority/data"), "LS0t");
    whole::<eks::Nodegroup>(&of("describe-nodegroup-one.json", "/nodegroup"), &[]);
    whole::<eks::AccessEntry>(&of("describe-access-entry-eks-node.json", "/accessEntry"), &[]);
    whole::<eks::Addon>(&of("describe-addon-vpc-cni.json", "/addon"), &[]);
    whole::<eks::Insight>(&of("list-insights.json", "/insights/0"), &[]);
    let instance = of("describe-instances.json", "/Reservations/0/Instances/0");
    whole::<ec2::Instance>(&instance, &[]);
    whole::<ec2::InstanceStatus>(&of("describe-instance-status.json", "/InstanceStatuses/0"), &[]);
    let template = "describe-launch-template-versions-lt-0eks-1.json";
    whole::<ec2::LaunchTemplateVersion>(&of(template, "/LaunchTemplateVersions/0"), &[]);
    whole::<ec2::Image>(&of("describe-images.json", "/Images/0"), &[]);
    // Its attributes have documents of their own.
    let attributes = ["EnableDnsSupport", "EnableDnsHostnames"];
    whole::<ec2::Vpc>(&of("describe-vpcs.json", "/Vpcs/0"), &attributes);
    for it in ["enableDnsSupport", "enableDnsHostnames"] {
        let document = document(&all, &format!("describe-vpc-attribute-{it}.json"));
        assert_eq!(document["VpcId"], "vpc-0prod");
        let key = format!("E{}", &it[1..]);
        assert_eq!(document[key]["Value"], true);
    }
    whole::<ec2::DhcpOptions>(&of("describe-dhcp-options.json", "/DhcpOptions/0"), &[]);
    whole::<ec2::Subnet>(&of("describe-subnets.json", "/Subnets/0"), &[]);
    whole::<ec2::RouteTable>(&of("describe-route-tables.json", "/RouteTables/0"), &[]);
    whole::<ec2::Route>(&of("describe-route-tables.json", "/RouteTables/0/Routes/0"), &[]);
    whole::<ec2::NatGateway>(&of("describe-nat-gateways.json", "/NatGateways/0"), &[]);
    let gateway = of("describe-internet-gateways.json", "/InternetGateways/0");
    whole::<ec2::InternetGateway>(&gateway, &[]);
    whole::<ec2::NetworkAcl>(&of("describe-network-acls.json", "/NetworkAcls/0"), &[]);
    let group = of("describe-security-groups.json", "/SecurityGroups/0");
    whole::<ec2::SecurityGroup>(&group, &[]);
    whole::<ec2::Rule>(&group["IpPermissions"][0], &[]);
    whole::<ec2::VpcEndpoint>(&of("describe-vpc-endpoints.json", "/VpcEndpoints/0"), &[]);
    let interface = of("describe-network-interfaces.json", "/NetworkInterfaces/0");
    whole::<ec2::NetworkInterface>(&interface, &[]);
    let interface = of("describe-network-interfaces-subnets.json", "/NetworkInterfaces/0");
    whole::<ec2::NetworkInterface>(&interface, &[]);
    let file = "get-subnet-cidr-reservations-subnet-0aa.json";
    let reservation = of(file, "/SubnetIpv4CidrReservations/0");
    assert_eq!(reservation["Cidr"], "10.0.0.64/26");
    assert_eq!(reservation["ReservationType"], "prefix");
    let scaling = of("describe-auto-scaling-groups.json", "/AutoScalingGroups/0");
    whole::<autoscaling::AutoScalingGroup>(&scaling, &[]);
    let activity = of("describe-scaling-activities-eks-one.json", "/Activities/0");
    whole::<autoscaling::Activity>(&activity, &[]);
    whole::<cloudformation::Stack>(&of("describe-stacks.json", "/Stacks/0"), &[]);
    let event = of("describe-stack-events-made-by.json", "/StackEvents/0");
    whole::<cloudformation::StackEvent>(&event, &[]);
    let profile = of("get-instance-profile-eks-node.json", "/InstanceProfile");
    whole::<iam::InstanceProfile>(&profile, &[]);
}

#[tokio::test]
async fn lists_are_read_to_their_last_page_and_each_resource_once() {
    let (all, _) = healthy().await;
    assert_eq!(document(&all, "list-nodegroups.json")["nodegroups"][1], "two");
    assert_eq!(document(&all, "describe-nodegroup-two.json")["nodegroup"]["nodegroupName"], "two");
    let instances = document(&all, "describe-instances.json");
    let instances = instances["Reservations"][0]["Instances"].as_array().unwrap().clone();
    let ids: Vec<_> = instances.iter().map(|it| it["InstanceId"].as_str().unwrap()).collect();
    // The last one only its Auto Scaling group tells.
    assert_eq!(ids, ["i-0aaa", "i-0bbb", "i-0only"]);
    // And those that are named are asked for where the VPC does not have them.
    assert_eq!(document(&all, "describe-subnets.json")["Subnets"][1]["SubnetId"], "subnet-0gone");
    let groups = document(&all, "describe-security-groups.json");
    assert_eq!(groups["SecurityGroups"][1]["GroupId"], "sg-0other");
    let files: BTreeSet<_> = all.iter().filter(|it| it.text.is_ok()).map(|it| &it.file).collect();
    assert_eq!(files.len(), all.iter().filter(|it| it.text.is_ok()).count());
    // Stacks of others are nobody's here, and neither is what succeeded.
    assert_eq!(document(&all, "describe-stacks.json")["Stacks"].as_array().unwrap().len(), 1);
    let events = document(&all, "describe-stack-events-made-by.json");
    assert_eq!(events["StackEvents"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_role_comes_with_its_own_policies_and_aws_s_by_their_names() {
    let (all, asked) = healthy().await;
    let role = document(&all, "get-role-eks-node.json");
    assert_eq!(role["Role"]["AssumeRolePolicyDocument"]["Statement"], Value::Array(Vec::new()));
    let boundary = &role["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"];
    assert_eq!(boundary, "arn:aws:iam::111122223333:policy/limit");
    document(&all, "get-role-policy-eks-node-inline.json");
    for it in ["mine", "limit"] {
        let version = document(&all, &format!("get-policy-version-{it}.json"));
        assert_eq!(version["PolicyVersion"]["VersionId"], "v7");
    }
    let read = asked.iter().filter(|it| *it == "iam:GetPolicyVersion").count();
    // Of aws-node's role as of the node's.
    document(&all, "get-role-cni.json");
    assert_eq!(read, 2 * 2, "AWS's own are known");
}

#[tokio::test]
async fn no_secret_of_user_data_or_of_a_console_is_kept() {
    let (all, _) = healthy().await;
    let text: String = all.iter().filter_map(|it| it.text.as_deref().ok()).collect();
    for secret in ["canary", "cGFzc3dvcmQ9"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let console = document(&all, "get-console-output-i-0aaa.json");
    assert_eq!(console["Output"], "password=(removed)\nend");
    let data = document(&all, "user-data-lt-0eks-1.json");
    assert_eq!(data["userData"]["launchTemplateId"], "lt-0eks");
}

#[tokio::test]
async fn what_is_gone_is_told_in_the_words_of_aws() {
    let (found, _) = healthy().await;
    let gone: Vec<_> = found.iter().filter_map(|it| it.text.as_ref().err()).collect();
    assert_eq!(gone, ["InvalidAMIID.NotFound: The image id does not exist"]);
}

#[tokio::test]
async fn the_policy_in_the_readme_lists_exactly_what_is_called() {
    let (_, mut asked) = healthy().await;
    // And what helps who mistook the name, what many instance profiles take, and who was refused
    // where nothing was made.
    let more = ["eks:ListClusters", "iam:ListInstanceProfiles", "cloudtrail:LookupEvents"];
    asked.extend(more.map(str::to_owned));
    let policy: Value = serde_json::from_str(include_str!("policy.json")).unwrap();
    let statements = policy["Statement"].as_array().unwrap().iter();
    let listed: BTreeSet<_> = statements
        .flat_map(|it| it["Action"].as_array().unwrap().clone())
        .map(|it| it.as_str().unwrap().to_owned())
        .collect();
    // The one call that nobody needs a permission for.
    let asked = asked.into_iter().filter(|it| it != "sts:GetCallerIdentity");
    assert_eq!(asked.collect::<BTreeSet<_>>(), listed);
    let readme = include_str!("../../../../../README.md");
    assert!(readme.contains(include_str!("policy.json")), "README shows another policy");
}

#[tokio::test]
async fn a_missing_right_is_named_and_costs_nothing_else() {
    let (_, asked) = healthy().await;
    let actions: BTreeSet<_> = asked.into_iter().collect();
    for action in actions.into_iter().filter(|it| it != "eks:DescribeCluster") {
        let lacks = action.clone();
        let say = move |asked: &Asked| {
            if asked.action == lacks { asked.denied() } else { all(asked) }
        };
        let (found, _) = gather(RetryConfig::disabled(), LONG, say).await;
        let found = found.unwrap();
        let missed = || found.iter().filter_map(|it| Some((it.action, it.text.as_ref().err()?)));
        assert!(missed().any(|(it, _)| it == action), "{action} is missed nowhere");
        for (of, why) in missed().filter(|(_, it)| !it.starts_with("InvalidAMIID")) {
            assert_eq!(of, action);
            assert!(why.ends_with(&format!("; these credentials lack {action}")), "{why}");
            let code = why.split(':').next().unwrap();
            assert!(code.starts_with("AccessDenied") || code == "UnauthorizedOperation", "{why}");
        }
    }
}

#[tokio::test]
async fn throttled_calls_are_made_again_within_a_budget() {
    use std::collections::BTreeMap;
    use std::sync::Mutex;
    let soon = || credentials::patient().with_initial_backoff(Duration::from_millis(1));
    let counted = Mutex::new(BTreeMap::<String, usize>::new());
    let say = move |asked: &Asked| {
        let mut counted = counted.lock().unwrap();
        let count = counted.entry(asked.action.clone()).or_default();
        *count += 1;
        if *count > 1 {
            return all(asked);
        }
        match asked.service() {
            "eks" => asked.refused(429, "ThrottlingException", "Rate exceeded"),
            "ec2" => asked.refused(503, "RequestLimitExceeded", "Request limit exceeded."),
            _ => asked.refused(400, "Throttling", "Rate exceeded"),
        }
    };
    let (found, _) = gather(soon(), LONG, say).await;
    let missed: Vec<_> = found.unwrap().into_iter().filter_map(|it| it.text.err()).collect();
    assert!(missed.iter().all(|it| it.starts_with("InvalidAMIID")), "{missed:?}");
    // One that never ends is given up.
    let say = |asked: &Asked| match &*asked.action {
        "ec2:DescribeSubnets" => {
            asked.refused(503, "RequestLimitExceeded", "Request limit exceeded.")
        }
        _ => all(asked),
    };
    let (found, asked) = gather(soon(), LONG, say).await;
    let found = found.unwrap();
    let missed: Vec<_> = found.iter().filter(|it| it.text.is_err()).map(|it| it.action).collect();
    assert!(missed.contains(&"ec2:DescribeSubnets"), "{missed:?}");
    let calls = asked.iter().filter(|it| *it == "ec2:DescribeSubnets").count();
    assert!((2..=6).contains(&calls), "{calls} calls");
}

#[tokio::test]
async fn silence_ends_with_the_deadline_and_keeps_what_was_answered() {
    let say = |asked: &Asked| {
        if asked.service() == "iam" { Said::Nothing } else { all(asked) }
    };
    let limit = Duration::from_secs(2);
    let ended = timeout(Duration::from_secs(30), gather(RetryConfig::disabled(), limit, say));
    let (found, _) = ended.await.expect("the deadline does not end it");
    let found = found.unwrap();
    document(&found, "describe-subnets.json");
    let late = found.iter().find(|it| it.action == "iam:GetInstanceProfile").unwrap();
    assert_eq!(late.text.as_ref().unwrap_err(), "iam:GetInstanceProfile did not end in time");
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_one_sentence_with_the_next_step() {
    for (status, code, told) in [
        (
            404,
            "ResourceNotFoundException",
            "there is no cluster prod in us-west-2; there are prod, test; ",
        ),
        (
            403,
            "ExpiredTokenException",
            "the AWS credentials have expired (ExpiredTokenException); renew",
        ),
        (403, "UnrecognizedClientException", "AWS does not accept these credentials in us-west-2 "),
        (
            403,
            "AccessDeniedException",
            "cluster prod cannot be looked at: eks:DescribeCluster: AccessDen",
        ),
    ] {
        let say = move |asked: &Asked| match &*asked.action {
            "eks:DescribeCluster" => asked.refused(status, code, "words"),
            _ => all(asked),
        };
        let (found, _) = gather(RetryConfig::disabled(), LONG, say).await;
        let why = found.err().unwrap();
        assert!(why.starts_with(told) && !why.contains('\n'), "{why}");
    }
    let (found, _) =
        gather(RetryConfig::disabled(), Duration::from_millis(300), |_| Said::Nothing).await;
    let why = found.err().unwrap();
    assert!(
        why.starts_with("EKS of us-west-2 did not answer: ") && why.contains("--region"),
        "{why}"
    );
}
