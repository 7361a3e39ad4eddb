use reach::header::HeaderValue;

use super::*;

const STS: Scope<'_> = Scope { service: "sts", region: "us-west-2" };

fn credentials() -> Credentials {
    let (secret, session) = ("planted-secret".to_owned(), "planted-session".to_owned());
    Credentials::new("ASIAPLANTED", &secret.into(), &session.into())
}

#[test]
fn a_call_carries_a_signature_and_no_debug_of_it_a_secret() {
    let request = query("sts.us-west-2.amazonaws.com", "Action=GetCallerIdentity").unwrap();
    let signed = signed(&credentials(), STS, request, SystemTime::UNIX_EPOCH).unwrap();
    let header = |name: &str| signed.headers[name].to_str().unwrap().to_owned();
    let scope = "AWS4-HMAC-SHA256 Credential=ASIAPLANTED/19700101/us-west-2/sts/aws4_request";
    assert!(header("authorization").starts_with(scope), "{}", header("authorization"));
    assert_eq!(header("x-amz-date"), "19700101T000000Z");
    assert_eq!(header("x-amz-security-token"), "planted-session");
    let shown = format!("{signed:?} {:?}", signed.headers);
    assert!(!shown.to_lowercase().contains("planted"), "{shown}");
}

#[test]
fn a_presigned_url_holds_the_headers_that_were_signed() {
    let url = "https://sts.us-west-2.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15";
    let headers = [("x-k8s-aws-id", "prod")];
    let lasts = Duration::from_mins(1);
    let url = presigned(&credentials(), STS, url, &headers, lasts).unwrap();
    for part in [
        "Action=GetCallerIdentity",
        "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id",
        "X-Amz-Expires=60",
        "X-Amz-Security-Token=planted-session",
        "X-Amz-Signature=",
    ] {
        assert!(url.contains(part), "{part} in {}", *url);
    }
}

fn refused(header: Option<&'static str>, body: &str) -> (String, String) {
    let mut headers = HeaderMap::new();
    if let Some(value) = header {
        headers.insert("x-amzn-errortype", HeaderValue::from_static(value));
    }
    let answer = refusal::read(403, &headers, body.as_bytes());
    assert_eq!((answer.status, &*answer.detail), (403, ""));
    (answer.code, answer.message)
}

#[test]
fn a_refusal_is_read_in_the_words_of_each_protocol() {
    let said = |code: &str, message: &str| (code.to_owned(), message.to_owned());
    let no = said("AccessDeniedException", "no");
    let body = r#"{"message":"no"}"#;
    assert_eq!(refused(Some("AccessDeniedException"), body), no);
    assert_eq!(refused(Some("AccessDeniedException:http://x/"), body), no);
    let body = r#"{"__type":"com.amazon.coral#AccessDeniedException","Message":"no"}"#;
    assert_eq!(refused(None, body), no);
    let sts = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
        <Type>Sender</Type><Code>ExpiredToken</Code><Message>a &amp; b</Message></Error>\
        <RequestId>1</RequestId></ErrorResponse>";
    assert_eq!(refused(None, sts), said("ExpiredToken", "a & b"));
    let ec2 = "<?xml version=\"1.0\"?><Response><Errors><Error><Code>UnauthorizedOperation</Code>\
        <Message>no</Message></Error></Errors><RequestID>1</RequestID></Response>";
    assert_eq!(refused(None, ec2), said("UnauthorizedOperation", "no"));
}

#[test]
fn a_page_in_the_place_of_an_answer_has_no_code_and_is_not_repeated() {
    for body in ["<html><body>planted</body></html>", "planted", "", "{\"message\":\"planted\"}"] {
        let (code, message) = refused(None, body);
        assert_eq!(code, "", "{body}");
        assert!(!message.contains("planted"), "{message}");
    }
}
