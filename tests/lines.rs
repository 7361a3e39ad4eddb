//! A failure is the same failure however loggers, runtimes and terminals dress its line, and is
//! quoted as it stands there.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use diagnosis::{
    document::log,
    facts::Facts,
    judge,
    report::{Evidence, Report},
};
use serde_json::json;

/// One of each plane; most of them carry quotes.
const FAILURES: [&str; 6] = [
    "operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 400, InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
    "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    "pods is forbidden: User \"system:serviceaccount:prod:api\" cannot list resource \"pods\" in API group \"\" in the namespace \"prod\"",
    "Failed to pull image \"example.com/api:9.9\": rpc error: code = NotFound desc = failed to pull and unpack image \"example.com/api:9.9\": failed to resolve reference \"example.com/api:9.9\": example.com/api:9.9: not found",
    "Could not connect to the endpoint URL: \"https://sts.us-west-2.amazonaws.com/\"",
    "Post \"https://sts.us-west-2.amazonaws.com/\": dial tcp: lookup sts.us-west-2.amazonaws.com on 172.20.0.10:53: no such host",
];

fn report(input: &[u8]) -> Report {
    let lines = log::read("app.log", &mut &*input).unwrap().lines;
    judge(&Facts { lines, ..Facts::default() })
}

/// All that it says of whose fault it is.
fn verdict(report: &Report) -> String {
    let of = (report.outcome, report.plane, report.chain, report.link, report.fault);
    let possible: Vec<_> = report.possible.iter().map(|it| (it.link, it.fault)).collect();
    format!("{of:?} {possible:?}")
}

fn quotes(report: &Report) -> impl Iterator<Item = &Evidence> {
    let links = report.chains.iter().flat_map(|it| &it.links).flat_map(|it| &it.evidence);
    report.evidence.iter().chain(links).chain(report.set_aside.iter().map(|it| &it.evidence))
}

/// Each failure, dressed, on line `number` of the input.
fn same(what: &str, number: u32, dress: impl Fn(&str) -> String) {
    for failure in FAILURES {
        let (plain, input) = (report(failure.as_bytes()), dress(failure));
        assert!(plain.plane.is_some() || !plain.possible.is_empty(), "{failure}");
        let dressed = report(input.as_bytes());
        assert_eq!(verdict(&dressed), verdict(&plain), "{what}: {input}");
        let written = uncoloured(&input);
        for it in quotes(&dressed) {
            assert!(written.contains(&it.quote), "{what}: not in the input: {}", it.quote);
            assert_eq!(it.line, Some(number), "{what}: {}", it.quote);
        }
        assert!(quotes(&dressed).next().is_some(), "{what}: {failure}");
    }
}

fn uncoloured(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + part.split_once('m').map_or(part, |(_, rest)| rest))
}

/// As a logger writes it into JSON.
fn json(key: &str, text: &str) -> String {
    json!({"level": "error", "ts": "2026-03-01T10:05:00Z", key: text}).to_string()
}

#[test]
fn loggers() {
    same("plain", 1, str::to_owned);
    same("klog", 1, |it| format!("E0301 10:05:00.123456       1 main.go:42] {it}\n"));
    same("klog, structured", 1, |it| {
        format!(
            "E0301 10:05:00.123456       1 main.go:42] \"Sync failed\" err={it:?} pod=\"prod/api\""
        )
    });
    same("logfmt", 1, |it| format!("time=\"2026-03-01T10:05:00Z\" level=error msg={it:?} app=api"));
    same("JSON lines", 3, |it| {
        format!("{}\n{}\n{}\n", json("msg", "start"), json("msg", "go"), json("error", it))
    });
    same("JSON within JSON", 1, |it| json("log", &json("msg", it)));
    same("JSON within JSON, twice", 1, |it| json("log", &json("message", &json("msg", it))));
    same("JSON for HTML", 1, |it| {
        json("msg", it).replace('&', "\\u0026").replace('/', "\\/").replace("\\\"", "\\u0022")
    });
    same("Go, wrapped", 1, |it| {
        format!("failed to start: unable to set up: reconcile \"api\": {it}")
    });
    same("Spring Boot", 2, |it| {
        format!(
            "2026-03-01T10:05:00.123Z  INFO 1 --- [main] c.e.Api : up\n2026-03-01T10:05:00.456Z ERROR 1 --- [main] c.e.Api : {it}\n2026-03-01T10:05:01.456Z  INFO 1 --- [main] c.e.Api : next\n"
        )
    });
}

