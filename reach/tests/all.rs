//! Every way a measurement can end, each against a stand-in over a real loopback socket.

mod connect;
mod deadline;
mod exchange;
mod handshake;
mod names;
mod sdk;
mod stand;
