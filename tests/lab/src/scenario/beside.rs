//! What only node and pod together can tell: the agent looks while all is well, then the world
//! breaks for the pod, and what the agent says of the pod's report is the verdict.

use serde_json::Value;

use super::{LIMIT, Outcome, Scenario};
use crate::config::Config;
use crate::program::{Run, run};
use crate::rig::Lab;
use crate::serving::Serving;
use crate::{Error, world};

/// Long enough that the agent does not look again while the probe runs, and short for its first
/// look, which comes within a tenth of it.
const PERIOD: &str = "30s";

impl Lab {
    /// An agent that has looked at a world without this scenario's fault.
    pub fn serve_before(&self, scenario: &Scenario) -> Result<Serving, Error> {
        let agent = self.serve(&["--period", PERIOD])?;
        agent.looked_once()?;
        self.change(scenario.arrange)?;
        Ok(agent)
    }
}

pub(super) fn judged(scenario: &Scenario) -> Result<Outcome, Error> {
    let lab = Lab::start(Config::default())?;
    let agent = lab.serve_before(scenario)?;
    let probe = run(&mut lab.probe()?, LIMIT)?;
    let summary = |form: &str| {
        let mut command = lab.agent("summary")?;
        command.args(["--address", &agent.local().to_string(), "--output", form]);
        run(&mut command, LIMIT)
    };
    let (text, json) = (summary("text")?, summary("json")?);
    let report = of_the_pod(&json).ok_or_else(|| {
        format!("the agent holds no report of {}: {}{}", world::POD, probe.stderr, json.stderr)
    })?;
    let json = Run { stdout: report.to_string(), ..json };
    scenario.outcome(&lab, text, json)
}

fn of_the_pod(summary: &Run) -> Option<Value> {
    let summary: Value = serde_json::from_str(&summary.stdout).ok()?;
    let pods = summary["pods"].as_array()?;
    pods.iter().find(|it| it["name"] == world::POD).map(|it| it["report"].clone())
}
