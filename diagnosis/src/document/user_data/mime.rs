//! MIME parts, as cloud-init and nodeadm take them apart.

/// More would not fit into user data.
const MOST: usize = 200;

pub(super) struct Part<'a> {
    /// In lower case, without parameters.
    pub(super) media: String,
    pub(super) body: &'a str,
}

/// `None` where the text does not say that it is in parts.
pub(super) fn parts(text: &str) -> Result<Option<Vec<Part<'_>>>, String> {
    let Some((headers, body)) = split(text) else { return Ok(None) };
    let Some(kind) = content_type(&headers) else { return Ok(None) };
    if !media(&kind).starts_with("multipart/") {
        return Ok(None);
    }
    let boundary = boundary(&kind).ok_or("its MIME header names no boundary")?;
    let parts = between(body, &boundary);
    if parts.is_empty() {
        return Err("it is MIME, but no part begins with its boundary".to_owned());
    }
    let part = |text| {
        let (headers, body) = split(text).unwrap_or_else(|| (Vec::new(), text));
        let media = content_type(&headers).map(|it| media(&it)).unwrap_or_default();
        Part { media, body }
    };
    Ok(Some(parts.into_iter().take(MOST).map(part).collect()))
}

/// Headers, with their folded lines, up to the first empty line.
fn split(text: &str) -> Option<(Vec<(String, String)>, &str)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut rest = text;
    loop {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            return (rest.len() < text.len() || !headers.is_empty()).then_some((headers, after));
        }
        match (line.starts_with([' ', '\t']), headers.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => value.push_str(line),
            (false, _, Some((name, value))) if !name.contains(' ') => {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            _ => return None,
        }
        if after.is_empty() {
            return Some((headers, ""));
        }
        rest = after;
    }
}

fn content_type(headers: &[(String, String)]) -> Option<String> {
    headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.clone())
}

fn media(kind: &str) -> String {
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn boundary(kind: &str) -> Option<String> {
    let at = kind.to_ascii_lowercase().find("boundary=")?;
    let value = &kind[at + "boundary=".len()..];
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split(';').next()?.trim(),
    };
    (!value.is_empty()).then(|| value.to_owned())
}

/// What stands between the lines `--boundary`, up to `--boundary--`.
fn between<'a>(body: &'a str, boundary: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut at, mut begin) = (0, None);
    for line in body.split_inclusive('\n') {
        let mark = line.trim_end().strip_prefix("--").and_then(|it| it.strip_prefix(boundary));
        if let Some(end) = mark.filter(|it| it.is_empty() || *it == "--") {
            parts.extend(begin.map(|begin| &body[begin..at]));
            begin = end.is_empty().then_some(at + line.len());
            if !end.is_empty() {
                return parts;
            }
        }
        at += line.len();
    }
    parts.extend(begin.map(|begin| &body[begin..]));
    parts
}
