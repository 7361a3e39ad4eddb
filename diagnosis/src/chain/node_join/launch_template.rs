//! What new instances are made of can be launched, and can become a node.

use super::of_account;
use crate::{
    chain::{Fault, Link, Look, Verdict, no_host},
    facts::{
        Compute, Facts, Missing, Observed, Source,
        aws::{Presence, ec2::LaunchTemplateVersion, eks::Issue},
        inputs::{IMAGE, LAUNCH_TEMPLATE, NODEGROUP, SECURITY_GROUPS},
    },
    report::Evidence,
};

mod architecture;
mod faults;

use architecture::Architecture;
use faults::{
    ABSENT, CHANGED, IMAGE_GONE, IMAGE_NOT_AVAILABLE, IMAGE_NOT_SHARED, INVALID, METADATA_DISABLED,
    NO_PROFILE, OTHER_NETWORK, SECURITY_GROUP_GONE, SOURCE_GONE, SUBNET_IN_TEMPLATE, VERSION_GONE,
    WRONG_ARCHITECTURE,
};

pub(super) static LINK: Link = Link {
    id: "launch-template",
    title: "launch template",
    means: "The launch template and its version are there; its image exists, is available to this account and fits the instance type; its security groups are the VPC's; it names an instance profile, and leaves the metadata service on.",
    judged: "From the version that new instances are made of, its image, the VPC's security groups, the node group's health, the newest failed launch and the condition of a NodeClaim. Whether an image fits is told only of instance families whose processor their name tells. Which groups must talk to each other is judged by the path to the cluster.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
        "https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html",
        "aws/karpenter-provider-aws pkg/errors/errors.go, v1.14",
    ],
    faults: &[
        &ABSENT,
        &VERSION_GONE,
        &SOURCE_GONE,
        &CHANGED,
        &INVALID,
        &IMAGE_GONE,
        &IMAGE_NOT_AVAILABLE,
        &IMAGE_NOT_SHARED,
        &WRONG_ARCHITECTURE,
        &SECURITY_GROUP_GONE,
        &OTHER_NETWORK,
        &SUBNET_IN_TEMPLATE,
        &NO_PROFILE,
        &METADATA_DISABLED,
    ],
    signs: &[],
    host: no_host,
    look,
};

/// What EKS, EC2 and Karpenter call it.
static BY_WORDS: &[(&str, &Fault)] = &[
    ("SourceEc2LaunchTemplateNotFound", &SOURCE_GONE),
    ("Ec2LaunchTemplateVersionMismatch", &CHANGED),
    ("Ec2LaunchTemplateInvalidConfiguration", &INVALID),
    ("Ec2LaunchTemplateNotFound", &ABSENT),
    ("InvalidLaunchTemplateId.VersionNotFound", &VERSION_GONE),
    ("InvalidLaunchTemplateId.NotFound", &ABSENT),
    ("LaunchTemplateNotFound", &ABSENT),
    ("AmiIdNotFound", &IMAGE_GONE),
    ("InvalidAMIID.NotFound", &IMAGE_GONE),
    ("AMINotFound", &IMAGE_GONE),
    ("Not authorized for images", &IMAGE_NOT_SHARED),
    ("AMIAuthorizationFailure", &IMAGE_NOT_SHARED),
    ("SecurityGroupSubnetVPCMismatch", &OTHER_NETWORK),
    ("belong to different networks", &OTHER_NETWORK),
];

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = of_account::owned_by_aws(facts) {
        return Ok(verdict);
    }
    if let Some((fault, text, evidence)) = refused(facts) {
        return Ok(named(facts, Verdict::broken(fault, text, evidence)));
    }
    let group = &facts.account.group;
    // Karpenter makes one for each launch, and takes it away.
    if of_account::is(facts, Compute::Karpenter) && group.launch_template.value().is_none() {
        return Ok(Verdict::not_applicable("Karpenter makes one for each launch"));
    }
    let (template, source) = group.launch_template.need(&LAUNCH_TEMPLATE)?;
    let Presence::Present(template) = template else {
        let version = source.text.contains("VersionNotFound");
        let fault = if version { &VERSION_GONE } else { &ABSENT };
        let broken = Verdict::broken(fault, "EC2 knows none of it", source.quote("NotFound"));
        return Ok(named(facts, broken));
    };
    let found = own(facts, template, source);
    if let Ok(Some(broken)) = found {
        return Ok(named(facts, broken));
    }
    let image = image(facts, template);
    if let Ok(Some(broken)) = image {
        return Ok(named(facts, broken));
    }
    found?;
    image?;
    if let Some((issue, source)) = summed(facts) {
        let (code, _) = of_account::quoted(issue, source);
        return Err(NODEGROUP.doubt(format!("its health says {}", issue.code), code));
    }
    let detail = format!("{} version {}", template.launch_template_id, template.version_number);
    Ok(Verdict::intact(detail, source))
}

/// In somebody's words.
fn refused(facts: &Facts) -> Option<(&'static Fault, &str, Evidence)> {
    let issues = of_account::issues(facts).flat_map(|(issue, source)| {
        let (code, message) = of_account::quoted(issue, source);
        [(issue.code.as_str(), code), (issue.message.as_str(), message)]
    });
    let launch = of_account::failed_launch(facts)
        .map(|(it, source)| (it.status_message.as_str(), of_account::message(source)));
    let claim = of_account::not_launched(facts)
        .map(|(_, it, source)| (it.reason.as_str(), source.quote(&it.reason)));
    issues.chain(launch).chain(claim).find_map(|(text, evidence)| {
        let (_, fault) = BY_WORDS.iter().find(|(word, _)| text.contains(word))?;
        Some((*fault, text, evidence))
    })
}

