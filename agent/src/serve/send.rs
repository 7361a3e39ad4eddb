//! Sends the events that wait, and goes on waiting while the API server cannot be reached. A node
//! whose way to the cluster is broken cannot tell the cluster: then its log says so.

use std::time::Duration;

use k8s_openapi::api::core::v1;
use kube::Api;
use kube::api::PostParams;
use tokio::time::{sleep, timeout};

use super::event::Event;
use super::metrics::Metrics;
use super::outbox::Outbox;
use super::review::{ApiServer, Pending, class};

/// A managed API server answers in well under a second; this leaves it a slow day.
const LIMIT: Duration = Duration::from_secs(5);

/// Between two attempts, doubled up to the longest while nothing comes through.
#[derive(Clone, Copy)]
pub(super) struct Pauses {
    first: Duration,
    longest: Duration,
}

pub(super) const PAUSES: Pauses =
    Pauses { first: Duration::from_secs(1), longest: Duration::from_mins(1) };

/// Who takes events; the tests have their own.
pub(crate) trait Recorder: Send + Sync {
    /// The texts of an error go to the log.
    fn record<'a>(&'a self, event: &'a Event) -> Pending<'a, Result<Recorded, NotRecorded>>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    New,
    /// This very occurrence was told before, by the process before this one.
    Known,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotRecorded {
    /// It is worth trying again.
    Yet(String),
    /// It will never be taken.
    Ever(String),
}

/// Never returns.
pub(super) async fn run(
    outbox: &Outbox,
    recorder: &dyn Recorder,
    metrics: &Metrics,
    pauses: Pauses,
) {
    let mut pause = pauses.first;
    loop {
        let event = outbox.next().await;
        match recorder.record(&event).await {
            Ok(what) => {
                if pause > pauses.first {
                    tracing::info!("Events reach the API server again.");
                }
                pause = pauses.first;
                outbox.done(&event);
                metrics.event(if what == Recorded::New { "sent" } else { "known" });
            }
            Err(NotRecorded::Ever(why)) => {
                tracing::warn!(reason = event.reason, why, "The API server takes no such event.");
                outbox.done(&event);
                metrics.event("refused");
            }
            Err(NotRecorded::Yet(why)) => {
                if pause == pauses.first {
                    let waiting = outbox.len();
                    tracing::warn!(
                        why,
                        waiting,
                        "The cluster cannot be told of this node's verdict; events wait here."
                    );
                }
                sleep(pause).await;
                pause = (pause * 2).min(pauses.longest);
            }
        }
    }
}

impl Recorder for ApiServer {
    fn record<'a>(&'a self, event: &'a Event) -> Pending<'a, Result<Recorded, NotRecorded>> {
        Box::pin(async move {
            let create = async {
                let api = Api::<v1::Event>::namespaced(self.client().await?, "default");
                let object = serde_json::from_value(event.json());
                let object = object.map_err(|error| error.to_string())?;
                Ok::<_, String>(api.create(&PostParams::default(), &object).await)
            };
            match timeout(LIMIT, create).await {
                Ok(Ok(Ok(_))) => Ok(Recorded::New),
                Ok(Ok(Err(error))) => judged(&error),
                Ok(Err(why)) => Err(NotRecorded::Yet(why)),
                Err(_) => Err(NotRecorded::Yet(format!("no answer in {} s", LIMIT.as_secs()))),
            }
        })
    }
}

/// A right that is missing may be granted; an object that is refused stays as it is.
fn judged(error: &kube::Error) -> Result<Recorded, NotRecorded> {
    let why = class(error);
    match error {
        kube::Error::Api(status) => match status.code {
            409 => Ok(Recorded::Known),
            403 => Err(NotRecorded::Yet(format!(
                "{why}: it needs the right to create events in the namespace default, \
                 as manifests/20-rbac.yaml grants it; --events=false sends none"
            ))),
            401 | 408 | 429 | 500.. => Err(NotRecorded::Yet(why)),
            _ => Err(NotRecorded::Ever(why)),
        },
        _ => Err(NotRecorded::Yet(why)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::super::lock;
    use super::super::outbox::tests::event;
    use super::*;

    /// Answers as scripted, then takes everything.
    #[derive(Default)]
    struct Scripted {
        answers: Mutex<Vec<Result<Recorded, NotRecorded>>>,
        asked: Mutex<Vec<String>>,
    }

    impl Recorder for Scripted {
        fn record<'a>(&'a self, event: &'a Event) -> Pending<'a, Result<Recorded, NotRecorded>> {
            lock(&self.asked).push(event.name.clone());
            let answer = lock(&self.answers).pop().unwrap_or(Ok(Recorded::New));
            Box::pin(async { answer })
        }
    }

    #[tokio::test]
    async fn what_cannot_be_sent_waits_and_what_is_refused_goes() {
        let (outbox, metrics, recorder) = (Outbox::default(), Metrics::new(), Scripted::default());
        let gone = || Err(NotRecorded::Yet("no connection".to_owned()));
        *lock(&recorder.answers) = vec![
            Ok(Recorded::Known),
            Err(NotRecorded::Ever("HTTP 422 Invalid".to_owned())),
            gone(),
            gone(),
            gone(),
        ];
        for name in 1..=3 {
            outbox.put(event(name));
        }
        let empty = async {
            while outbox.len() > 0 {
                sleep(Duration::from_millis(1)).await;
            }
        };
        let (first, longest) = (Duration::from_millis(1), Duration::from_millis(2));
        tokio::select! {
            () = run(&outbox, &recorder, &metrics, Pauses { first, longest }) => {}
            it = timeout(Duration::from_secs(30), empty) => it.expect("it hangs"),
        }
        assert_eq!(*lock(&recorder.asked), ["1", "1", "1", "1", "2", "3"]);
        let text = metrics.text(0, 0).unwrap();
        for line in ["sent", "known", "refused"] {
            let line = format!("eks_triage_events_total{{result=\"{line}\"}} 1");
            assert!(text.contains(&line), "{line}: {text}");
        }
    }

    #[test]
    fn a_missing_right_waits_for_it_and_a_bad_object_does_not() {
        let judge = |code, reason: &str| {
            let status = kube::core::Status::failure("no", reason).with_code(code);
            judged(&kube::Error::Api(status.boxed()))
        };
        assert_eq!(judge(409, "AlreadyExists"), Ok(Recorded::Known));
        assert!(
            matches!(judge(403, "Forbidden"), Err(NotRecorded::Yet(why)) if why.contains("20-rbac"))
        );
        for code in [401, 429, 500, 503] {
            assert!(matches!(judge(code, "x"), Err(NotRecorded::Yet(_))), "{code}");
        }
        for code in [400, 404, 422] {
            assert!(matches!(judge(code, "x"), Err(NotRecorded::Ever(_))), "{code}");
        }
    }
}