#[test]
fn runtimes_and_collectors() {
    same("kubectl --timestamps", 2, |it| {
        format!("2026-03-01T10:05:00.1Z start\n2026-03-01T10:05:00.123456789Z {it}\n")
    });
    same("kubectl --prefix", 2, |it| {
        format!("[pod/api-7d9f/app] start\n[pod/api-7d9f/app] {it}\n")
    });
    same("stern", 2, |it| format!("api-7d9f app start\napi-7d9f app {it}\n"));
    same("CRI", 2, |it| {
        format!("2026-03-01T10:05:00.1Z stdout F start\n2026-03-01T10:05:00.1Z stderr F {it}\n")
    });
    same("docker's json-file", 1, |it| {
        json!({"log": format!("{it}\n"), "stream": "stderr", "time": "2026-03-01T10:05:00.1Z"})
            .to_string()
    });
    same("Fluent Bit", 1, |it| {
        json!({"log": format!("2026-03-01T10:05:00.1Z stderr F {}", json("msg", it)),
            "kubernetes": {"pod_name": "api-7d9f", "namespace_name": "prod"}})
        .to_string()
    });
    same("CloudWatch", 1, |it| format!("2026-03-01T10:05:00.123Z {}", json("log", it)));
    same("syslog", 2, |it| {
        format!(
            "Mar  1 10:05:00 ip-10-0-1-10 app[12]: start\nMar  1 10:05:00 ip-10-0-1-10 app[12]: {it}\n"
        )
    });
    same("journald", 2, |it| {
        format!(
            "-- Journal begins at Sun 2026-03-01 --\nMar 01 10:05:00 ip-10-0-1-10.ec2.internal kubelet[4242]: E0301 10:05:00.123456    4242 x.go:1] {it}\n"
        )
    });
}

/// What a runtime or kubectl broke in parts is quoted whole, as it was before.
fn broken(what: &str, number: u32, dress: impl Fn(&str, &str) -> String) {
    for failure in FAILURES {
        let plain = verdict(&report(failure.as_bytes()));
        for at in (1..failure.len() - 1).step_by(7) {
            let input = dress(&failure[..at], &failure[at..]);
            let report = report(input.as_bytes());
            assert_eq!(verdict(&report), plain, "{what}: {input}");
            for it in quotes(&report) {
                assert!(it.quote.contains(failure), "{what}: {}", it.quote);
                assert_eq!(it.line, Some(number), "{what}: {}", it.quote);
            }
        }
    }
}

#[test]
fn what_a_runtime_cuts_is_read_whole() {
    broken("CRI", 2, |one, two| {
        let stamp = "2026-03-01T10:05:00.123456789Z";
        format!(
            "{stamp} stdout F start\n{stamp} stderr P {one}\n{stamp} stderr F {two}\n{stamp} stdout F next\n"
        )
    });
}

#[test]
fn stack_traces() {
    same("Java", 2, |it| {
        format!(
            "2026-03-01 10:05:00,123 ERROR [main] upload failed\njava.lang.RuntimeException: {it}\n\tat com.example.Api.put(Api.java:7)\n\tat com.example.Api.main(Api.java:1)\n\t... 12 more\n"
        )
    });
    same("Java, caused by", 4, |it| {
        format!(
            "start\njava.lang.RuntimeException: upload\n\tat com.example.Api.put(Api.java:7)\nCaused by: com.example.StoreException: {it}\n\tat com.example.StsAssumeRoleWithWebIdentityCredentialsProvider.get(A.java:1)\n\t... 3 more\n"
        )
    });
    same("Java, each line with a stamp", 3, |it| {
        let stamp = "2026-03-01T10:05:00.123456789Z";
        format!(
            "{stamp} java.lang.RuntimeException: upload\n{stamp} \tat com.example.Api.put(Api.java:7)\n{stamp} Caused by: x: {it}\n{stamp} \tat com.example.B.b(B.java:1)\n"
        )
    });
    same("Java, each line with a name", 3, |it| {
        format!(
            "api-7d9f app x.Y: upload\napi-7d9f app \tat x.Y.put(Y.java:7)\napi-7d9f app Caused by: x.Z: {it}\napi-7d9f app \tat x.Z.b(Z.java:1)\n"
        )
    });
    same(".NET", 2, |it| {
        format!(
            "Unhandled exception. System.Exception: upload\n ---> Example.StoreException: {it}\n   at Example.Api.Put() in /src/Api.cs:line 7\n   --- End of inner exception stack trace ---\n   at Example.Api.Main()\n"
        )
    });
    same("Python", 4, |it| {
        format!(
            "Traceback (most recent call last):\n  File \"/app/api.py\", line 7, in put\n    client.put()\nexample.StoreError: {it}\n"
        )
    });
    same("Python, during handling", 4, |it| {
        format!(
            "Traceback (most recent call last):\n  File \"/app/api.py\", line 7, in put\n    client.put()\nexample.StoreError: {it}\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"/app/api.py\", line 9, in main\n    put()\nRuntimeError: upload failed\n"
        )
    });
    same("Go, panic", 1, |it| {
        format!("panic: {it}\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:7 +0x1d\n")
    });
    same("Node.js", 1, |it| {
        format!("Error: {it}\n    at Api.put (/app/api.js:7:11) {{\n  '$fault': 'client'\n}}\n")
    });
}

