//! What the APIs put on the wire, every field of it that is read. Lists come in two pages.

use crate::collect::account::tests::fixture::{Asked, Said};

const CLUSTER: &str = r#"{"cluster":{"name":"prod","arn":"arn:aws:eks:us-west-2:111122223333:cluster/prod","status":"ACTIVE","version":"1.34","createdAt":1.7672256E9,"roleArn":"arn:aws:iam::111122223333:role/eks-cluster","endpoint":"https://EXAMPLE.gr7.us-west-2.eks.amazonaws.com","certificateAuthority":{"data":"LS0t"},"resourcesVpcConfig":{"subnetIds":["subnet-0aa"],"securityGroupIds":["sg-0extra"],"clusterSecurityGroupId":"sg-0cluster","vpcId":"vpc-0prod","endpointPublicAccess":true,"endpointPrivateAccess":true,"publicAccessCidrs":["0.0.0.0/0"]},"kubernetesNetworkConfig":{"serviceIpv4Cidr":"172.20.0.0/16","serviceIpv6Cidr":"fd00::/108","ipFamily":"ipv4"},"identity":{"oidc":{"issuer":"https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE"}},"accessConfig":{"authenticationMode":"API"},"health":{"issues":[{"code":"Ec2SubnetNotFound","message":"m","resourceIds":["subnet-0aa"]}]},"computeConfig":{"enabled":true,"nodePools":["system"],"nodeRoleArn":"arn:aws:iam::111122223333:role/eks-node"},"tags":{"team":"a"}}}"#;

const NODEGROUP: &str = r#"{"nodegroup":{"nodegroupName":"NAME","nodegroupArn":"arn:aws:eks:us-west-2:111122223333:nodegroup/prod/NAME/1","clusterName":"prod","version":"1.34","releaseVersion":"1.34.1-20260120","createdAt":1.7672256E9,"modifiedAt":1.7672256E9,"status":"DEGRADED","capacityType":"SPOT","scalingConfig":{"minSize":1,"maxSize":4,"desiredSize":2},"instanceTypes":["m6i.large"],"subnets":["subnet-0aa"],"amiType":"CUSTOM","nodeRole":"arn:aws:iam::111122223333:role/eks-node","resources":{"autoScalingGroups":[{"name":"eks-NAME"}]},"health":{"issues":[{"code":"NodeCreationFailure","message":"m","resourceIds":["i-0aaa"]}]},"launchTemplate":{"id":"lt-0eks","name":"custom","version":"1"},"tags":{"aws:cloudformation:stack-name":"made-by"}}}"#;

const INSTANCE: &str = "<instanceId>ID</instanceId><imageId>ami-0old</imageId>\
<instanceState><code>48</code><name>terminated</name></instanceState>\
<privateDnsName>ip-10-0-1-10.us-west-2.compute.internal</privateDnsName><reason>User initiated</reason>\
<instanceType>m6i.large</instanceType><launchTime>2026-03-01T09:10:00.000Z</launchTime>\
<subnetId>subnet-0aa</subnetId><vpcId>vpc-0prod</vpcId><privateIpAddress>10.0.1.10</privateIpAddress>\
<ipAddress>203.0.113.9</ipAddress><ipv6Address>2600:1f14::10</ipv6Address><sourceDestCheck>true</sourceDestCheck>\
<groupSet><item><groupId>sg-0cluster</groupId></item></groupSet>\
<stateReason><code>Client.UserInitiatedShutdown</code><message>m</message></stateReason>\
<tagSet><item><key>eks:nodegroup-name</key><value>one</value></item></tagSet>\
<iamInstanceProfile><arn>arn:aws:iam::111122223333:instance-profile/eks-node</arn><id>AIPAEXAMPLE</id></iamInstanceProfile>\
<metadataOptions><httpTokens>required</httpTokens><httpEndpoint>enabled</httpEndpoint>\
<httpPutResponseHopLimit>2</httpPutResponseHopLimit></metadataOptions>";

