//! What this instance was launched with. Its text is read here, and goes no further.

use diagnosis::document::user_data;
use diagnosis::facts::UserData;

use super::session::Session;
use crate::collect::ask::Found;
use crate::collect::digest;

pub(super) async fn user_data(session: &Session<'_>) -> Found<UserData> {
    let answer = session.get("user-data").await?;
    let Some(body) = &answer.body else {
        return Ok((UserData::None, answer.source(format!("{}, none", answer.reach))));
    };
    let it = user_data::read(body, digest);
    let text = user_data::told(&it, Some(body.len()));
    Ok((it, answer.source(text)))
}
