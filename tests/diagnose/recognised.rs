//! Every kind of input by its right name, used or said to be unused, with why.

use serde_json::Value;

use super::desk::{Desk, cases, diagnose};

/// Name, content, and a part of what it is taken for.
const INPUTS: &[(&str, &str, &str)] = &[
    (
        "sa.yaml",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: api, namespace: prod}\n",
        "ServiceAccount prod/api",
    ),
    (
        "pod.json",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"prod\"}}",
        "Pod prod/a",
    ),
    (
        "deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: prod}\nspec: {template: {spec: {serviceAccountName: api}}}\n",
        "deployment/web, whose pods use ServiceAccount api",
    ),
    (
        "cronjob.yaml",
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: web}\nspec: {jobTemplate: {spec: {template: {spec: {}}}}}\n",
        "cronjob/web, whose pods use ServiceAccount default",
    ),
    ("node.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n", "Node n1"),
    (
        "events.yaml",
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Event\n  metadata: {}\n  reason: Failed\n  involvedObject: {kind: Pod, namespace: prod, name: a}\n",
        "Event of Pod prod/a",
    ),
    (
        "policy.yaml",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}}\n",
        "NetworkPolicy deny",
    ),
    (
        "binding.yaml",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\n",
        "RoleBinding b, not used: a denial names the rule",
    ),
    (
        "aws-auth.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth}\ndata:\n  mapRoles: |\n    - rolearn: arn:aws:iam::111122223333:role/node\n",
        "ConfigMap aws-auth, 1 principals",
    ),
    (
        "config.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\n",
        "ConfigMap app, not used: of these only aws-auth",
    ),
    (
        "secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {key: PLANTED}\n",
        "Secret s, not used: it holds secrets",
    ),
    (
        "aws-node.yaml",
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: aws-node}\nspec: {template: {spec: {containers: [{name: aws-node, image: 'cni:v1.19.2'}]}}}\n",
        "DaemonSet aws-node, VPC CNI v1.19.2",
    ),
    (
        "sa.txt",
        "Name:         api\nNamespace:    prod\nLabels:       <none>\nMountable secrets:  <none>\n",
        "ServiceAccount prod/api",
    ),
    (
        "pod.txt",
        "Name:         a\nNamespace:    prod\nLabels:       <none>\nContainers:\n  app:\n    Image:  x\n",
        "Pod prod/a",
    ),
    (
        "node.txt",
        "Name:         n1\nRoles:        <none>\nLabels:       <none>\nConditions:\n  Type  Status\nCapacity:\n  pods:  29\n",
        "Node n1",
    ),
    (
        "service.txt",
        "Name:         s\nNamespace:    prod\nLabels:       <none>\nType:  ClusterIP\n",
        "kubectl describe of another object",
    ),
    (
        "events.txt",
        "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n2m   Normal   Pulled   pod/a   x\n",
        "1 events, 0 of them may matter",
    ),
    (
        "all-events.txt",
        "NAMESPACE   LAST SEEN   TYPE   REASON   OBJECT   SUBOBJECT   SOURCE   MESSAGE   FIRST SEEN   COUNT   NAME\nprod   2m   Normal   Pulled   pod/a   x\n",
        "1 events, 0 of them may matter",
    ),
    ("whoami.txt", "ATTRIBUTE   VALUE\nUsername    kubernetes-admin\n", "user kubernetes-admin"),
    ("app.log", "GET /healthz 200\n", "log, 1 lines"),
    ("kubelet.log", "Mar 01 10:05:00 n1 kubelet[3542]: I0301 x\n", "kubelet log, 1 lines"),
    (
        "ipamd.log",
        "{\"level\":\"info\",\"caller\":\"ipamd/ipamd.go:485\",\"msg\":\"x\"}\n",
        "ipamd log, 1 lines",
    ),
    (
        "trail.json",
        "{\"Records\":[{\"eventVersion\":\"1.08\",\"eventName\":\"GetObject\"}]}",
        "CloudTrail, 1 events",
    ),
    (
        "event.json",
        "{\"eventVersion\":\"1.08\",\"eventName\":\"GetObject\"}",
        "CloudTrail, 1 events",
    ),
    (
        "lookup.json",
        "{\"Events\":[{\"CloudTrailEvent\":\"{\\\"eventVersion\\\":\\\"1.08\\\"}\"}]}",
        "CloudTrail, 1 events",
    ),
    ("trust.json", "{\"Statement\":[{\"Principal\":{}}]}", "trust policy"),
    (
        "permissions.json",
        "{\"Statement\":[{\"Action\":\"a\",\"Resource\":\"b\"}]}",
        "permission policy",
    ),
    (
        "role.json",
        "{\"Role\":{\"Arn\":\"arn:aws:iam::111122223333:role/api\",\"AssumeRolePolicyDocument\":{}}}",
        "role arn:aws:iam::111122223333:role/api",
    ),
    (
        "roles.json",
        "{\"Roles\":[{\"Arn\":\"arn:aws:iam::111122223333:role/web\",\"AssumeRolePolicyDocument\":{}}]}",
        "role arn:aws:iam::111122223333:role/web",
    ),
    ("version.json", "{\"PolicyVersion\":{\"Document\":{\"Statement\":[]}}}", "permission policy"),
    (
        "get-policy.json",
        "{\"Policy\":{\"PolicyName\":\"p\"}}",
        "answer of aws iam get-policy, not used: it has no document",
    ),
    (
        "attached.json",
        "{\"AttachedPolicies\":[]}",
        "aws iam list-attached-role-policies, not used: it has names alone",
    ),
    ("inline.json", "{\"PolicyNames\":[]}", "aws iam list-role-policies, not used"),
    (
        "subnets.json",
        "{\"Subnets\":[{\"SubnetId\":\"subnet-0a\",\"AvailableIpAddressCount\":9}]}",
        "1 subnets",
    ),
    ("interfaces.json", "{\"NetworkInterfaces\":[]}", "0 network interfaces"),
    ("reservations.json", "{\"SubnetIpv4CidrReservations\":[]}", "0 CIDR reservations"),
    (
        "types.json",
        "{\"InstanceTypes\":[{\"InstanceType\":\"x9.large\",\"NetworkInfo\":{\"MaximumNetworkInterfaces\":3,\"Ipv4AddressesPerInterface\":10}}]}",
        "limits of 1 instance types",
    ),
    (
        "groups.json",
        "{\"SecurityGroups\":[]}",
        "aws ec2 describe-security-groups, not used: which pair",
    ),
    ("routes.json", "{\"RouteTables\":[]}", "aws ec2 describe-route-tables, not used"),
    ("endpoints.json", "{\"VpcEndpoints\":[]}", "aws ec2 describe-vpc-endpoints, not used"),
    ("cluster.json", "{\"cluster\":{\"name\":\"c1\",\"arn\":\"a\"}}", "cluster c1"),
    (
        "entries.json",
        "{\"accessEntries\":[\"arn:aws:iam::111122223333:role/node\"]}",
        "list of 1 access entries",
    ),
    (
        "entry.json",
        "{\"accessEntry\":{\"principalArn\":\"a\"}}",
        "aws eks describe-access-entry, not used",
    ),
    (
        "provider.json",
        "{\"Url\":\"i/id/X\",\"ClientIDList\":[\"sts.amazonaws.com\"]}",
        "OIDC provider i/id/X",
    ),
    ("providers.json", "{\"OpenIDConnectProviderList\":[]}", "list of 0 OIDC providers"),
    ("associations.json", "{\"associations\":[]}", "0 Pod Identity associations"),
    (
        "caller.json",
        "{\"UserId\":\"A\",\"Account\":\"111122223333\",\"Arn\":\"arn:aws:iam::111122223333:user/me\"}",
        "caller arn:aws:iam::111122223333:user/me",
    ),
    (
        "simulation.json",
        "{\"EvaluationResults\":[{\"EvalActionName\":\"s3:GetObject\",\"EvalDecision\":\"allowed\"}]}",
        "simulation of s3:GetObject: allowed",
    ),
    (
        "decoded.json",
        "{\"explicitDeny\":true,\"context\":{\"action\":\"s3:GetObject\"}}",
        "decoded denial of s3:GetObject",
    ),
    (
        "token.json",
        "{\"authorizationData\":[{\"authorizationToken\":\"PLANTED\"}]}",
        "aws ecr get-authorization-token, not used: it is a password",
    ),
    (
        "credentials.json",
        "{\"Credentials\":{\"SecretAccessKey\":\"PLANTED\"}}",
        "temporary credentials, not used: they are a secret",
    ),
    (
        "enis-1.6.json",
        "{\"TotalIPs\":28,\"AssignedIPs\":3,\"ENIIPPools\":{\"eni-1\":{}}}",
        "ipamd's books, 3 of 28",
    ),
    (
        "enis-1.7.json",
        "{\"TotalIPs\":28,\"AssignedIPs\":4,\"ENIs\":{\"eni-1\":{}}}",
        "ipamd's books, 4 of 28",
    ),
    (
        "enis-1.20.json",
        "{\"0\":{\"TotalIPs\":28,\"AssignedIPs\":5,\"ENIs\":{\"eni-1\":{}}}}",
        "ipamd's books, 5 of 28",
    ),
    (
        "enis-1.23.json",
        "{\"0\":{\"TotalIPs\":28,\"AssignedIPs\":6,\"ENIs\":{\"eni-1\":{\"AvailableIPv4Cidrs\":{\"10.0.1.21/32\":{\"IPAddresses\":{\"10.0.1.21\":{\"IPAMKey\":{\"containerID\":\"\",\"ifName\":\"\"}}}}}}}}}",
        "ipamd's books, 6 of 28",
    ),
    (
        "console.json",
        "{\"InstanceId\":\"i-0abc\",\"Output\":\"boot\\r\\ndone\\r\\n\"}",
        "console output, 2 lines",
    ),
    (
        "insights.json",
        "{\"events\":[{\"timestamp\":1772359500000,\"message\":\"x\"}]}",
        "CloudWatch log, 1 events",
    ),
    ("network.yaml", "cniVersion: v1.19.2\nsubnets: []\n", "network, 0 subnets"),
    ("other.yaml", "note: 1\nkind: 7\n", "YAML, not used: no Kubernetes object"),
];

