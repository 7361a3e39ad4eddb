//! What the program does, on stderr. Never what it holds: no body, no header, no credential.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::args::LogLevel;

/// Libraries never say more than warnings, whatever is asked for: at trace level some of them
/// print what they sign and send.
pub(crate) fn start(level: LogLevel) {
    let own = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let libraries = own.min(LevelFilter::WARN);
    let targets = Targets::new().with_default(libraries).with_target("eks_triage", own);
    let print = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(print).with(targets).init();
}
