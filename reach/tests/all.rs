//! Every way a measurement can end, each against a stand-in over a real loopback socket.

#![expect(clippy::unwrap_used, reason = "a stand-in that cannot be set up fails its test")]

mod connect;
mod deadline;
mod exchange;
mod handshake;
mod names;
mod sdk;
mod stand;
