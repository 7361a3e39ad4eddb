//! What the real program makes of files, options and stdin, and what comes of input that is none.

use std::fs;

use desk::{cases, diagnose};

mod bad;
mod cases;
mod desk;
mod nodes;
mod recognised;

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