fn summed(facts: &Facts) -> Option<(&Issue, &Source)> {
    of_account::issues(facts).find(|(it, _)| it.code.starts_with("Ec2LaunchTemplateInvalid"))
}

/// What the template says itself.
fn own(
    facts: &Facts,
    template: &LaunchTemplateVersion,
    source: &Source,
) -> Result<Option<Verdict>, Missing> {
    let data = &template.launch_template_data;
    if data.metadata_options.http_endpoint == "disabled" {
        let quote = source.quote("\"HttpEndpoint\": \"disabled\"");
        return Ok(Some(Verdict::broken(&METADATA_DISABLED, "HttpEndpoint: disabled", quote)));
    }
    let managed = of_account::is(facts, Compute::Managed);
    let profile = data.iam_instance_profile.as_ref();
    let named = profile.is_some_and(|it| !it.arn.is_empty() || !it.name.is_empty());
    // EKS puts the role of a managed group in itself.
    if !named && of_account::is(facts, Compute::SelfManaged) {
        let quote = source.quote("\"LaunchTemplateData\"");
        return Ok(Some(Verdict::broken(&NO_PROFILE, "no IamInstanceProfile", quote)));
    }
    let interface = data.network_interfaces.iter().find(|it| !it.subnet_id.is_empty());
    if let Some(it) = interface.filter(|_| managed) {
        let quote = source.quote(&format!("\"SubnetId\": \"{}\"", it.subnet_id));
        let broken = Verdict::broken(&SUBNET_IN_TEMPLATE, &it.subnet_id, quote);
        return Ok(Some(broken.with("subnet", &it.subnet_id)));
    }
    let of_interfaces = data.network_interfaces.iter().flat_map(|it| &it.groups);
    let groups: Vec<&String> = data.security_group_ids.iter().chain(of_interfaces).collect();
    if groups.is_empty() {
        return Ok(None);
    }
    let (known, _) = facts.account.group.security_groups.need(&SECURITY_GROUPS)?;
    let listed = |id: &String| known.iter().any(|it| it.group_id == *id);
    // A list that has not even the cluster's own group is not the VPC's.
    let cluster = of_account::there(&facts.account.group.cluster)
        .map(|(it, _)| &it.resources_vpc_config.cluster_security_group_id);
    if !cluster.is_some_and(|it| it.is_empty() || listed(it)) {
        return Err(SECURITY_GROUPS.missing("the list of the VPC's security groups is not whole"));
    }
    let stray = groups.into_iter().find(|it| !listed(it));
    Ok(stray.map(|id| {
        let quote = source.quote(&format!("\"{id}\""));
        Verdict::broken(&SECURITY_GROUP_GONE, id, quote).with("security-group", id)
    }))
}

fn image(facts: &Facts, template: &LaunchTemplateVersion) -> Result<Option<Verdict>, Missing> {
    let (image, source) = match &facts.account.group.image {
        // EKS's own images need no look at.
        Observed::Skipped if template.launch_template_data.image_id.is_empty() => return Ok(None),
        it => it.need(&IMAGE)?,
    };
    let Presence::Present(image) = image else {
        let quote = source.quote("InvalidAMIID");
        return Ok(Some(Verdict::broken(&IMAGE_GONE, "EC2 knows no such image", quote)));
    };
    if !image.state.is_empty() && image.state != "available" {
        let quote = source.quote(&format!("\"State\": \"{}\"", image.state));
        let broken = Verdict::broken(&IMAGE_NOT_AVAILABLE, &image.state, quote);
        return Ok(Some(broken.with("ami", &image.image_id).with("status", &image.state)));
    }
    let of_template = [&template.launch_template_data.instance_type];
    let of_group = of_account::nodegroup(facts).map(|(it, _)| it.instance_types.as_slice());
    let types = of_template.into_iter().chain(of_group.unwrap_or_default());
    let own = match image.architecture.as_str() {
        "x86_64" => Architecture::X86,
        "arm64" => Architecture::Arm,
        _ => return Ok(None),
    };
    let other = types.into_iter().find(|it| architecture::of(it).is_some_and(|it| it != own));
    Ok(other.map(|it| {
        let detail = format!("{} image, {it}", image.architecture);
        let quote = source.quote(&format!("\"Architecture\": \"{}\"", image.architecture));
        let broken = Verdict::broken(&WRONG_ARCHITECTURE, detail, quote);
        broken.with("ami", &image.image_id).with("instance-type", it)
    }))
}

/// As far as the group names its template and its image.
fn named(facts: &Facts, verdict: Verdict) -> Verdict {
    let of_group = of_account::nodegroup(facts).and_then(|(it, _)| it.launch_template.as_ref());
    let of_group = of_group.map(|it| (it.id.clone(), it.version.clone()));
    let specified = of_account::scaling_group(facts).and_then(|(it, _)| {
        let mixed = it.mixed_instances_policy.as_ref();
        let mixed = mixed.map(|it| &it.launch_template.launch_template_specification);
        let spec = it.launch_template.as_ref().or(mixed)?;
        Some((spec.launch_template_id.clone(), spec.version.clone()))
    });
    let known = of_account::there(&facts.account.group.launch_template).is_some();
    match of_group.or(specified).filter(|(id, _)| !known && !id.is_empty()) {
        Some((id, version)) => {
            verdict.with("launch-template", id).with("template-version", version)
        }
        None => verdict,
    }
}
