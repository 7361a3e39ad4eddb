//! What the real program makes of files, options and stdin, and what comes of input that is none.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

mod cases;

fn cases() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases")
}

struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// In this folder, so that no report names where the tests are.
fn diagnose(folder: &Path, arguments: &[&str], stdin: &[u8]) -> Run {
    let mut child = Command::new(&lab::binaries().unwrap().agent)
        .arg("diagnose")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who does not read stdin closes it.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    let text = |it| String::from_utf8(it).unwrap();
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn stdin_and_options_say_what_files_say() {
    let folder = cases().join("irsa-no-oidc-provider/given");
    let log = fs::read(folder.join("controller.log")).unwrap();
    for arguments in [&["sa.yaml", "-"][..], &["--service-account", "sa.yaml", "--logs", "-"]] {
        let run = diagnose(&folder, arguments, &log);
        assert!(run.stdout.starts_with("IAM   the role's account has no OIDC provider"));
        assert!(run.stdout.contains("-:2"), "{}", run.stdout);
    }
    let symptom = "No OpenIDConnect provider found in your account for https://i/id/X";
    let run = diagnose(&folder, &["--symptom", symptom], b"");
    assert_eq!(run.code, Some(3), "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_recording_is_judged_again() {
    let recording = integration::recordings().join("healthy/irsa.json");
    let run = diagnose(&cases(), &[recording.to_str().unwrap()], b"");
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
}

#[test]
fn input_that_is_none_is_refused_with_its_place() {
    let scratch = env::temp_dir().join(format!("eks-triage-diagnose-{}", std::process::id()));
    fs::create_dir_all(scratch.join("empty")).unwrap();
    let write = |name: &str, content: &[u8]| fs::write(scratch.join(name), content).unwrap();
    write("binary", b"\x7fELF\0\0\0");
    write("broken.yaml", b"apiVersion: v1\nkind: Pod\nspec: [PLANTED\n");
    write("deep.json", &b"[".repeat(100_000));
    write("cut.json", b"{\n \"Statement\": [\n  {\"Sid\": \"PLANTED\"");
    write(
        "two.yaml",
        b"kind: Pod\napiVersion: v1\nmetadata: {name: a, namespace: n}\n---\n\
        kind: Pod\napiVersion: v1\nmetadata: {name: b, namespace: n}\n",
    );
    write("app.log", b"GET /healthz 200\n");
    for (arguments, told) in [
        (&["binary"][..], "binary: binary"),
        (&["broken.yaml"], "broken.yaml:"),
        (&["deep.json"], "deep.json:1: JSON that is nested deeper"),
        (&["cut.json"], "cut.json:3: ends in the middle"),
        (&["missing"], "missing: no such file or folder"),
        (&["missing", "app.log"], "missing: no such file or folder"),
        (&["empty"], "empty: empty folder"),
        (&["-"], "-: empty"),
        (&[], "nothing to diagnose"),
        (&["two.yaml"], "pod/n/a, pod/n/b"),
        (&["--service-account", "app.log"], "app.log: is no ServiceAccount"),
        (&["--trust-policy", "two.yaml"], "two.yaml: holds no trust policy"),
        (&["--logs", "empty"], "empty: is a folder"),
    ] {
        let run = diagnose(&scratch, arguments, b"");
        assert_eq!(run.code, Some(2), "{arguments:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(told), "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.contains("PLANTED"), "{arguments:?}: {}", run.stderr);
    }
    // With something of use beside it, the report is partial, and says so.
    let run = diagnose(&scratch, &["cut.json", "two.yaml", "--subject", "pod/n/b"], b"");
    assert!(run.stdout.contains("pod n/b"), "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("cut.json: not read: line 3"), "{}", run.stderr);
    fs::remove_dir_all(&scratch).unwrap();
}

#[test]
fn nothing_secret_is_repeated() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: prod}\nspec:\n  \
        serviceAccountName: api\n  containers:\n  - name: app\n    env:\n    - name: PASSWORD\n      \
        value: PLANTED-1\n    - name: AWS_SECRET_ACCESS_KEY\n      value: PLANTED-2\n    \
        - name: AWS_ACCESS_KEY_ID\n      value: AKIAPLANTEDPLANTED12\n";
    let log = "AccessDenied for token eyJPLANTEDPLANTEDPLANTED.x.y AWS_SESSION_TOKEN=PLANTED-3\n";
    for form in ["text", "json"] {
        let arguments = ["-", "--symptom", log, "-o", form];
        let run = diagnose(&cases(), &arguments, pod.as_bytes());
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(all.contains("prod") && !all.contains("PLANTED"), "{all}");
    }
}
