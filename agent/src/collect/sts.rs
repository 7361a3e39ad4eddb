//! Whether this node reaches the STS that its workloads ask: measured as from a pod, so that the two
//! can be laid side by side. Nothing is asked of the API.

use std::time::Duration;

use diagnosis::aws;
use diagnosis::facts::{Instance, Observed, Reach};
use reach::{Net, Request};
use tokio::time::Instant;

use super::ask::{self, Missed, observed};
use super::registry::{is_region, known};

/// Four phases of three seconds each is what one endpoint can take at the worst.
const LIMIT: Duration = Duration::from_secs(12);

const STS: &str = "regional STS endpoint";

/// The region is that of the options, else of the `instance`, for which others are still asking.
pub(super) async fn look(
    net: &Net,
    region: Option<&str>,
    instance: impl AsyncFn() -> Observed<Instance>,
    deadline: Instant,
) -> Observed<Reach> {
    let deadline = ask::within(LIMIT, deadline);
    let region = match region {
        Some(region) => Ok(region.to_owned()),
        None => known(&instance().await).map(|it| it.region),
    };
    match region {
        Ok(region) if is_region(&region) => {
            let url = format!("https://{}/", aws::sts_regional(&region));
            // The pod asks the same host, and a quote must say whose answer it is.
            let place = format!("GET {url} from the node");
            ask::reach(net, &place, Request::get(&url).map(|it| it.max_body(0)), deadline).await
        }
        Ok(region) => observed(Err(Missed::new(STS, format!("`{region}` cannot be a region")))),
        Err(why) => observed(Err(Missed::new(STS, why))),
    }
}
