//! Input that is none: a message that names the file and its line, and exit code 2; or, with something
//! of use beside it, an honest report without it.

use std::fmt::Write as _;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::{fs, process::Command};

use super::desk::{Desk, Run, cases, diagnose};

const POD: &str = "kind: Pod\napiVersion: v1\nmetadata: {name: a, namespace: n}\n";
const ACCOUNT: &str = "kind: ServiceAccount\napiVersion: v1\nmetadata: {name: a, namespace: n}\n";

fn refused(run: &Run, told: &str, what: &str) {
    let Run { code, stdout, stderr } = run;
    assert_eq!(*code, Some(2), "{what}: {stdout}{stderr}");
    assert!(stderr.contains(told), "{what} does not say {told}: {stderr}");
    for bad in ["PLANTED", "panicked"] {
        assert!(!stderr.contains(bad) && !stdout.contains(bad), "{what}: {stderr}");
    }
}

#[test]
fn what_cannot_be_read_is_named_with_its_line() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("empty")).unwrap();
    let deep_yaml = format!("{POD}spec: {}", "[".repeat(100_000));
    let mut indented = POD.to_owned();
    for depth in 0..500 {
        writeln!(indented, "{}a:", " ".repeat(depth)).unwrap();
    }
    let mut bomb = format!("{POD}a0: &a0 [PLANTED, PLANTED]\n");
    for it in 1..40 {
        let of = it - 1;
        writeln!(bomb, "a{it}: &a{it} [*a{of}, *a{of}, *a{of}, *a{of}]").unwrap();
    }
    desk.has("binary", b"\x7fELF\0\0\0PLANTED")
        .has("broken.yaml", "apiVersion: v1\nkind: Pod\nspec: [PLANTED\n")
        .has("second.yaml", format!("{ACCOUNT}---\nkind: Pod\nspec: {{a: PLANTED\n"))
        .has("deep.json", "[".repeat(100_000))
        .has("deep.yaml", deep_yaml)
        .has("indented.yaml", indented)
        .has("bomb.yaml", bomb)
        .has("twice.yaml", format!("{POD}spec: {{}}\nspec: {{PLANTED: 1}}\n"))
        .has("cut.json", "{\n \"Statement\": [\n  {\"Sid\": \"PLANTED\"")
        .has("two.yaml", format!("{POD}---\n{}", POD.replace("name: a", "name: b")));
    for (arguments, told) in [
        (&["binary"][..], "binary: binary, not used"),
        (&["broken.yaml"], "broken.yaml:3: is not YAML"),
        (&["second.yaml"], "second.yaml:6: is not YAML"),
        (&["deep.json"], "deep.json:1: JSON that is nested deeper"),
        (&["deep.yaml"], "deep.yaml:4: YAML that is nested deeper"),
        (&["indented.yaml"], "YAML that is nested deeper"),
        (&["bomb.yaml"], "YAML that is nested deeper, or repeats itself more"),
        (&["twice.yaml"], "twice.yaml:5: has the same key twice"),
        (&["cut.json"], "cut.json:3: ends in the middle"),
        (&["missing"], "missing: no such file or folder"),
        (&["missing", "two.yaml"], "missing: no such file or folder"),
        (&["empty"], "empty: empty folder"),
        (&["-"], "-: empty"),
        (&[], "nothing to diagnose"),
        (&["two.yaml"], "pod/n/a, pod/n/b"),
        (&["/dev/null"], "/dev/null: neither a file nor a folder"),
    ] {
        refused(&desk.run(arguments), told, arguments.first().unwrap_or(&"nothing"));
    }
    // With something of use beside it, the report is partial, and says so.
    let run = desk.run(&["cut.json", "twice.yaml", "two.yaml", "--subject", "pod/n/b"]);
    assert_eq!(run.code, Some(4), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("pod n/b"), "{}{}", run.stdout, run.stderr);
    for told in ["cut.json: not read: line 3", "twice.yaml: not read: line 5"] {
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
}

#[test]
fn an_option_takes_its_own_kind_alone() {
    let desk = Desk::new();
    desk.has("app.log", "GET /healthz 200\n")
        .has("sa.yaml", ACCOUNT)
        .has("pod.yaml", POD)
        .has("trust.json", "{\"Statement\":[{\"Principal\":{},\"Action\":\"a\"}]}")
        .has("policy.json", "{\"Statement\":[{\"Action\":\"a\",\"Resource\":\"b\"}]}")
        .has("network.yaml", "subnets:\n- id: subnet-0a\n  freeAdresses: 3\n")
        .has("told.yaml", "- PLANTED\n")
        .has("empty", "");
    fs::create_dir(desk.path().join("folder")).unwrap();
    for (arguments, told) in [
        (
            &["--service-account", "app.log"][..],
            "app.log: is log; --service-account takes a ServiceAccount",
        ),
        (&["--service-account", "pod.yaml"], "pod.yaml: is Pod n/a; --service-account takes"),
        (&["--trust-policy", "sa.yaml"], "sa.yaml: is ServiceAccount n/a; --trust-policy takes"),
        (&["--trust-policy", "policy.json"], "policy.json: is permission policy; --trust-policy"),
        (&["--logs", "trust.json"], "trust.json: is trust policy; --logs takes a log"),
        (&["--logs", "folder"], "folder: is a folder, not a file; --logs takes a log"),
        (&["--describe", "trust.json"], "trust.json: is trust policy; --describe takes"),
        (&["--describe", "empty"], "empty: is empty; --describe takes"),
        (&["--network", "sa.yaml"], "sa.yaml: is ServiceAccount n/a; --network takes"),
        (
            &["--network", "network.yaml"],
            "network.yaml:3: `freeAdresses` is no key here; these are: id, cidr",
        ),
        (&["--network", "told.yaml"], "told.yaml: is log; --network takes"),
        (&["--network", "missing"], "missing: no such file"),
    ] {
        refused(&desk.run(arguments), told, &arguments.join(" "));
    }
}

