//! Logs as loggers, terminals and chats leave them.

use std::io::BufReader;

use super::*;

const DENIED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

fn of(text: &[u8]) -> Log {
    read("app.log", &mut BufReader::with_capacity(64, text)).unwrap()
}

#[test]
fn only_records_that_matter_are_kept_whole_with_time_and_number() {
    let log = of(b"2026-03-01T10:05:00.123456789Z listening on 8080\n\
        2026-03-01T12:05:01.5+02:00 upload failed\n\
        2026-03-01T10:05:01.6Z   at S3.put\r\n\
        2026-03-01T10:05:01.7Z Caused by: An error occurred (AccessDenied) when calling PutObject\n\
        2026-03-01T10:05:02Z GET /healthz 200\n\
        without a time: AccessDenied");
    assert_eq!((log.read, log.lines.len()), (6, 2), "{log:?}");
    assert_eq!((log.lines[0].line, log.lines[1].line), (2, 6));
    assert_eq!(log.lines[0].at.as_deref(), Some("2026-03-01T10:05:01Z"));
    assert_eq!(log.lines[0].text.lines().count(), 3, "{log:?}");
    assert_eq!(log.lines[1].at, None);
}

#[test]
fn each_form_of_log_gives_its_record() {
    let mut forms = vec![
        format!("E0301 10:05:00.123456       1 main.go:7] {DENIED}"),
        format!("time=\"2026-03-01T10:05:00Z\" level=error msg=\"{DENIED}\""),
        format!("{{\"level\":\"error\",\"msg\":\"{DENIED}\"}}"),
        format!("\u{1b}[31mAccess\u{1b}[0mDenied: {DENIED}\u{1b}[0m"),
        format!("│ operation error STS: {DENIED} │"),
    ];
    forms.push(forms.join("\r\n"));
    for form in &forms {
        let log = of(form.as_bytes());
        assert_eq!(log.lines.len(), form.lines().count(), "{form}");
        assert!(log.lines.iter().all(|it| it.text.contains(DENIED)), "{log:?}");
    }
}

#[test]
fn what_json_escapes_is_read_as_it_was_meant() {
    let log =
        of(br#"{"msg":"Connect timeout on endpoint URL: \"https://sts.amazonaws.com/\"\n\tat x"}"#);
    let text = &log.lines[0].text;
    assert!(text.contains("URL: \"https://sts.amazonaws.com/\"  at x"), "{text}");
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn a_line_of_a_megabyte_is_cut_around_what_decides() {
    let mut text = "first\n".to_owned();
    text.push_str(&"x".repeat(1 << 20));
    text.push_str(DENIED);
    text.push_str(&"é".repeat(1 << 19));
    let log = of(text.as_bytes());
    assert_eq!(log.lines[0].line, 2);
    assert!(log.lines[0].text.len() <= KEPT && log.lines[0].text.contains(DENIED));
}

#[test]
fn what_stands_across_two_parts_of_an_endless_line_is_read_once() {
    let around = RECORD - AFTER - 2 * DENIED.len()..RECORD + 2;
    for before in around.step_by(41).chain([2 * RECORD - KEPT - 7]) {
        let text = format!("{}{DENIED}{}\n{DENIED}\n", "x".repeat(before), "y".repeat(RECORD));
        let log = of(text.as_bytes());
        let found: Vec<_> =
            log.lines.iter().map(|it| (it.line, it.text.contains(DENIED))).collect();
        assert_eq!(found, [(1, true), (2, true)], "{before}");
    }
}

#[test]
fn a_record_without_end_neither_grows_nor_shifts_the_numbers() {
    let mut text = format!("{DENIED} a\n");
    text.push_str(&format!("  {}\n", "x".repeat(1 << 20)).repeat(6));
    text.extend([DENIED, " b"]);
    let log = of(text.as_bytes());
    assert_eq!(log.read, 8);
    let last = log.lines.last().unwrap();
    assert_eq!((last.line, last.text.ends_with('b')), (8, true));
    assert!(log.lines.iter().all(|it| it.text.len() <= KEPT));
}

#[test]
fn a_flood_leaves_its_begin_and_its_end() {
    let text = (1..=1000).map(|it| format!("{it} AccessDenied")).collect::<Vec<_>>().join("\n");
    let log = of(text.as_bytes());
    let kept = kept::FIRST + kept::EACH + kept::LAST;
    assert_eq!((log.lines.len(), log.dropped as usize), (kept, 1000 - kept));
    assert_eq!((log.lines[0].line, log.lines[kept - 1].line), (1, 1000));
}

#[test]
fn neither_secrets_nor_other_bytes_get_through() {
    let log = of(b"\x00\xff AccessDenied for AKIAIOSFODNN7EXAMPLE\n");
    assert!(!log.lines[0].text.contains("AKIA"), "{log:?}");
    assert!(of(b"").lines.is_empty() && of(b"\n\n\n").lines.is_empty());
}

#[test]
fn the_rules_that_a_grant_lacks_go_on_with_its_refusal() {
    const REFUSED: &str =
        "user \"jane\" is attempting to grant RBAC permissions not currently held:";
    let rule = "{APIGroups:[\"apps\"], Resources:[\"deployments\"], Verbs:[\"get\"]}";
    let log = of(format!("{REFUSED}\n{rule}\n").as_bytes());
    assert_eq!(log.lines[0].text, format!("{REFUSED}\n{rule}"));
}
