//! What the control plane has in the VPC is still there.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{
        Facts, Missing,
        inputs::{CONTROL_PLANE_INTERFACES, SECURITY_GROUPS, VPC_SUBNETS},
    },
    path::Network,
};

pub(super) static LINK: Link = Link {
    id: "control-plane-network",
    title: "control plane's network",
    means: "The subnets and the security groups that the cluster names exist, and the control plane has its interfaces there.",
    judged: "From the cluster's configuration and the lists of the VPC. That something is gone is said only where the list has more than what the cluster and its nodes name; a list of these alone may be a part. Few free addresses are a remark: updates of the cluster need them.",
    sources: &["https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"],
    faults: &[&SUBNET_GONE, &CLUSTER_GROUP_GONE, &ADDED_GROUP_GONE, &INTERFACES_GONE],
    signs: &[],
    host: no_host,
    look,
};

/// Of each subnet, for EKS to use.
const ENOUGH: u32 = 6;

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the administrator of the cluster",
    impact: "EKS moves the control plane's interfaces; nodes keep running",
    verify: "eks-triage cluster <cluster> --region <region>",
    expect: "control plane's network intact",
};

static SUBNET_GONE: Fault = OURS.fault(
    "subnet-gone",
    "the cluster's subnet <subnet> does not exist any more",
    "give the cluster subnets that exist, in the same availability zones",
    "aws ec2 describe-subnets --filters Name=vpc-id,Values=<vpc> --query 'Subnets[].[SubnetId,AvailabilityZone]'\n\
     aws eks update-cluster-config --name <cluster> --resources-vpc-config subnetIds=SUBNET-A,SUBNET-B",
);
static CLUSTER_GROUP_GONE: Fault = Fault {
    impact: "the cluster's security group cannot be given to a cluster anew; nodes and workloads move to the new one",
    ..OURS.fault(
        "cluster-group-gone",
        "the cluster's security group <group>, which EKS made, does not exist any more",
        "ask AWS Support about the group that EKS made; else move to a new cluster",
        "aws ec2 describe-security-groups --group-ids <group>\n\
         # update-cluster-config takes added groups only, not this one",
    )
};
static ADDED_GROUP_GONE: Fault = OURS.fault(
    "added-group-gone",
    "the security group <group>, which was added to the control plane, does not exist any more",
    "name the security groups that the control plane is to have, without the one that is gone",
    "aws eks describe-cluster --name <cluster> --query cluster.resourcesVpcConfig.securityGroupIds\n\
     aws eks update-cluster-config --name <cluster> --resources-vpc-config securityGroupIds=GROUPS-THAT-EXIST",
);
static INTERFACES_GONE: Fault = OURS.fault(
    "interfaces-gone",
    "the control plane has no interface in <vpc>: nodes and control plane cannot reach each other within it",
    "see who deleted them, and let EKS make its interfaces anew",
    "aws ec2 describe-network-interfaces --filters 'Name=description,Values=Amazon EKS <cluster>'\n\
     aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteNetworkInterface\n\
     # only EKS makes them: what keeps it from that, the cluster's health says; else AWS Support\n\
     aws eks describe-cluster --name <cluster> --query cluster.health",
);

fn look(facts: &Facts) -> Look {
    let network = Network::of(facts)?;
    let config = &network.cluster.resources_vpc_config;
    let (subnets, _) = network.group.subnets.need(&VPC_SUBNETS)?;
    let broken = |fault, name, id: &str| {
        let quote = network.source.quote(&format!("\"{id}\""));
        Verdict::broken(fault, format!("{id} is not there"), quote).with(name, id)
    };
    let known: Vec<&str> = subnets.iter().map(|it| &*it.subnet_id).collect();
    if let Some(id) = config.subnet_ids.iter().find(|it| !known.contains(&&***it)) {
        let named = network.group.own_subnets();
        if whole(&known, |it| named.contains(&it) || config.subnet_ids.iter().any(|own| own == it))
        {
            return Ok(broken(&SUBNET_GONE, "subnet", id));
        }
        return Err(VPC_SUBNETS.missing(format!("{id} is not among the subnets that were read")));
    }
    if let Some(gone) = groups(&network)? {
        return Ok(gone);
    }
    let (interfaces, source) =
        network.group.control_plane_interfaces.need(&CONTROL_PLANE_INTERFACES)?;
    if interfaces.is_empty() {
        let cluster = network.cluster;
        let quote = network.source.quote("\"subnetIds\"");
        if cluster.status == "ACTIVE" {
            let detail = "none of its interfaces is there";
            let broken = Verdict::broken(&INTERFACES_GONE, detail, quote);
            let listed = source.quote("\"NetworkInterfaces\"");
            return Ok(if listed.quote.is_empty() { broken } else { broken.and_evidence(listed) });
        }
        return Err(CONTROL_PLANE_INTERFACES.missing(format!("the cluster is {}", cluster.status)));
    }
    let detail = format!("{} interfaces in {}", interfaces.len(), config.subnet_ids.join(", "));
    let scarce = subnets.iter().find(|it| {
        config.subnet_ids.contains(&it.subnet_id)
            && it.available_ip_address_count.is_some_and(|it| it < ENOUGH)
    });
    let intact = Verdict::intact(detail, source);
    Ok(match scarce {
        Some(it) => {
            let title = format!(
                "fewer than {ENOUGH} addresses are free in the cluster's subnet {}: EKS cannot update the cluster without them",
                it.subnet_id
            );
            intact.and_risk(title, it.source.quote("\"AvailableIpAddressCount\""))
        }
        None => intact,
    })
}

fn groups(network: &Network) -> Result<Option<Verdict>, Missing> {
    let config = &network.cluster.resources_vpc_config;
    let own = &config.cluster_security_group_id;
    let (groups, _) = network.group.security_groups.need(&SECURITY_GROUPS)?;
    let known: Vec<&str> = groups.iter().map(|it| &*it.group_id).collect();
    let wanted: Vec<&String> = std::iter::once(own).chain(&config.security_group_ids).collect();
    let gone = wanted.iter().copied().find(|it| !it.is_empty() && !known.contains(&&***it));
    let Some(gone) = gone else { return Ok(None) };
    let instances = network.group.instances.value().into_iter().flatten();
    let of_nodes: Vec<&str> =
        instances.flat_map(|it| &it.value.security_groups).map(|it| &*it.group_id).collect();
    if !whole(&known, |it| of_nodes.contains(&it) || wanted.iter().any(|own| *own == it)) {
        let why = format!("{gone} is not among the security groups that were read");
        return Err(SECURITY_GROUPS.missing(why));
    }
    let fault = if gone == own { &CLUSTER_GROUP_GONE } else { &ADDED_GROUP_GONE };
    let quote = network.source.quote(&format!("\"{gone}\""));
    let broken = Verdict::broken(fault, format!("{gone} is not there"), quote);
    Ok(Some(broken.with("group", gone)))
}

/// Somebody who asked for some by their names got no others.
fn whole(known: &[&str], named: impl Fn(&str) -> bool) -> bool {
    known.iter().any(|it| !named(it))
}