#[test]
fn every_encoding_and_line_end_says_the_same() {
    let folder = cases().join("irsa-no-oidc-provider/given");
    let (account, log) = (folder.join("sa.yaml"), folder.join("controller.log"));
    let account = fs::read_to_string(account).unwrap();
    let expected = diagnose(&folder, &["sa.yaml", "controller.log", "-o", "json"], b"");
    let desk = Desk::new();
    fs::copy(log, desk.path().join("controller.log")).unwrap();
    let little: Vec<u8> = account.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = account.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let invalid = [account.as_bytes(), b"# \xff\xfe\x80\n"].concat();
    for (what, content) in [
        ("UTF-16 with its mark", [&[0xff, 0xfe], &little[..]].concat()),
        ("UTF-16, the other end first", [&[0xfe, 0xff], &big[..]].concat()),
        ("UTF-16 without its mark", little.clone()),
        ("a UTF-8 mark", [&b"\xef\xbb\xbf"[..], account.as_bytes()].concat()),
        ("Windows line ends", account.replace('\n', "\r\n").into_bytes()),
        ("invalid UTF-8", invalid),
        ("a prompt", [b"$ kubectl get sa api -o yaml\n", account.as_bytes()].concat()),
    ] {
        let run = desk.has("sa.yaml", content).run(&["sa.yaml", "controller.log", "-o", "json"]);
        assert_eq!(run.code, expected.code, "{what}: {}", run.stderr);
        let report = |it: &Run| serde_json::from_str::<serde_json::Value>(&it.stdout).unwrap();
        for part in ["fault", "title", "fix"] {
            assert_eq!(report(&run)[part], report(&expected)[part], "{what}");
        }
    }
}

#[test]
fn a_policy_of_a_megabyte_is_read() {
    let statement = "{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}";
    let all = vec![statement; (1 << 20) / statement.len()].join(",\n");
    let desk = Desk::new();
    desk.has("trust.json", format!("{{\"Statement\":[\n{all}\n]}}"))
        .has(
            "sa.yaml",
            "kind: ServiceAccount\napiVersion: v1\nmetadata:\n  name: api\n  namespace: prod\n  \
            annotations:\n    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/api\n",
        )
        .has("app.log", "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity\n");
    let run = desk.run(&["trust.json", "sa.yaml", "app.log"]);
    assert!(matches!(run.code, Some(3 | 4)), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with("IAM") || run.stdout.contains("within IAM"), "{}", run.stdout);
    assert!(run.stderr.contains("trust.json: trust policy"), "{}", run.stderr);
}

#[test]
fn a_pipe_is_read_and_one_without_a_writer_is_refused() {
    let desk = Desk::new();
    let fifo = desk.path().join("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    refused(&desk.run(&["fifo"]), "fifo: a pipe that nobody writes to", "fifo");
    let writer = std::thread::spawn(move || fs::write(fifo, ACCOUNT));
    let run = desk.run(&["fifo"]);
    assert!(run.stdout.contains("serviceaccount n/a"), "{}{}", run.stdout, run.stderr);
    writer.join().unwrap().unwrap();
    // In a folder nobody named it.
    desk.has("sa.yaml", ACCOUNT);
    symlink("/etc/passwd", desk.path().join("link")).unwrap();
    let run = desk.run(&["."]);
    assert!(run.stderr.contains("./fifo: not read: no file"), "{}", run.stderr);
    assert!(run.stderr.contains("./link: not read: a link"), "{}", run.stderr);
}

/// Root may read everything, so that the program runs as nobody then.
#[test]
fn what_may_not_be_read_is_said_so() {
    let desk = Desk::new();
    desk.has("closed/sa.yaml", ACCOUNT)
        .has("open/closed/pod.yaml", POD)
        .has("open/sa.yaml", ACCOUNT);
    let program = desk.path().join("eks-triage");
    fs::copy(&lab::binaries().unwrap().agent, &program).unwrap();
    let mode = |path: &str, mode: u32| {
        fs::set_permissions(desk.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(".", 0o755);
    mode("closed", 0o000);
    mode("open/closed", 0o000);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.arg("diagnose").args(arguments).current_dir(desk.path());
        let root = fs::read_dir(desk.path().join("closed")).is_ok();
        if root {
            command.uid(65534).gid(65534);
        }
        let output = command.output().unwrap();
        let text = |it| String::from_utf8(it).unwrap();
        Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    };
    refused(&run(&["closed"]), "closed: permission denied", "a folder");
    refused(&run(&["closed/sa.yaml"]), "closed/sa.yaml: permission denied", "a file");
    let partial = run(&["open"]);
    assert!(partial.stdout.contains("serviceaccount n/a"), "{}", partial.stderr);
    let told = "open/closed: not read: a folder that may not be read";
    assert!(partial.stderr.contains(told), "{}", partial.stderr);
    mode("closed", 0o755);
    mode("open/closed", 0o755);
}
