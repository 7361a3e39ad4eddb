//! Who asked what: the requests that the stand-ins took, and the connections that nobody expected.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::world::Standin;

/// One request as it arrived. Holds no header and no body: those can be secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub standin: Standin,
    pub method: String,
    /// Without its query.
    pub path: String,
    /// What was answered.
    pub status: u16,
    /// Whether it calls an AWS API: it carries a signature, or the name of an action.
    pub signed: bool,
}

#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    requests: Vec<Request>,
    connections: Vec<Standin>,
    names: Vec<String>,
    strays: Vec<SocketAddr>,
}

impl Journal {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn request(&self, request: Request) {
        self.pages().requests.push(request);
    }

    pub(crate) fn connection(&self, standin: Standin) {
        self.pages().connections.push(standin);
    }

    pub(crate) fn name(&self, name: String) {
        self.pages().names.push(name);
    }

    pub(crate) fn stray(&self, from: SocketAddr) {
        self.pages().strays.push(from);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.pages().requests.clone()
    }

    pub(crate) fn connections(&self) -> Vec<Standin> {
        self.pages().connections.clone()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.pages().names.clone()
    }

    pub(crate) fn forget(&self) {
        let mut pages = self.pages();
        pages.requests.clear();
        pages.connections.clear();
        pages.names.clear();
    }

    pub(crate) fn strays(&self) -> usize {
        self.pages().strays.len()
    }
}