const TEMPLATE: &str = "<launchTemplateId>lt-0eks</launchTemplateId>\
<launchTemplateName>eks-lt</launchTemplateName><versionNumber>1</versionNumber>\
<createTime>2026-02-01T08:00:10.000Z</createTime><createdBy>arn:aws:iam::111122223333:user/me</createdBy>\
<defaultVersion>true</defaultVersion><launchTemplateData><imageId>ami-0new</imageId>\
<instanceType>m6i.large</instanceType><userData>cGFzc3dvcmQ9Y2FuYXJ5Cg==</userData>\
<iamInstanceProfile><arn>arn:aws:iam::111122223333:instance-profile/of-lt</arn><name>of-lt</name></iamInstanceProfile>\
<securityGroupIdSet><item>sg-0cluster</item></securityGroupIdSet>\
<networkInterfaceSet><item><associatePublicIpAddress>true</associatePublicIpAddress><deviceIndex>1</deviceIndex>\
<groupSet><groupId>sg-0other</groupId></groupSet><subnetId>subnet-0aa</subnetId></item></networkInterfaceSet>\
<metadataOptions><httpTokens>required</httpTokens><httpEndpoint>enabled</httpEndpoint>\
<httpPutResponseHopLimit>2</httpPutResponseHopLimit></metadataOptions></launchTemplateData>";

const GROUP: &str = "<AutoScalingGroupName>eks-NAME</AutoScalingGroupName><MinSize>1</MinSize>\
<MaxSize>4</MaxSize><DesiredCapacity>2</DesiredCapacity><CreatedTime>2026-02-01T08:00:10Z</CreatedTime>\
<VPCZoneIdentifier>subnet-0aa,subnet-0gone</VPCZoneIdentifier><Status>Delete in progress</Status>\
<Instances><member><InstanceId>i-0only</InstanceId><LifecycleState>Pending</LifecycleState>\
<HealthStatus>Healthy</HealthStatus></member></Instances>\
<SuspendedProcesses><member><ProcessName>Launch</ProcessName><SuspensionReason>m</SuspensionReason></member></SuspendedProcesses>\
<LaunchTemplate><LaunchTemplateId>lt-0eks</LaunchTemplateId><LaunchTemplateName>eks-lt</LaunchTemplateName><Version>1</Version></LaunchTemplate>\
<MixedInstancesPolicy><LaunchTemplate><LaunchTemplateSpecification><LaunchTemplateId>lt-0eks</LaunchTemplateId>\
<LaunchTemplateName>eks-lt</LaunchTemplateName><Version>1</Version></LaunchTemplateSpecification></LaunchTemplate></MixedInstancesPolicy>\
<LaunchConfigurationName>old</LaunchConfigurationName>\
<Tags><member><Key>eks:nodegroup-name</Key><Value>NAME</Value></member></Tags>";

const RULES: &str = "<item><ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>444</toPort>\
<groups><item><userId>111122223333</userId><groupId>sg-0cluster</groupId></item></groups>\
<ipRanges><item><cidrIp>10.0.0.0/16</cidrIp></item></ipRanges>\
<ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges>\
<prefixListIds><item><prefixListId>pl-0a</prefixListId></item></prefixListIds></item>";

const TAGS: &str = "<tagSet><item><key>Name</key><value>x</value></item></tagSet>";

/// An account with all that is read.
pub(super) fn all(asked: &Asked) -> Said {
    let last = ["nextToken", "NextToken", "Marker"].iter().any(|it| !asked.field(it).is_empty());
    // The image of the template is gone.
    if asked.action == "ec2:DescribeImages" && asked.field("Filter.1.Name").is_empty() {
        return asked.refused(400, "InvalidAMIID.NotFound", "The image id does not exist");
    }
    let text = match asked.service() {
        "eks" => eks(asked, last),
        "ec2" => {
            let name = format!("{}Response>", &asked.action["ec2:".len()..]);
            ec2(asked, last)
                .replace("<R>", &format!("<{name}"))
                .replace("</R>", &format!("</{name}"))
        }
        _ => query(asked, last),
    };
    Said::Answer(200, text)
}