#[test]
fn each_kind_of_input_is_told_by_its_name() {
    let mut wrong = Vec::new();
    for (name, content, expected) in INPUTS {
        let desk = Desk::new();
        // Beside something of use, so that there is a report.
        let run = desk.has(name, content).has("x.log", "x\n").run(&[name, "x.log", "-o", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
        let all: Vec<Value> = report["inputs"].as_array().cloned().unwrap_or_default();
        let of = |it: &&Value| it["source"] == *name;
        let told: Vec<&str> =
            all.iter().filter(of).filter_map(|it| it["recognisedAs"].as_str()).collect();
        if !told.iter().any(|it| it.contains(expected)) {
            wrong.push(format!("{name}: {told:?}, not {expected}; {}", run.stderr));
        }
        assert!(!run.stdout.contains("PLANTED") && !run.stderr.contains("PLANTED"), "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_network_is_named_by_its_option_too() {
    let folder = cases().join("network-subnet-full/given");
    let decided = diagnose(&folder, &["pod.txt", "--network", "network.yaml"], b"");
    assert!(decided.stdout.starts_with("NETWORK   the subnet has no free address"));
    assert!(decided.stderr.contains("network.yaml: network, 2 subnets"), "{}", decided.stderr);
    let undecided = diagnose(&folder, &["pod.txt", "-o", "json"], b"");
    let report: Value = serde_json::from_str(&undecided.stdout).unwrap();
    assert_eq!((&report["outcome"], &report["plane"]), (&"undecided".into(), &"network".into()));
    assert_eq!(report["possible"].as_array().unwrap().len(), 5);
}

/// That a pod waits, as the kubelet tells it.
const WAITS: &str = "add cmd: failed to assign an IP address to container";

fn fault(files: &[(&str, &str)]) -> Value {
    let desk = Desk::new();
    let mut arguments = vec!["--symptom", WAITS, "-o", "json"];
    for (name, content) in files {
        desk.has(name, content);
        arguments.push(name);
    }
    let run = desk.run(&arguments);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    report["fault"].clone()
}

#[test]
fn blocks_are_counted_from_what_interfaces_have() {
    let subnets = (
        "subnets.json",
        "{\"Subnets\":[{\"SubnetId\":\"subnet-0a\",\"CidrBlock\":\"10.0.1.0/26\",\"AvailableIpAddressCount\":40}]}",
    );
    let full = (
        "subnets.json",
        "{\"Subnets\":[{\"SubnetId\":\"subnet-0a\",\"CidrBlock\":\"10.0.1.0/26\",\"AvailableIpAddressCount\":0}]}",
    );
    let prefixes = ("cni.yaml", "prefixDelegation: yes\n");
    let spread = (
        "enis.json",
        "{\"NetworkInterfaces\":[{\"SubnetId\":\"subnet-0a\",\"PrivateIpAddresses\":[{\"PrivateIpAddress\":\"10.0.1.17\"},{\"PrivateIpAddress\":\"10.0.1.40\"}]}]}",
    );
    let one = (
        "enis.json",
        "{\"NetworkInterfaces\":[{\"SubnetId\":\"subnet-0a\",\"PrivateIpAddresses\":[{\"PrivateIpAddress\":\"10.0.1.17\"}]}]}",
    );
    let reserved = (
        "reserved.json",
        "{\"SubnetIpv4CidrReservations\":[{\"SubnetId\":\"subnet-0a\",\"Cidr\":\"10.0.1.32/28\",\"ReservationType\":\"explicit\"}]}",
    );
    // A count of addresses says nothing of blocks, and nothing at all of health.
    assert_eq!(fault(&[subnets]), Value::Null);
    assert_eq!(fault(&[subnets, prefixes]), Value::Null);
    assert_eq!(fault(&[subnets, prefixes, one]), Value::Null);
    assert_eq!(fault(&[subnets, prefixes, spread]), "fragmented");
    assert_eq!(fault(&[subnets, prefixes, one, reserved]), "fragmented");
    // Without prefixes blocks do not count.
    assert_eq!(fault(&[subnets, spread]), Value::Null);
    assert_eq!(fault(&[full]), "full");
}

#[test]
fn a_full_subnet_that_may_be_another_node_s_decides_nothing() {
    let two =
        "subnets:\n- id: subnet-0a\n  freeAddresses: 0\n- id: subnet-0b\n  freeAddresses: 90\n";
    assert_eq!(fault(&[("network.yaml", two)]), Value::Null);
    // Nor does one where no pod waits.
    let desk = Desk::new();
    desk.has("network.yaml", "subnets:\n- id: subnet-0a\n  freeAddresses: 0\n").has("x.log", "x\n");
    let run = desk.run(&["x.log", "--network", "network.yaml"]);
    assert_eq!(run.code, Some(4), "{}", run.stdout);
}

#[test]
fn whom_the_cluster_maps_is_decided_from_both_lists() {
    let log = "error: You must be logged in to the server (Unauthorized)\n";
    let caller = "{\"UserId\":\"A\",\"Account\":\"111122223333\",\"Arn\":\"arn:aws:sts::111122223333:assumed-role/dev/me\"}";
    let auth = |arn: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: aws-auth}}\ndata:\n  mapRoles: |\n    - rolearn: {arn}\n"
        )
    };
    let fault = |entries: &str, arn: &str| {
        let desk = Desk::new();
        desk.has("x.log", log).has("me.json", caller).has("aws-auth.yaml", auth(arn));
        desk.has("entries.json", format!("{{\"accessEntries\":[\"{entries}\"]}}"));
        let run = desk.run(&[".", "-o", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        report["fault"].clone()
    };
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    assert_eq!(fault(&role("node"), &role("node")), "not-mapped");
    assert_eq!(fault(&role("node"), &role("team/dev")), "path-in-role-arn");
    assert_eq!(fault(&role("team/dev"), &role("node")), "refused");
    assert_eq!(fault(&role("node"), &role("dev")), "refused");
}

#[test]
fn a_template_and_a_trail_are_about_their_own() {
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: api\n  namespace: prod\n  annotations:\n    \
        eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/api\n";
    let template = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: prod}\nspec:\n  template:\n    spec:\n      containers: []\n";
    let desk = Desk::new();
    desk.has("sa.yaml", account).has("web.yaml", template);
    let run = desk.run(&["."]);
    assert!(
        run.stdout.contains("the pod uses the ServiceAccount default; api has the role"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("set serviceaccount deployment/web api"), "{}", run.stdout);
    let denied = |role: &str| {
        format!(
            "{{\"eventVersion\":\"1.08\",\"eventTime\":\"2026-03-01T10:05:00Z\",\"errorCode\":\"AccessDenied\",\
            \"userIdentity\":{{\"arn\":\"arn:aws:sts::111122223333:assumed-role/{role}/s\"}},\"errorMessage\":\"User: \
            arn:aws:sts::111122223333:assumed-role/{role}/s is not authorized to perform: s3:PutObject on resource: \
            arn:aws:s3:::data/key because no identity-based policy allows the s3:PutObject action\"}}"
        )
    };
    for (role, code, told) in
        [("api", 3, "1 of them may matter"), ("web", 0, "1 lines about others")]
    {
        let desk = Desk::new();
        desk.has("sa.yaml", account).has("trail.json", denied(role));
        let run = desk.run(&["."]);
        assert_eq!(run.code, Some(code), "{}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
}
