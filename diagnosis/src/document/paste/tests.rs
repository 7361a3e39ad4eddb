//! What is pasted, whole and broken.

use super::*;

fn of(text: &str) -> Result<Option<Vec<Document>>, Broken> {
    documents(kind(text.as_bytes()), "x", text)
}

const ACCOUNT: &str =
    "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: api\n  namespace: prod\n";

#[test]
fn each_form_is_known_by_its_begin() {
    for (text, expected) in [
        (" \n\n", Kind::Empty),
        ("a\0b", Kind::Binary),
        ("\u{feff}{\"a\":1}", Kind::Json),
        (ACCOUNT, Kind::Yaml),
        ("# from the cluster\n---\nkind: Pod\n", Kind::Yaml),
        ("Name:  api\nNamespace: prod\nLabels: <none>\n", Kind::Described),
        ("LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n", Kind::Events),
        ("2026-03-01T10:05:00Z started\n", Kind::Log),
        ("\u{fffd}x", Kind::Log),
    ] {
        assert_eq!(kind(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn several_documents_know_their_lines() {
    let text = format!("{ACCOUNT}---\r\n{ACCOUNT}---\n# nothing\n---\nnote: 1\n");
    let all = of(&text).unwrap().unwrap();
    let [Document::Object { .. }, Document::Object { source, .. }, Document::Unused(..)] = &all[..]
    else {
        panic!("{all:?}");
    };
    assert_eq!((source.line, source.quote("namespace").line), (7, Some(11)));
}

#[test]
fn lists_and_answers_one_after_the_other_are_taken_apart() {
    let list = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n\
        - apiVersion: v1\n  kind: Pod\n  metadata:\n    name: b\nkind: List\n";
    let all = of(list).unwrap().unwrap();
    let [_, Document::Object { object, source }] = &all[..] else { panic!("{all:?}") };
    assert_eq!(
        (&object["metadata"]["name"], source.quote("name: b").line),
        (&"b".into(), Some(10))
    );

    let two = "{\"Statement\":[{\"Principal\":{}}]}\n{\"OpenIDConnectProviderList\":[]}\n";
    let all = of(two).unwrap().unwrap();
    let [Document::Trust(_), Document::Providers(_, source)] = &all[..] else { panic!("{all:?}") };
    assert_eq!(source.line, 2);
}

#[test]
fn json_that_nobody_knows_is_a_log() {
    for text in [
        "{\"level\":\"error\"}\n{\"level\":\"info\"}\n",
        "{\"level\":\"error\",\"msg\":\"cut in the mid",
        "[2026-03-01] started\n",
        "[]",
    ] {
        assert!(of(text).unwrap().is_none(), "{text}");
    }
}

#[test]
fn what_is_broken_names_its_line_and_quotes_nothing() {
    let deep = "[".repeat(100_000);
    let yaml = format!("{ACCOUNT}---\napiVersion: v1\nkind: Pod\nspec: [PLANTED\n");
    for (text, line, why) in [
        ("{\n \"Statement\": [\n  PLANTED\n", Some(3), "not JSON"),
        ("{\n \"Statement\": [\n", Some(3), "in the middle"),
        ("{\"Role\":{\"RoleName\":\"PLANTED", Some(1), "in the middle"),
        (&*deep, Some(1), "nested deeper"),
    ] {
        let broken = of(text).unwrap_err();
        assert_eq!(broken.line, line, "{broken:?}");
        assert!(broken.why.contains(why) && !broken.why.contains("PLANTED"), "{broken:?}");
    }
    let broken = of(&yaml).unwrap_err();
    assert!(broken.line >= Some(7) && broken.why.contains("not YAML"), "{broken:?}");
}