fn eks(asked: &Asked, last: bool) -> String {
    let name = asked.field("path").rsplit('/').next().unwrap_or_default();
    let listed = |key: &str, [one, two]: [&str; 2]| {
        if last {
            format!(r#"{{"{key}":["{two}"]}}"#)
        } else {
            format!(r#"{{"{key}":["{one}"],"nextToken":"2"}}"#)
        }
    };
    match &*asked.action {
        "eks:DescribeCluster" => CLUSTER.to_owned(),
        "eks:ListClusters" => listed("clusters", ["prod", "test"]),
        "eks:ListNodegroups" => listed("nodegroups", ["one", "two"]),
        "eks:DescribeNodegroup" => NODEGROUP.replace("NAME", name),
        "eks:ListAccessEntries" => {
            let arn = |it: &str| format!("arn:aws:iam::111122223333:role/{it}");
            listed("accessEntries", [&arn("admin"), &arn("eks-node")])
        }
        "eks:DescribeAccessEntry" => r#"{"accessEntry":{"principalArn":"arn:aws:iam::111122223333:role/eks-node","type":"EC2_LINUX","username":"system:node:{{EC2PrivateDNSName}}","kubernetesGroups":["system:nodes"],"createdAt":1.7672256E9,"modifiedAt":1.7672256E9}}"#.to_owned(),
        "eks:ListAddons" => listed("addons", ["coredns", "vpc-cni"]),
        "eks:DescribeAddon" => format!(
            r#"{{"addon":{{"addonName":"{name}","addonVersion":"v1","status":"DEGRADED","health":{{"issues":[{{"code":"InsufficientNumberOfReplicas","message":"m","resourceIds":["x"]}}]}},"serviceAccountRoleArn":"arn:aws:iam::111122223333:role/cni","podIdentityAssociations":["arn:aws:eks:us-west-2:111122223333:podidentityassociation/prod/a-1"],"configurationValues":"{{\"env\":{{\"ENABLE_PREFIX_DELEGATION\":\"true\",\"OTHER\":\"canary\"}}}}"}}}}"#
        ),
        "eks:ListInsights" if last => r#"{"insights":[]}"#.to_owned(),
        "eks:ListInsights" => r#"{"insights":[{"id":"a1","name":"n","category":"UPGRADE_READINESS","insightStatus":{"status":"PASSING","reason":"r"}}],"nextToken":"2"}"#.to_owned(),
        other => panic!("{other} is not played"),
    }
}

#[expect(clippy::too_many_lines, reason = "one answer for each call")]
fn ec2(asked: &Asked, last: bool) -> String {
    let listed = |set: &str, one: &str| {
        if last {
            format!("<R><{set}></{set}></R>")
        } else {
            format!("<R><{set}><item>{one}</item></{set}><nextToken>2</nextToken></R>")
        }
    };
    let filter = asked.field("Filter.1.Name");
    match &*asked.action {
        "ec2:DescribeInstances" => {
            let id = match filter {
                "tag:aws:autoscaling:groupName" => "i-0only",
                _ if last => "i-0bbb",
                _ => "i-0aaa",
            };
            let more = if last { "" } else { "<nextToken>2</nextToken>" };
            let one = INSTANCE.replace("ID", id);
            let one = if last { one.replace("terminated", "running") } else { one };
            format!(
                "<R><reservationSet><item><instancesSet><item>{one}</item></instancesSet></item>\
                 </reservationSet>{more}</R>"
            )
        }
        "ec2:DescribeInstanceStatus" => "<R><instanceStatusSet><item><instanceId>i-0bbb</instanceId>\
             <instanceStatus><status>ok</status></instanceStatus><systemStatus><status>impaired</status>\
             </systemStatus></item></instanceStatusSet></R>".to_owned(),
        "ec2:GetConsoleOutput" => "<R><instanceId>i-0aaa</instanceId>\
             <timestamp>2026-03-01T09:20:00.000Z</timestamp><output>cGFzc3dvcmQ9Y2FuYXJ5CmVuZAo=</output></R>"
            .to_owned(),
        "ec2:DescribeLaunchTemplateVersions" => listed("launchTemplateVersionSet", TEMPLATE),
        "ec2:DescribeImages" => listed(
            "imagesSet",
            "<imageId>ami-0old</imageId><name>n</name><architecture>x86_64</architecture>\
             <imageState>available</imageState><creationDate>2026-01-20T10:00:00Z</creationDate>\
             <deprecationTime>2028-01-20T10:00:00Z</deprecationTime>",
        ),
        "ec2:DescribeVpcs" => listed("vpcSet", &format!(
            "<vpcId>vpc-0prod</vpcId><ownerId>111122223333</ownerId><cidrBlock>10.0.0.0/16</cidrBlock><dhcpOptionsId>dopt-0a</dhcpOptionsId>\
             <cidrBlockAssociationSet><item><cidrBlock>10.0.0.0/16</cidrBlock></item></cidrBlockAssociationSet>{TAGS}"
        )),
        "ec2:DescribeVpcAttribute" => {
            let name = asked.field("Attribute");
            format!("<R><vpcId>vpc-0prod</vpcId><{name}><value>true</value></{name}></R>")
        }
        "ec2:DescribeDhcpOptions" => listed(
            "dhcpOptionsSet",
            "<dhcpOptionsId>dopt-0a</dhcpOptionsId><dhcpConfigurationSet><item><key>domain-name</key>\
             <valueSet><item><value>x.internal</value></item></valueSet></item></dhcpConfigurationSet>",
        ),
        "ec2:DescribeSubnets" if filter == "subnet-id" => listed("subnetSet", "<subnetId>subnet-0gone</subnetId>"),
        "ec2:DescribeSubnets" => listed("subnetSet", &format!(
            "<subnetId>subnet-0aa</subnetId><vpcId>vpc-0prod</vpcId><cidrBlock>10.0.0.0/19</cidrBlock>\
             <availabilityZone>us-west-2a</availabilityZone><availableIpAddressCount>800</availableIpAddressCount>\
             <mapPublicIpOnLaunch>true</mapPublicIpOnLaunch><state>available</state>{TAGS}\
             <ipv6CidrBlockAssociationSet><item><ipv6CidrBlock>2600:1f14::/64</ipv6CidrBlock><ipv6CidrBlockState>\
             <state>associated</state></ipv6CidrBlockState></item></ipv6CidrBlockAssociationSet>\
             <assignIpv6AddressOnCreation>true</assignIpv6AddressOnCreation><ipv6Native>false</ipv6Native>\
             <enableDns64>true</enableDns64>"
        )),
        "ec2:GetSubnetCidrReservations" => listed(
            "subnetIpv4CidrReservationSet",
            "<subnetId>subnet-0aa</subnetId><cidr>10.0.0.64/26</cidr><reservationType>prefix</reservationType>",
        ),
        "ec2:DescribeRouteTables" => {
            let targets = [
                "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "gatewayId",
                "natGatewayId", "transitGatewayId", "vpcPeeringConnectionId", "networkInterfaceId",
                "instanceId", "egressOnlyInternetGatewayId", "coreNetworkArn", "localGatewayId",
                "carrierGatewayId", "state",
            ];
            let route = targets.map(|it| format!("<{it}>{it}</{it}>")).concat();
            listed("routeTableSet", &format!(
                "<routeTableId>rtb-0a</routeTableId><vpcId>vpc-0prod</vpcId><associationSet><item>\
                 <main>true</main><subnetId>subnet-0aa</subnetId><gatewayId>igw-0a</gatewayId></item>\
                 </associationSet><routeSet><item>{route}</item></routeSet>"
            ))
        }
        "ec2:DescribeNatGateways" => listed(
            "natGatewaySet",
            "<natGatewayId>nat-0a</natGatewayId><subnetId>subnet-0pub</subnetId><vpcId>vpc-0prod</vpcId>\
             <state>failed</state><failureCode>c</failureCode><failureMessage>m</failureMessage>\
             <createTime>2026-01-08T10:00:00.000Z</createTime><connectivityType>public</connectivityType>\
             <natGatewayAddressSet><item><publicIp>203.0.113.10</publicIp><privateIp>10.0.96.5</privateIp>\
             </item></natGatewayAddressSet>",
        ),
        "ec2:DescribeInternetGateways" => listed(
            "internetGatewaySet",
            "<internetGatewayId>igw-0a</internetGatewayId><attachmentSet><item><vpcId>vpc-0prod</vpcId>\
             <state>available</state></item></attachmentSet>",
        ),
        "ec2:DescribeNetworkAcls" => listed(
            "networkAclSet",
            "<networkAclId>acl-0a</networkAclId><vpcId>vpc-0prod</vpcId><default>true</default>\
             <associationSet><item><subnetId>subnet-0aa</subnetId></item></associationSet><entrySet><item>\
             <ruleNumber>100</ruleNumber><protocol>6</protocol><ruleAction>allow</ruleAction>\
             <egress>true</egress><cidrBlock>0.0.0.0/0</cidrBlock><ipv6CidrBlock>::/0</ipv6CidrBlock>\
             <portRange><from>1</from><to>2</to></portRange></item></entrySet>",
        ),
        "ec2:DescribeSecurityGroups" if filter == "group-id" => listed("securityGroupInfo", "<groupId>sg-0other</groupId>"),
        "ec2:DescribeSecurityGroups" => listed("securityGroupInfo", &format!(
            "<groupId>sg-0cluster</groupId><groupName>n</groupName><vpcId>vpc-0prod</vpcId>\
             <ipPermissions>{RULES}</ipPermissions><ipPermissionsEgress>{RULES}</ipPermissionsEgress>{TAGS}"
        )),
        "ec2:DescribeVpcEndpoints" => listed(
            "vpcEndpointSet",
            "<vpcEndpointId>vpce-0a</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType>\
             <vpcId>vpc-0prod</vpcId><serviceName>com.amazonaws.us-west-2.sts</serviceName>\
             <state>available</state><policyDocument>{}</policyDocument><routeTableIdSet><item>rtb-0a</item>\
             </routeTableIdSet><subnetIdSet><item>subnet-0aa</item></subnetIdSet><groupSet><item>\
             <groupId>sg-0a</groupId></item></groupSet><privateDnsEnabled>true</privateDnsEnabled>\
             <creationTimestamp>2026-01-08T11:00:00.000Z</creationTimestamp>",
        ),
        "ec2:DescribeNetworkInterfaces" => listed(
            "networkInterfaceSet",
            "<networkInterfaceId>eni-0a</networkInterfaceId><subnetId>subnet-0aa</subnetId>\
             <vpcId>vpc-0prod</vpcId><description>Amazon EKS prod</description>\
             <interfaceType>interface</interfaceType><status>in-use</status>\
             <privateIpAddress>10.0.2.20</privateIpAddress><privateIpAddressesSet><item>\
             <privateIpAddress>10.0.2.20</privateIpAddress></item></privateIpAddressesSet><ipv4PrefixSet><item>\
             <ipv4Prefix>10.0.2.32/28</ipv4Prefix></item></ipv4PrefixSet><ipv6AddressesSet><item>\
             <ipv6Address>2600:1f14::20</ipv6Address></item></ipv6AddressesSet><groupSet><item><groupId>sg-0cluster</groupId></item>\
             </groupSet><association><publicIp>203.0.113.11</publicIp></association>",
        ),
        other => panic!("{other} is not played"),
    }
}

fn query(asked: &Asked, last: bool) -> String {
    let action = asked.action.split(':').nth(1).unwrap_or_default();
    let result = |text: &str| {
        format!("<{action}Response><{action}Result>{text}</{action}Result></{action}Response>")
    };
    let listed = |key: &str, one: &str| {
        let one = if last { String::new() } else { format!("<member>{one}</member>") };
        let more = match (asked.service(), last) {
            ("iam", true) => "<IsTruncated>false</IsTruncated>",
            ("iam", false) => "<IsTruncated>true</IsTruncated><Marker>2</Marker>",
            (_, true) => "",
            (_, false) => "<NextToken>2</NextToken>",
        };
        result(&format!("<{key}>{one}</{key}>{more}"))
    };
    let name = asked.field("RoleName");
    let role = format!(
        "<Path>/</Path><RoleName>{name}</RoleName><RoleId>AROAEXAMPLE</RoleId>\
         <Arn>arn:aws:iam::111122223333:role/{name}</Arn><CreateDate>2026-01-10T08:00:00Z</CreateDate>\
         <AssumeRolePolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</AssumeRolePolicyDocument>"
    );
    let profile = asked.field("InstanceProfileName");
    match &*asked.action {
        "sts:GetCallerIdentity" => result(
            "<UserId>u</UserId><Arn>arn:aws:iam::111122223333:user/me</Arn><Account>111122223333</Account>",
        ),
        "autoscaling:DescribeAutoScalingGroups" => {
            listed("AutoScalingGroups", &GROUP.replace("NAME", "one"))
        }
        "autoscaling:DescribeScalingActivities" => listed(
            "Activities",
            &format!(
                "<ActivityId>a</ActivityId><AutoScalingGroupName>{}</AutoScalingGroupName><Description>d</Description>\
             <Cause>c</Cause><StartTime>2026-03-01T09:10:00Z</StartTime><EndTime>2026-03-01T09:11:00Z</EndTime>\
             <StatusCode>Failed</StatusCode><StatusMessage>m</StatusMessage>",
                asked.field("AutoScalingGroupName")
            ),
        ),
        "cloudformation:DescribeStacks" => listed(
            "Stacks",
            "<StackId>arn:aws:cloudformation:us-west-2:111122223333:stack/made-by/1</StackId>\
             <StackName>made-by</StackName><CreationTime>2026-01-10T07:59:00Z</CreationTime>\
             <LastUpdatedTime>2026-01-10T07:59:00Z</LastUpdatedTime><StackStatus>CREATE_FAILED</StackStatus>\
             <StackStatusReason>m</StackStatusReason><Tags><member><Key>k</Key><Value>v</Value></member></Tags>\
             </member><member><StackName>other</StackName><StackStatus>CREATE_FAILED</StackStatus>",
        ),
        "cloudformation:DescribeStackEvents" => listed(
            "StackEvents",
            "<EventId>e</EventId><StackName>made-by</StackName><LogicalResourceId>l</LogicalResourceId>\
             <PhysicalResourceId>p</PhysicalResourceId><ResourceType>AWS::EKS::Nodegroup</ResourceType>\
             <Timestamp>2026-01-10T08:00:00Z</Timestamp><ResourceStatus>CREATE_FAILED</ResourceStatus>\
             <ResourceStatusReason>m</ResourceStatusReason></member><member><EventId>f</EventId>\
             <ResourceStatus>CREATE_COMPLETE</ResourceStatus>",
        ),
        "iam:GetRole" => result(&format!(
            "<Role>{role}<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
             <PermissionsBoundaryArn>arn:aws:iam::111122223333:policy/limit</PermissionsBoundaryArn>\
             </PermissionsBoundary></Role>"
        )),
        "iam:ListAttachedRolePolicies" => listed(
            "AttachedPolicies",
            "<PolicyName>AmazonEKSWorkerNodePolicy</PolicyName>\
             <PolicyArn>arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy</PolicyArn></member><member>\
             <PolicyName>mine</PolicyName><PolicyArn>arn:aws:iam::111122223333:policy/mine</PolicyArn>",
        ),
        "iam:ListRolePolicies" => listed("PolicyNames", "inline"),
        "iam:GetRolePolicy" => result(
            "<RoleName>r</RoleName><PolicyName>inline</PolicyName><PolicyDocument>%7B%7D</PolicyDocument>",
        ),
        "iam:GetPolicy" => result("<Policy><DefaultVersionId>v7</DefaultVersionId></Policy>"),
        "iam:GetPolicyVersion" => result(
            "<PolicyVersion><Document>%7B%22Version%22%3A%22v%22%7D</Document></PolicyVersion>",
        ),
        "iam:GetInstanceProfile" => result(&format!(
            "<InstanceProfile><Path>/</Path><InstanceProfileName>{profile}</InstanceProfileName>\
             <InstanceProfileId>AIPAEXAMPLE</InstanceProfileId>\
             <Arn>arn:aws:iam::111122223333:instance-profile/{profile}</Arn><CreateDate>2026-02-01T08:00:08Z</CreateDate>\
             <Roles><member>{}</member></Roles></InstanceProfile>",
            role.replace("<RoleName></RoleName>", "<RoleName>eks-node</RoleName>")
                .replace("role/<", "role/eks-node<")
        )),
        "iam:ListOpenIDConnectProviders" => result(
            "<OpenIDConnectProviderList><member>\
             <Arn>arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE</Arn>\
             </member></OpenIDConnectProviderList>",
        ),
        "iam:GetOpenIDConnectProvider" => result(
            "<Url>oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE</Url><ClientIDList><member>sts.amazonaws.com</member></ClientIDList>",
        ),
        other => panic!("{other} is not played"),
    }
}
