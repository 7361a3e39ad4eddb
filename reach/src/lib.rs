//! Measures one endpoint through the phases DNS, TCP, TLS and HTTP, each with its own time and
//! limit, all under one deadline. An attempt never fails: how far it came is the result.
//!
//! Knows nothing about what is being measured or what a fault means, logs nothing, retries
//! nothing and follows no redirect. Needs a tokio runtime with time and I/O; one thread is enough.

mod clock;
mod dns;
mod error;
mod exchange;
mod measure;
mod net;
mod request;
mod resolv;
mod roots;
pub mod sdk;
mod tcp;
mod tls;
mod udp;

pub use bytes::Bytes;
pub use clock::now;
pub use error::{Error, Failure};
pub use http::{HeaderMap, Method, header};
pub use measure::Measured;
pub use net::{ConnectTo, Net, Options};
pub use request::{Request, Scheme, Trust};