#[test]
fn terminals_files_and_chats() {
    same("Windows", 2, |it| format!("start\r\n{it}\r\nend\r\n"));
    same("colours", 1, |it| format!("\u{1b}[31mERROR\u{1b}[0m \u{1b}[1m{it}\u{1b}[0m\n"));
    same("a box", 2, |it| format!("╷\n│ Error: {it}\n╵\n"));
    same("a wide box", 2, |it| format!("╭─────╮\n│ {it}      │\n╰─────╯\n"));
    same("an indented log", 2, |it| {
        format!(
            "    2026-03-01T10:05:00Z start\n    2026-03-01T10:05:01Z {it}\n    2026-03-01T10:05:02Z end\n"
        )
    });
    same("no line end, other letters", 1, |it| format!("größer → {it} …"));
    same("cut after it", 1, |it| format!("time=2026-03-01T10:05:00Z err: {it} ..."));
    same("bytes of a megabyte before", 1, |it| format!("{} {it}\n", "x".repeat(1 << 20)));
    same("bytes of a megabyte after", 1, |it| format!("{it} {}\n", "é".repeat(1 << 19)));
    same("in the middle of a megabyte", 1, |it| {
        format!("{} {it} {}\n", "x".repeat(1 << 19), "y".repeat(1 << 19))
    });
    same("at the end of five megabytes", 2, |it| format!("start\n{} {it}\n", "x".repeat(5 << 20)));
}

#[test]
fn what_kubectl_wraps() {
    let events = "Events:\n  Type     Reason     Age                From     Message\n  ----     ------     ----               ----     -------\n  Normal   Pulling    4s (x2 over 18s)   kubelet  Pulling\n  Warning  Failed     3s (x2 over 17s)   kubelet  ";
    same("events, indented", 5, |it| {
        format!(
            "{events}{it}\n  Normal   Started    2s                 kubelet  Started container app\n"
        )
    });
    // A long value of YAML: with a deeper indent, at a space.
    for (first, number) in [
        ("        message: '", 3),
        ("        message: >-\n          ", 3),
        ("      - message: ", 3),
    ] {
        broken("YAML", number, |one, two| {
            let cut = one.rfind(' ').map_or("", |it| &one[..it]);
            let rest = &format!("{one}{two}")[cut.len()..];
            let (cut, rest) = (cut.trim(), rest.trim_start());
            let gap = if cut.is_empty() { "" } else { "\n          " };
            format!("    state:\n      waiting:\n{first}{cut}{gap}{rest}\n        reason: Failed\n")
        });
    }
}

#[test]
fn the_innermost_cause_speaks() {
    let refused = FAILURES[0];
    let input = format!(
        "java.lang.RuntimeException: AccessDenied\n\tat a.B.c(B.java:1)\nCaused by: a.D: {refused}\n{}",
        "\tat software.amazon.awssdk.WebIdentityTokenFileCredentialsProvider.x(A.java:1)\n"
            .repeat(500)
    );
    let report = report(input.as_bytes());
    assert_eq!(report.fault, Some("missing"), "{}", verdict(&report));
    assert_eq!(report.evidence[0].line, Some(3));
}

/// The peak so far, in KiB; `None` once the process has ended.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Three kinds of log: no failure, nothing but failures, and one line without end.
#[test]
fn a_log_of_any_length_is_read_in_bounded_memory() {
    let noise = "{\"level\":\"info\",\"msg\":\"GET \\\"/orders\\\" 200\"}\n".repeat(2000);
    let flood = format!("{}\n", FAILURES[1]).repeat(1000);
    let endless = "x".repeat(100_000);
    for (part, megabytes, code) in [(noise, 24, 4), (flood, 8, 4), (endless, 16, 4)] {
        let mut child = Command::new(&lab::binaries().unwrap().agent)
            .args(["diagnose", "--logs", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        for _ in 0..(megabytes << 20) / part.len() {
            stdin.write_all(part.as_bytes()).unwrap();
        }
        stdin.write_all(format!("\n{}\n", FAILURES[1]).as_bytes()).unwrap();
        let mut highest = peak(child.id()).unwrap();
        drop(stdin);
        while let Some(now) = peak(child.id()) {
            highest = highest.max(now);
        }
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let name = part[..20].to_owned();
        assert!(highest <= 64 << 10, "{highest} KiB for {megabytes} MB of {name}");
    }
}

#[test]
fn what_means_nothing_is_set_aside_in_any_dress() {
    for sign in diagnosis::chain::NOISE {
        let stamp = "2026-03-01T10:05:00.123456789Z";
        let dressed = [json("msg", sign.sample), json("log", &json("msg", sign.sample))];
        let lines = [format!("{stamp} stderr F {}", sign.sample), format!("  {}", sign.sample)];
        for input in dressed.into_iter().chain(lines) {
            let report = report(input.as_bytes());
            assert_eq!((report.plane, report.set_aside.len()), (None, 1), "{input}");
            assert_eq!(report.set_aside[0].why, sign.why, "{input}");
            assert!(input.contains(&report.set_aside[0].evidence.quote), "{input}");
        }
    }
}
