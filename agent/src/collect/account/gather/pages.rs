//! Several questions at once, and lists that come in pages.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use crate::collect::account::session::Refused;

/// More than any list that is read here; who has more of it narrows the question.
const MOST: usize = 200;

/// All pages, or why they are not all: part of a list would tell of what is not there.
pub(super) async fn all<T>(
    page: impl AsyncFn(Option<String>) -> Result<(Vec<T>, Option<String>), Refused>,
) -> Result<Vec<T>, Refused> {
    up_to(MOST, page).await.and_then(|(all, whole)| {
        if whole {
            return Ok(all);
        }
        Err(Refused::because(format!("there are more than {MOST} pages")))
    })
}

/// The first pages, and whether these are all.
pub(super) async fn up_to<T>(
    most: usize,
    page: impl AsyncFn(Option<String>) -> Result<(Vec<T>, Option<String>), Refused>,
) -> Result<(Vec<T>, bool), Refused> {
    let (mut all, mut token) = (Vec::new(), None);
    for _ in 0..most {
        let (items, next) = page(token.take()).await?;
        all.extend(items);
        token = next.filter(|it| !it.is_empty());
        if token.is_none() {
            return Ok((all, true));
        }
    }
    Ok((all, false))
}

/// A question, and its answer once there is one.
type Work<F> = (Pin<Box<F>>, Option<<F as Future>::Output>);

/// Waits for all of them together; their answers come in the order of the questions.
pub(super) async fn together<F: Future>(questions: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut work: Vec<Work<F>> = questions.into_iter().map(|it| (Box::pin(it), None)).collect();
    poll_fn(|context| {
        let mut waits = false;
        for (question, answer) in &mut work {
            if answer.is_none() {
                match question.as_mut().poll(context) {
                    Poll::Ready(it) => *answer = Some(it),
                    Poll::Pending => waits = true,
                }
            }
        }
        if waits { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    work.into_iter().filter_map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pages_are_read_to_the_end_or_not_at_all() {
        let three = async |token: Option<String>| {
            let at: usize = token.map_or(0, |it| it.parse().unwrap());
            Ok((vec![at], (at < 2).then(|| (at + 1).to_string())))
        };
        assert_eq!(all(three).await.unwrap(), [0, 1, 2]);
        let endless = async |_| Ok((vec![()], Some("again".to_owned())));
        assert!(all(endless).await.unwrap_err().why.contains("more than"));
        let (some, whole) = up_to(2, endless).await.unwrap();
        assert_eq!((some.len(), whole), (2, false));
    }

    #[tokio::test]
    async fn answers_come_in_the_order_of_the_questions() {
        let later = async |turns: usize| {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            turns
        };
        assert_eq!(together([3, 1, 2].map(later)).await, [3, 1, 2]);
        assert_eq!(together([0_usize; 0].map(later)).await, [0; 0]);
    }
}
